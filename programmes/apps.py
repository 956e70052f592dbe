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
