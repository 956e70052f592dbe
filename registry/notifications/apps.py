"""Names the room for Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "registry.notifications"
