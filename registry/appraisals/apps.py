"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    name = "registry.appraisals"

    def ready(self) -> None:
        from registry.appraisals.officers import presenters as officers
        from registry.kernel.needs import register_needs

        register_needs(officers.needs_now, role="hr_officer")
