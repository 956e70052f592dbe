"""What pages say of offers and requests."""

from mentoring.fields import OfferState, RequestState
from mentoring.models import MentoringRequest, MentorProfile

OFFER_COLOURS = {OfferState.OPEN: "green", OfferState.PAUSED: "yellow", OfferState.LEFT: "grey"}
REQUEST_COLOURS = {RequestState.OPEN: "blue", RequestState.WITHDRAWN: "grey"}


def offer_tag(row: MentorProfile) -> dict[str, str]:
    """Whether a mentor can be matched."""
    state = OfferState(row.state)
    return {"text": state.label, "colour": OFFER_COLOURS[state]}


def request_tag(row: MentoringRequest) -> dict[str, str]:
    """Where a request stands."""
    state = RequestState(row.state)
    return {"text": state.label, "colour": REQUEST_COLOURS[state]}
