"""What pages say of offers and requests."""

import datetime
from collections import Counter
from typing import Any

from mentoring.fields import MOST_NEEDS, Kind, OfferState, RequestState
from mentoring.forms import domains_to_choose
from mentoring.models import MentoringRequest, MentorProfile
from mentoring.terms import EACH_YEAR, YEAR, SupervisionKind
from registry.competency.models import Domain

OFFER_COLOURS = {OfferState.OPEN: "green", OfferState.PAUSED: "yellow", OfferState.LEFT: "grey"}
REQUEST_COLOURS = {
    RequestState.OPEN: "blue",
    RequestState.PROPOSED: "yellow",
    RequestState.MATCHED: "green",
    RequestState.WITHDRAWN: "grey",
}


def offer_tag(row: MentorProfile) -> dict[str, str]:
    """Whether a mentor can be matched; with `with_left`, also whether they have a place."""
    state = OfferState(row.state)
    if state == OfferState.OPEN and getattr(row, "left", 1) < 1:
        return {"text": "No place left", "colour": "grey"}
    return {"text": state.label, "colour": OFFER_COLOURS[state]}


def request_tag(row: MentoringRequest) -> dict[str, str]:
    """Where a request stands."""
    state = RequestState(row.state)
    return {"text": state.label, "colour": REQUEST_COLOURS[state]}


def year_of_supervision(rows: Any, day: datetime.date) -> str:
    """What somebody did in the twelve months to this day, of what a coach owes: `1 of 2 sessions of supervision …`."""
    since = day - datetime.timedelta(days=YEAR)
    done = Counter(rows.filter(held_on__gt=since).order_by().values_list("kind", flat=True))
    supervision, cpd = done[SupervisionKind.SUPERVISION], done[SupervisionKind.CPD]
    return f"{supervision} of {EACH_YEAR} sessions of supervision, and {cpd} of {EACH_YEAR} of professional development"


def in_supervision(row: MentorProfile) -> str:
    """Whether a coach did what coaches owe in a year; nothing about anybody else. Needs `with_supervision`."""
    if Kind.COACH not in row.kinds:
        return ""
    return "Up to date" if row.in_supervision else "Not up to date"  # type: ignore[attr-defined]


def suggested_needs(levels: Any) -> list[Domain]:
    """The domains in which these agreed levels (of one person) are lowest, at most as many as one can choose."""
    domains = list(domains_to_choose().select_related("version"))
    agreed = levels.filter(framework__in={domain.version.code for domain in domains}).first()
    if agreed is None:
        return []
    held = [(level, domain) for domain in domains if (level := agreed.twelfths[domain.position - 1]) is not None]
    lowest = sorted(held, key=lambda pair: (pair[0], pair[1].position))[:MOST_NEEDS]
    return [domain for _, domain in lowest]
