"""Names the room for Django, and tells the home page what waits for people here."""

from django.apps import AppConfig


class CliniciansConfig(AppConfig):
    name = "registry.clinicians"

    def ready(self) -> None:
        from registry.clinicians.presenters import needs_now
        from registry.kernel.needs import register_needs

        register_needs(needs_now, role="clinician")
