"""Names the room for Django, and tells `standing` where agreed levels come from."""

from django.apps import AppConfig


class CompetencyConfig(AppConfig):
    name = "registry.competency"

    def ready(self) -> None:
        from registry.competency.agreed_levels import agreed_levels
        from registry.standing.sources import register_levels

        register_levels(agreed_levels)
