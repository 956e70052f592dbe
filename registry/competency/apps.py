"""Names the room for Django."""

from django.apps import AppConfig


class CompetencyConfig(AppConfig):
    name = "registry.competency"
