"""Names the room for Django, and adds to the pages below what only a room above them knows."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "registry.dashboard"

    def ready(self) -> None:
        from registry.clinicians.presenters import register_panel
        from registry.dashboard.leadership import panel

        register_panel(panel)
