"""What programmes led to beyond levels, counted for whole cohorts: posts taken, service changes, who still works."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone

from programmes.fields import OutcomeKind
from programmes.models import Alumnus, Cohort, CohortTransition, Enrolment, Outcome
from programmes.points import AFTER, day_of
from programmes.states import CohortState, EnrolmentState
from registry.clinicians.models import Post

# Whose place the money was spent on: a place that was deferred or moved is paid for where it is taken up.
PAID = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Led:
    """What places had led to by one point: of how many who completed, how many are known to work in the NHS still or
    not, how many took up a post, and service changes put into practice; and what the places had cost.
    """

    completed: int = 0
    still: int = 0
    left: int = 0
    posts: int = 0
    changes: int = 0
    cost: int = 0

    @property
    def heard(self) -> int:
        """Of how many it is known whether they still work in the NHS."""
        return self.still + self.left

    def __add__(self, other: "Led") -> "Led":
        return Led(
            self.completed + other.completed,
            self.still + other.still,
            self.left + other.left,
            self.posts + other.posts,
            self.changes + other.changes,
            self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True)
class Places:
    """How many places of a cohort were paid for, what they cost in pounds, and how many were completed."""

    paid: int = 0
    completed: int = 0
    cost: int = 0

    def __add__(self, other: "Places") -> "Places":
        return Places(self.paid + other.paid, self.completed + other.completed, self.cost + other.cost)


@dataclass(frozen=True, slots=True)
class Group:
    """How many alumni a programme has, how many are in the directory, and how many of these would mentor somebody."""

    people: int
    listed: int
    mentors: int

    @classmethod
    def of(cls, programme_id: int) -> Self:
        """Counted; two queries."""
        rows = Alumnus.objects.filter(programme=programme_id)
        mentors = rows.in_directory().values_list("offers_mentoring", flat=True)
        return cls(rows.count(), len(mentors), sum(mentors))


def places(cohorts: Iterable[Cohort]) -> dict[int, Places]:
    """The places of each cohort; one query."""
    price = {cohort.pk: cohort.version.programme.cost_per_place for cohort in cohorts}
    counts: dict[int, Counter[str]] = {key: Counter() for key in price}
    for cohort_id, state in Enrolment.objects.filter(cohort__in=price).values_list("cohort_id", "state"):
        counts[cohort_id][state] += 1
    found = {}
    for key, by_state in counts.items():
        paid = sum(by_state[state] for state in PAID)
        found[key] = Places(paid, by_state[EnrolmentState.COMPLETED], paid * price[key])
    return found


def led_to(cohorts: Sequence[Cohort], taken: Mapping[int, Places]) -> dict[int, dict[int, Led]]:
    """For each point, what each cohort had led to by then, whether or not the point has come; three queries.

    A post counts once for each person: on their profile with a first day after the end, or told.
    """
    done = Enrolment.objects.filter(cohort__in=cohorts, state=EnrolmentState.COMPLETED)
    holders = list(done.values_list("pk", "cohort_id", "clinician_id"))
    cohort_of = {key: cohort_id for key, cohort_id, _ in holders}
    told = list(Outcome.objects.filter(enrolment__in=done).values_list("enrolment_id", "months", "kind"))
    posts = _new_posts(done, {cohort.pk: cohort.ends_on for cohort in cohorts}, holders)
    posts |= {(at, key) for key, since, kind in told if kind == OutcomeKind.POST for at in AFTER if since <= at}
    in_post = Counter((at, cohort_of[key]) for at, key in posts)
    counts = Counter(
        (at, cohort_of[key], kind)
        for key, since, kind in told
        for at in AFTER
        if since == at or (since < at and kind == OutcomeKind.SERVICE_CHANGE)
    )
    return {
        at: {
            key: Led(
                completed=here.completed,
                still=counts[at, key, OutcomeKind.STILL_HERE],
                left=counts[at, key, OutcomeKind.LEFT],
                posts=in_post[at, key],
                changes=counts[at, key, OutcomeKind.SERVICE_CHANGE],
                cost=here.cost,
            )
            for key, here in taken.items()
        }
        for at in AFTER
    }


def _new_posts(
    done: Any, ends: Mapping[int, datetime.date], holders: Iterable[tuple[int, int, int]]
) -> set[tuple[int, int]]:
    """Points and places: whose profile has a post by then that began after the end."""
    places_of: dict[int, list[tuple[int, datetime.date]]] = defaultdict(list)
    for key, cohort_id, clinician_id in holders:
        places_of[clinician_id].append((key, ends[cohort_id]))
    began = Post.objects.filter(clinician__in=done.values("clinician"), started_on__gt=min(ends.values()))
    return {
        (at, key)
        for clinician_id, started_on in began.values_list("clinician_id", "started_on")
        for key, ends_on in places_of[clinician_id]
        for at in AFTER
        if ends_on < started_on <= day_of(ends_on, at)
    }


def finished_on(cohorts: Iterable[Cohort]) -> dict[int, datetime.date]:
    """The day on which each cohort was finished, by its leads; one query."""
    ends = {cohort.pk: cohort.ends_on for cohort in cohorts}
    steps = CohortTransition.objects.filter(cohort__in=ends, after=CohortState.FINISHED)
    return ends | {key: timezone.localdate(at) for key, at in steps.values_list("cohort_id", "at")}


def mix(cohort_ids: Collection[int]) -> Counter[tuple[str, str]]:
    """How many who completed these cohorts are of each profession and sector; one query."""
    done = Enrolment.objects.filter(cohort__in=cohort_ids, state=EnrolmentState.COMPLETED)
    pairs: Any = done.values_list("clinician__profession", "clinician__sector")
    return Counter(pairs)
