"""Names the room for Django."""

from django.apps import AppConfig


class NhsUkConfig(AppConfig):
    name = "registry.nhsuk"
