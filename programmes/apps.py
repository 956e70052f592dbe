"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes import outcome_asking
        from programmes.completion import completed
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.standing.sources import register_programmes

        register_programmes(completed)
        register_kind(outcome_asking.KIND)
        register_needs(outcome_asking.needs_now, role="clinician")
