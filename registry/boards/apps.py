"""Names the room for Django, and tells the home page what waits here, and development plans which posts there are."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "registry.boards"

    def ready(self) -> None:
        from registry.boards.presenters import needs_now
        from registry.boards.targets import offered
        from registry.competency.development.targets import register_targets
        from registry.kernel.needs import register_needs

        register_needs(needs_now, role="hr_officer")
        register_targets(offered)
