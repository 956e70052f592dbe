"""Names the room for Django."""

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    name = "registry.appraisals"
