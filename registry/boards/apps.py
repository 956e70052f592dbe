"""Names the room for Django."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "registry.boards"
