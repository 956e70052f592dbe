"""The bug spreads: how many people were mentored, and how many of them mentor others since, quarter by quarter."""

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min

from mentoring.models import MentorProfile, Relationship
from mentoring.quarters import Quarter, last_quarters
from registry.competency.over_time import marks_to, over_time
from registry.competency.radar import Chart, Series
from registry.equality.suppression import SMALLEST_GROUP
from registry.kernel.permissions import Permission as P

QUARTERS = 12
LEGEND = (Series("agreed", "Were mentored", ()), Series("self", "Of these, mentor others since", ()))


@dataclass(frozen=True, slots=True)
class Diffusion:
    """By the end of each quarter, how many people had been mentored, and how many of them had offered since."""

    rows: tuple[tuple[Quarter, int, int], ...]

    @property
    def shown(self) -> bool:
        """Whether it is about enough people to be told."""
        return bool(self.rows) and self.rows[-1][1] >= SMALLEST_GROUP

    def chart(self, *, wide: bool) -> Chart:
        """Both lines."""
        mentored = tuple(number for _, number, _ in self.rows)
        mentors = tuple(number for _, _, number in self.rows)
        names = [quarter.short for quarter, _, _ in self.rows]
        series = [Series("agreed", "", mentored), Series("self", "", mentors)]
        return over_time(names, series, marks=marks_to(max(mentored)), unit="", wide=wide)


def diffusion(user: Any, day: datetime.date) -> Diffusion:
    """Of the people at whose organisations one may look; two queries.

    Whoever mentored before they were first mentored themself did not become a mentor by it.
    """
    theirs = Relationship.visible_to(user, P.MENTORING_REPORT).of_mentees_within(user.scope_for(P.MENTORING_REPORT))
    people = theirs.exclude(started_at=None).order_by().values_list("clinician")
    first: dict[int, datetime.datetime] = dict(people.annotate(first=Min("started_at")))
    offers = MentorProfile.objects.filter(user__clinician__in=first).values_list("user__clinician", "since")
    became = sorted(since for key, since in offers if since > first[key])
    return Diffusion(
        tuple(
            (quarter, _by(sorted(first.values()), quarter), _by(became, quarter))
            for quarter in last_quarters(QUARTERS, day)
        )
    )


def _by(moments: Sequence[datetime.datetime], quarter: Quarter) -> int:
    return bisect_right(moments, quarter.end_moment)
