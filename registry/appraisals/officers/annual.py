"""The yearly figures of a designated body, from 1 April to 31 March: its doctors, their appraisals, recommendations."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from registry.accounts.models import User
from registry.appraisals.models import Appraisal, Connection, Postponement, Recommendation
from registry.appraisals.states import AppraisalState, ConnectionKind, CycleKind, RecommendationKind
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Recommended:
    """Recommendations of one kind in a year: sent by the date they were made for, and later."""

    kind: RecommendationKind
    on_time: int
    late: int


@dataclass(frozen=True, slots=True)
class Annual:
    """A year's figures; every doctor connected on its last day is in exactly one of the four groups.

    `training`: connected in training, where the ARCP takes the appraisal's place. `completed`: a medical appraisal was
    done in the year. `approved`: none was done, and an officer approved a postponement of one that was due in the year.
    `unapproved`: neither.
    """

    last_day: datetime.date
    connected: int
    training: int
    completed: int
    approved: int
    recommended: tuple[Recommended, ...]

    @property
    def unapproved(self) -> int:
        return self.connected - self.training - self.completed - self.approved

    def rows(self, day: datetime.date) -> Iterator[tuple[str, str]]:
        """The figures with their names, as the page and the file have them; nobody has missed what may still come."""
        missed = "missed without approval" if day > self.last_day else "not done so far, and not postponed"
        yield "Doctors with a prescribed connection on the last day", str(self.connected)
        yield "of these, completed an appraisal in the year", str(self.completed)
        yield "of these, approved missed or postponed", str(self.approved)
        yield f"of these, {missed}", str(self.unapproved)
        yield "of these, in training (the ARCP takes the place)", str(self.training)
        for one in self.recommended:
            yield f"Recommendations to the GMC: {one.kind.label.lower()}, on time", str(one.on_time)
            yield f"Recommendations to the GMC: {one.kind.label.lower()}, late", str(one.late)


def year_of(day: datetime.date) -> datetime.date:
    """The 31 March on which the year of this day ends."""
    return datetime.date(day.year + (day > datetime.date(day.year, 3, 31)), 3, 31)


def annual(user: User, *, body: Organisation, last_day: datetime.date) -> Annual:
    """The figures of the year that ends on this 31 March, of connections the person may see; two queries."""
    first_day = datetime.date(last_day.year - 1, 4, 1)
    year = (first_day, last_day)
    connections = Connection.visible_to(user, P.DESIGNATED_BODY_VIEW).filter(designated_body=body)
    standard = Q(kind=ConnectionKind.STANDARD)
    counts: dict[str, Any] = (
        connections.holding_on(last_day)
        .order_by()
        .annotate(
            was_done=Exists(
                Appraisal.objects.filter(
                    clinician=OuterRef("clinician"),
                    rule__cycle__kind=CycleKind.APPRAISAL,
                    state=AppraisalState.DONE,
                    done_on__range=year,
                )
            ),
            was_moved=Exists(
                Postponement.objects.filter(
                    appraisal__clinician=OuterRef("clinician"),
                    appraisal__rule__cycle__kind=CycleKind.APPRAISAL,
                    approved=True,
                    from_due_on__range=year,
                )
            ),
        )
        .aggregate(
            connected=Count("pk"),
            training=Count("pk", filter=Q(kind=ConnectionKind.TRAINING)),
            completed=Count("pk", filter=standard & Q(was_done=True)),
            approved=Count("pk", filter=standard & Q(was_done=False, was_moved=True)),
        )
    )
    # Which kind was recommended about whom is between the responsible officer and the doctor: numbers alone.
    made = Recommendation.objects.filter(connection__in=connections, made_on__range=year)
    on_time = Count("pk", filter=Q(made_on__lte=F("due_on")))
    by_kind = {
        kind: (number, in_time)
        for kind, number, in_time in made.order_by().values_list("kind").annotate(number=Count("pk"), on_time=on_time)
    }
    recommended = []
    for kind in RecommendationKind:
        number, in_time = by_kind.get(kind, (0, 0))
        recommended.append(Recommended(kind, in_time, number - in_time))
    return Annual(last_day, recommended=tuple(recommended), **counts)
