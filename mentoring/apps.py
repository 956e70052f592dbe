"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import proposals, round_presenters
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        register_kind(proposals.KIND)
        register_needs(round_presenters.needs_of_leads, role="programme_lead")
