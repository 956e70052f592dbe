"""Names the room for Django."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "registry.transfers"
