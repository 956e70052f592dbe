"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import (
            activity,
            needs,
            pair_news,
            proposals,
            quiet_news,
            round_presenters,
            session_calendar,
            session_news,
            session_presenters,
        )
        from registry.accounts.calendar import register_events
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.session_log.activity import register_activity

        register_events(session_calendar.events)
        for module in (proposals, pair_news, session_news, quiet_news):
            register_kind(module.KIND)
        register_needs(round_presenters.needs_of_leads, role="programme_lead")
        register_needs(needs.of_pairs, role="clinician")
        register_needs(session_presenters.needs_now, role="clinician")
        register_activity(activity.NAME, activity.logged)
