"""Names the room for Django."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"
