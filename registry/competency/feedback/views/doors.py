"""The ways to rounds and raters that the pages share."""

from typing import cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from registry.accounts.http import SignedInRequest
from registry.competency.models import FeedbackRater, FeedbackRound
from registry.kernel.permissions import Permission as P


def own_round(request: SignedInRequest, pk: int) -> FeedbackRound:
    """The round of this key about the person asking, or 404."""
    return _round(request, pk, P.FEEDBACK_RECEIVE)


def led_round(request: SignedInRequest, pk: int) -> FeedbackRound:
    """The round of this key that the person asking facilitates, or 404."""
    return _round(request, pk, P.FEEDBACK_FACILITATE)


def own_or_led_round(request: SignedInRequest, pk: int) -> FeedbackRound:
    """The round of this key, for its subject and for its facilitator."""
    try:
        return own_round(request, pk)
    except Http404:
        return led_round(request, pk)


def rater_of(round_: FeedbackRound, pk: int) -> FeedbackRater:
    """The rater of this key on a round one was let through to; never the person themself."""
    return get_object_or_404(round_.raters.exclude(email=""), pk=pk)


def _round(request: SignedInRequest, pk: int, permission: P) -> FeedbackRound:
    rows = FeedbackRound.visible_to(request.user, permission).select_related("subject", "version", "facilitator")
    return cast("FeedbackRound", get_object_or_404(rows, pk=pk))
