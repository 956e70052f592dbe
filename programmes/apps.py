"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes.completion import completed
        from registry.standing.sources import register_programmes

        register_programmes(completed)
        _taking_part()


def _taking_part() -> None:
    from programmes import check_ins, place_news, session_calendar, session_news
    from programmes import taking_part_presenters as presenters
    from registry.accounts.calendar import register_events
    from registry.kernel.needs import register_needs
    from registry.notifications.kinds import register_kind

    for kind in (check_ins.KIND, place_news.KIND, session_news.KIND):
        register_kind(kind)
    register_events(session_calendar.events)
    register_needs(presenters.sessions_to_note, role="programme_lead")
    register_needs(presenters.check_ins_due, role="clinician")
