"""Names the room for Django, and tells the rooms below what it adds: needs, a panel of profiles, the timeline."""

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    name = "registry.appraisals"

    def ready(self) -> None:
        from registry.accounts.calendar import register_events
        from registry.accounts.ties import register_ties
        from registry.appraisals import calendar, meetings, reminders, ties
        from registry.appraisals.officers import presenters as officers
        from registry.appraisals.presenters import needs_now, on_timeline, panel
        from registry.clinicians.presenters import register_panel
        from registry.competency.timeline import register_timeline
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind

        register_kind(reminders.KIND)
        register_kind(meetings.KIND)
        register_events(calendar.events)
        register_ties(ties.appraising)
        register_panel(panel)
        register_timeline(on_timeline)
        register_needs(needs_now, role="clinician")
        register_needs(officers.needs_now, role="hr_officer")
