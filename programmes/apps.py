"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes import (
            cancelling,
            catalogue_needs,
            check_ins,
            outcome_asking,
            place_news,
            session_calendar,
            session_news,
            set_activity,
            taking_part_presenters,
            ties,
        )
        from programmes.applicants import messages as to_applicants
        from programmes.applicants import presenters as applicants
        from programmes.completion import completed
        from programmes.selecting import messages as of_selection
        from programmes.selecting import presenters as selecting
        from registry.accounts.calendar import register_events
        from registry.accounts.ties import register_ties
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.session_log.activity import register_activity
        from registry.standing.sources import register_programmes

        register_programmes(completed)
        register_events(session_calendar.events)
        register_ties(ties.selecting)
        register_activity(set_activity.NAME, set_activity.logged)
        for module in (cancelling, check_ins, place_news, session_news, outcome_asking):
            register_kind(module.KIND)
        for kind in (*to_applicants.KINDS, *of_selection.KINDS):
            register_kind(kind)
        for role, sources in {
            "programme_lead": (
                catalogue_needs.needs_now,
                applicants.needs_of_leads,
                selecting.needs_of_leads,
                taking_part_presenters.sessions_to_note,
            ),
            "clinician": (
                applicants.needs_of_applicants,
                applicants.needs_of_managers,
                taking_part_presenters.check_ins_due,
                outcome_asking.needs_now,
            ),
            "assessor": (selecting.needs_of_assessors,),
        }.items():
            for source in sources:
                register_needs(source, role=role)
