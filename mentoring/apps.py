"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import needs, pair_news
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        register_kind(pair_news.KIND)
        register_needs(needs.of_pairs, role="clinician")
