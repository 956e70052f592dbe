"""The sessions of pairs, for the totals that leads are told."""

import datetime
from collections.abc import Iterator

from mentoring.models import MentoringSession, Relationship
from registry.kernel.scope import Scope
from registry.session_log.activity import Logged

NAME = "Pairs"


def logged(scope: Scope, first: datetime.date, last: datetime.date) -> Iterator[Logged]:
    """Sessions of pairs of which either works for these organisations."""
    pairs = Relationship.objects.within(Scope(scope.everything, scope.organisation_ids)).order_by().values("pk")
    rows = MentoringSession.objects.filter(relationship__in=pairs, held_on__range=(first, last)).order_by("pk")
    return (Logged(*row) for row in rows.values_list("relationship_id", "minutes", "themes"))
