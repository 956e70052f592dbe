"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import activity, quiet_news, session_calendar, session_news, session_presenters
        from registry.accounts.calendar import register_events
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.session_log.activity import register_activity

        register_events(session_calendar.events)
        for module in (session_news, quiet_news):
            register_kind(module.KIND)
        register_needs(session_presenters.needs_now, role="clinician")
        register_activity(activity.NAME, activity.logged)
