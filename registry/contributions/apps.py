"""Names the room for Django, and tells the rooms below what it adds: panels of profiles, needs, and messages."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "registry.contributions"

    def ready(self) -> None:
        from registry.clinicians.presenters import register_panel
        from registry.contributions import decision_news
        from registry.contributions.presenters import changes_panel, needs_now, ventures_panel
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        register_panel(changes_panel)
        register_panel(ventures_panel)
        register_needs(needs_now, role="clinician")
        register_kind(decision_news.KIND)
