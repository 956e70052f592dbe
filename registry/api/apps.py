"""Names the room for Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "registry.api"
