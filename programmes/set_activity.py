"""The meetings of action-learning sets, for the totals that leads are told."""

import datetime
from collections.abc import Iterator

from programmes.models import SetMeeting
from registry.kernel.clock import today
from registry.kernel.scope import Scope
from registry.session_log.activity import Logged

NAME = "Action-learning sets"


def logged(scope: Scope, first: datetime.date, last: datetime.date) -> Iterator[Logged]:
    """Meetings, up to today, of the sets of programmes that these organisations run."""
    rows = SetMeeting.objects.filter(held_on__range=(first, min(last, today()))).order_by("pk")
    if not scope.everything:
        rows = rows.filter(learning_set__cohort__organisation__in=scope.organisation_ids)
    for group, minutes, themes in rows.values_list("learning_set_id", "minutes", "themes"):
        yield Logged(group, minutes or 0, themes)
