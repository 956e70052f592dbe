"""Names the room for Django, and tells the rooms below what it adds: levels, needs, and a way from profiles."""

from django.apps import AppConfig


class CompetencyConfig(AppConfig):
    name = "registry.competency"

    def ready(self) -> None:
        from registry.clinicians.presenters import register_panel
        from registry.competency.agreed_levels import agreed_levels
        from registry.competency.feedback.presenters import needs_now as feedback_needs
        from registry.competency.feedback.presenters import on_timeline
        from registry.competency.presenters import needs_now, timeline_panel
        from registry.competency.timeline import register_timeline
        from registry.kernel.needs import register_needs
        from registry.standing.sources import register_levels

        register_levels(agreed_levels)
        register_panel(timeline_panel)
        register_timeline(on_timeline)
        register_needs(needs_now, role="clinician")
        register_needs(feedback_needs, role="clinician")
