"""Names the room for Django, and tells the rooms below what it adds: levels, needs, messages, a way from profiles."""

from django.apps import AppConfig


class CompetencyConfig(AppConfig):
    name = "registry.competency"

    def ready(self) -> None:
        from registry.clinicians.presenters import register_panel
        from registry.competency.agreed_levels import agreed_levels
        from registry.competency.development import presenters as development
        from registry.competency.feedback import mail
        from registry.competency.feedback import presenters as feedback
        from registry.competency.presenters import needs_now, timeline_panel
        from registry.competency.timeline import register_timeline
        from registry.kernel.needs import register_needs
        from registry.notifications.kinds import register_kind
        from registry.standing.sources import register_levels

        register_levels(agreed_levels)
        register_panel(timeline_panel)
        register_kind(mail.KIND)
        register_timeline(feedback.on_timeline)
        register_needs(needs_now, role="clinician")
        register_needs(feedback.needs_now, role="clinician")
        register_needs(development.needs_now, role="clinician")
