"""The Django app that brings `manage.py up`; it has no models."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """First-run servers and `manage.py up`."""

    name = "registry.embedded"
