"""What pages say of offers and requests."""

from typing import Any

from mentoring.fields import MOST_NEEDS, OfferState, RequestState
from mentoring.forms import domains_to_choose
from mentoring.models import MentoringRequest, MentorProfile
from registry.competency.models import Domain

OFFER_COLOURS = {OfferState.OPEN: "green", OfferState.PAUSED: "yellow", OfferState.LEFT: "grey"}
REQUEST_COLOURS = {
    RequestState.OPEN: "blue",
    RequestState.PROPOSED: "yellow",
    RequestState.MATCHED: "green",
    RequestState.WITHDRAWN: "grey",
}


def offer_tag(row: MentorProfile) -> dict[str, str]:
    """Whether a mentor can be matched."""
    state = OfferState(row.state)
    return {"text": state.label, "colour": OFFER_COLOURS[state]}


def request_tag(row: MentoringRequest) -> dict[str, str]:
    """Where a request stands."""
    state = RequestState(row.state)
    return {"text": state.label, "colour": REQUEST_COLOURS[state]}


def suggested_needs(levels: Any) -> list[Domain]:
    """The domains in which these agreed levels (of one person) are lowest, at most as many as one can choose."""
    domains = list(domains_to_choose().select_related("version"))
    agreed = levels.filter(framework__in={domain.version.code for domain in domains}).first()
    if agreed is None:
        return []
    held = [(level, domain) for domain in domains if (level := agreed.twelfths[domain.position - 1]) is not None]
    lowest = sorted(held, key=lambda pair: (pair[0], pair[1].position))[:MOST_NEEDS]
    return [domain for _, domain in lowest]
