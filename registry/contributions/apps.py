"""Names the room for Django, and tells the rooms below what it adds: panels of profiles, and what waits for whom."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "registry.contributions"

    def ready(self) -> None:
        from registry.clinicians.presenters import register_panel
        from registry.contributions.presenters import changes_panel, needs_now, ventures_panel
        from registry.kernel.needs import register_needs

        register_panel(changes_panel)
        register_panel(ventures_panel)
        register_needs(needs_now, role="clinician")
