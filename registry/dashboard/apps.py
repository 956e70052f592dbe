"""Names the room for Django."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "registry.dashboard"
