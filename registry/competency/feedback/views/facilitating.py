"""The facilitator's pages: confirming colleagues, leading a round, releasing its report; and HR's list of rounds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.competency.feedback import presenters
from registry.competency.feedback.actions import raters, rounds
from registry.competency.feedback.forms import AddressForm, ConversationForm, ReasonForm, TermsForm
from registry.competency.feedback.states import RoundState
from registry.competency.feedback.views.doors import led_round, rater_of
from registry.competency.models import FeedbackRound
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def rounds_led(request: SignedInRequest) -> HttpResponse:
    """The rounds I facilitate: first what waits for me, then the others."""
    require_own(request, P.FEEDBACK_FACILITATE)
    rows = FeedbackRound.visible_to(request.user, P.FEEDBACK_FACILITATE).select_related("subject", "version")
    waiting = rows.filter(state__in=presenters.WAITS_FOR_FACILITATOR).order_by("pk")
    others = rows.exclude(state__in=presenters.WAITS_FOR_FACILITATOR)
    page = keyset_page(others, params=request.GET, order=["pk"], descending=True, size=25)
    context = {
        "waiting": [(row, presenters.tag(row, leads=True)) for row in waiting],
        "page": page,
        "others": [(row, presenters.tag(row, leads=True)) for row in page.rows],
    }
    return render(request, "feedback/facilitating.jinja", context)


@require_safe
def led(request: SignedInRequest, pk: int) -> HttpResponse:
    """One round I facilitate."""
    row = led_round(request, pk)
    return render(request, "feedback/led.jinja", presenters.led_context(row))


@get_or_post
def launch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm the colleagues, set the last day, and send the invitations."""
    row = led_round(request, pk)
    if row.state != RoundState.PROPOSED and request.method != "POST":
        return redirect("feedback:led", pk)
    form = TermsForm(request.POST if request.method == "POST" else None, least=row.minimum)
    if accepted(form, lambda data: rounds.launch(round=row, by=request.user, **data)):
        messages.success(request, "The invitations are on their way.")
        return redirect("feedback:led", pk)
    return render(request, "feedback/launch.jinja", presenters.led_context(row) | {"form": form})


@get_or_post
def terms(request: SignedInRequest, pk: int) -> HttpResponse:
    """While colleagues answer: give them longer, or ask for more replies before a group is shown."""
    row = led_round(request, pk)
    if row.state != RoundState.RUNNING and request.method != "POST":
        return redirect("feedback:led", pk)
    form = TermsForm(request.POST if request.method == "POST" else None, least=row.minimum, closes_on=row.closes_on)
    if accepted(form, lambda data: rounds.change_terms(round=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("feedback:led", pk)
    return render(request, "feedback/terms.jinja", {"round": row, "form": form})


@get_or_post
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the list of colleagues with a reason."""
    row = led_round(request, pk)
    if row.state != RoundState.PROPOSED and request.method != "POST":
        return redirect("feedback:led", pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label="What should change?",
        hint=f"{row.subject} sees this text.",
    )
    if accepted(form, lambda data: rounds.send_back(round=row, by=request.user, **data)):
        messages.success(request, f"Returned to {row.subject}.")
        return redirect("feedback:led", pk)
    return render(request, "feedback/send_back.jinja", {"round": row, "form": form})


@get_or_post
def link(request: SignedInRequest, pk: int, rater: int) -> HttpResponse:
    """A rater's link: send a new one, stop it, or mend the address that the mail server refused."""
    row = led_round(request, pk)
    asked = rater_of(row, rater)
    if row.state != RoundState.RUNNING and request.method != "POST":
        return redirect("feedback:led", pk)
    posted = request.POST.get("do")
    if posted == "revoke":
        raters.revoke_link(rater=asked, by=request.user)
        messages.success(request, f"The link of {asked.name} no longer works. What they had sent before stays counted.")
        return redirect("feedback:led", pk)
    if posted == "renew":
        raters.renew_link(rater=asked, by=request.user)
        messages.success(request, f"Unless {asked.name} has answered already, a new link is on its way.")
        return redirect("feedback:led", pk)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"email": asked.email})
    if accepted(form, lambda data: raters.mend_address(rater=asked, by=request.user, **data)):
        messages.success(request, f"The invitation of {asked.name} is on its way to the new address.")
        return redirect("feedback:led", pk)
    mends = row.raters.undelivered().filter(pk=asked.pk).exists()
    return render(request, "feedback/link.jinja", {"round": row, "rater": asked, "form": form, "mends": mends})


@get_or_post
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the answering early, after being asked."""
    row = led_round(request, pk)
    if request.method == "POST":
        rounds.close(round=row, by=request.user)
        messages.success(request, "The round is closed, and the report is written.")
        return redirect("feedback:led", pk)
    if row.state != RoundState.RUNNING:
        return redirect("feedback:led", pk)
    return render(request, "feedback/close.jinja", {"round": row})


@get_or_post
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the conversation; from then on the person may read the report."""
    row = led_round(request, pk)
    if row.state != RoundState.CLOSED and request.method != "POST":
        return redirect("feedback:led", pk)
    form = ConversationForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: rounds.release(round=row, by=request.user, **data)):
        messages.success(request, f"Released: {row.subject} can read the report now.")
        return redirect("feedback:led", pk)
    return render(request, "feedback/release.jinja", {"round": row, "form": form})


@require_safe
def happened(request: SignedInRequest) -> HttpResponse:
    """HR's list: that a round takes or took place, for whom and with whom; never what was said or by how many."""
    scope_over(request, P.FEEDBACK_LIST)
    rows = FeedbackRound.visible_to(request.user, P.FEEDBACK_LIST)
    rows = rows.select_related("subject__organisation", "version", "facilitator")
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {"page": page, "rounds": [(row, presenters.tag(row)) for row in page.rows]}
    return render(request, "feedback/happened.jinja", context)
