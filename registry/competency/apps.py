"""Names the room for Django, and tells `standing` where agreed levels come from, and the home page what waits."""

from django.apps import AppConfig


class CompetencyConfig(AppConfig):
    name = "registry.competency"

    def ready(self) -> None:
        from registry.competency.agreed_levels import agreed_levels
        from registry.competency.development import presenters as development
        from registry.competency.presenters import needs_now
        from registry.kernel.needs import register_needs
        from registry.standing.sources import register_levels

        register_levels(agreed_levels)
        register_needs(needs_now, role="clinician")
        register_needs(development.needs_now, role="clinician")
