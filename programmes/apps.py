"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes import cancelling
        from programmes.catalogue_needs import needs_now
        from programmes.completion import completed
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.standing.sources import register_programmes

        register_programmes(completed)
        register_kind(cancelling.KIND)
        register_needs(needs_now, role="programme_lead")
        self._applying()
        self._selecting()
        self._taking_part()
        self._outcomes()

    def _applying(self) -> None:
        from programmes.applicants import messages, presenters
        from programmes.cohort_links import register_cohort_link
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        for kind in messages.KINDS:
            register_kind(kind)
        register_cohort_link(presenters.cohort_links)
        register_needs(presenters.needs_of_applicants, role="clinician")
        register_needs(presenters.needs_of_managers, role="clinician")
        register_needs(presenters.needs_of_leads, role="programme_lead")

    def _selecting(self) -> None:
        from programmes.cohort_links import register_cohort_link
        from programmes.selecting import messages, presenters
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        for kind in messages.KINDS:
            register_kind(kind)
        register_cohort_link(presenters.cohort_links)
        register_needs(presenters.needs_of_assessors, role="assessor")
        register_needs(presenters.needs_of_leads, role="programme_lead")

    def _taking_part(self) -> None:
        from programmes import check_ins, place_news, session_calendar, session_news
        from programmes import taking_part_presenters as presenters
        from programmes.cohort_links import register_cohort_link
        from registry.accounts.calendar import register_events
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        for kind in (check_ins.KIND, place_news.KIND, session_news.KIND):
            register_kind(kind)
        register_events(session_calendar.events)
        register_cohort_link(presenters.cohort_links)
        register_needs(presenters.sessions_to_note, role="programme_lead")
        register_needs(presenters.check_ins_due, role="clinician")

    def _outcomes(self) -> None:
        from programmes import outcome_asking, outcome_presenters
        from programmes.cohort_links import register_cohort_link
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        register_kind(outcome_asking.KIND)
        register_cohort_link(outcome_presenters.cohort_links)
        register_needs(outcome_asking.needs_now, role="clinician")
