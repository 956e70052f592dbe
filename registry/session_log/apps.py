"""Names the room for Django."""

from django.apps import AppConfig


class SessionLogConfig(AppConfig):
    name = "registry.session_log"
