"""Names the room for Django, and follows what the rooms below announce."""

from typing import Any

from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "registry.standing"

    def ready(self) -> None:
        from registry.kernel.events import selection_facts_changed

        selection_facts_changed.connect(follow, dispatch_uid="standing")


def follow(
    sender: Any, clinician_ids: list[int] | None = None, user_ids: list[int] | None = None, **kwargs: Any
) -> None:
    """Recompute the clinicians, or the clinicians of the users, that changed."""
    from registry.clinicians.models import Clinician
    from registry.standing.actions import refresh

    ids = list(clinician_ids or [])
    if user_ids:
        ids += Clinician.objects.filter(user__in=user_ids).values_list("pk", flat=True)
    refresh(ids)
