"""Names the room for Django."""

from django.apps import AppConfig


class CliniciansConfig(AppConfig):
    name = "registry.clinicians"
