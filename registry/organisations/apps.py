"""Names the room for Django."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "registry.organisations"
