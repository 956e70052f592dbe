"""What pairs do now and did lately, in numbers that tell of nobody."""

import datetime
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from mentoring.activity import NAME
from mentoring.models import Relationship
from mentoring.states import RelationshipState
from registry.kernel.permissions import Permission as P
from registry.session_log.activity import Activity, activity
from registry.session_log.fields import Theme

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Doing:
    """Pairs under way and quiet ones, and what each kind of group logged in whole months up to the last one."""

    active: int
    quiet: int
    first: datetime.date
    last: datetime.date
    logged: tuple[Activity, ...]

    @staticmethod
    def hours(one: Activity) -> str:
        """Hours as people say them, to the half."""
        halves = round((one.minutes or 0) / 30)
        return f"{halves // 2:,}{'.5' if halves % 2 else ''}"

    @staticmethod
    def themes(one: Activity) -> list[tuple[str, int]]:
        """What most spoke about, the most first."""
        found = [(Theme(theme).label, number) for theme, number in one.themes.items()]
        return sorted(found, key=lambda theme: (-theme[1], theme[0]))


def doing(user: Any, day: datetime.date) -> Doing:
    """Where one may look; three queries, and those of the rooms that log sessions."""
    scope = user.scope_for(P.MENTORING_REPORT)
    rows = Relationship.visible_to(user, P.MENTORING_REPORT)
    after = day.replace(day=1)
    first = after - relativedelta(months=MONTHS)
    logged = activity(scope, year=first.year, month=first.month, months=MONTHS)
    return Doing(
        active=rows.filter(state=RelationshipState.ACTIVE).count(),
        quiet=rows.quiet(day).count(),
        first=first,
        last=after - datetime.timedelta(days=1),
        # Pairs before what other rooms log.
        logged=tuple(sorted(logged, key=lambda one: one.name != NAME)),
    )
