"""Career conversations: the clinician's pages, and those of whoever they share one with."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.competency.development import presenters
from registry.competency.development.actions import conversations as actions
from registry.competency.development.actions.conversations import mark_of
from registry.competency.development.forms import OutcomeForm, PrepareForm, ShareForm, ViewForm
from registry.competency.development.partners import partners_for, relation
from registry.competency.development.states import Talk
from registry.competency.models import CareerConversation
from registry.competency.views.doors import own_profile
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post


@require_safe
def shared(request: SignedInRequest) -> HttpResponse:
    """The conversations somebody shared with me."""
    rows = CareerConversation.visible_to(request.user, P.DEVELOPMENT_PLAN).held_with(request.user)
    page = keyset_page(
        rows.select_related("clinician"), params=request.GET, order=["shared_at", "pk"], descending=True, size=25
    )
    context = {"page": page, "tag": presenters.talk_tag}
    return render(request, "development/shared.jinja", context)


@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Begin to prepare one."""
    me = own_profile(request, P.DEVELOPMENT_PLAN)
    if me is None:
        return redirect("competency:development")
    begun = actions.start_conversation(clinician=me, by=request.user)
    return redirect("competency:prepare_conversation", begun.pk)


def _conversation_of(request: SignedInRequest, pk: int) -> CareerConversation:
    """One's own or one shared with oneself; a page of one that was taken back meanwhile says so."""
    rows = CareerConversation.visible_to(request.user, P.DEVELOPMENT_PLAN)
    rows = rows.select_related("clinician__line_manager", "clinician__organisation", "partner")
    if not rows.filter(pk=pk).exists() and CareerConversation.was_shared_with(request.user, pk):
        raise WrongState("This conversation has been taken back, so you can no longer read it.")
    return cast("CareerConversation", get_object_or_404(rows, pk=pk))


def _own(request: SignedInRequest, pk: int) -> CareerConversation:
    rows = CareerConversation.visible_to(request.user, P.DEVELOPMENT_PLAN).about(request.user)
    rows = rows.select_related("clinician__line_manager", "partner")
    return cast("CareerConversation", get_object_or_404(rows, pk=pk))


def _shared_with_me(request: SignedInRequest, pk: int) -> CareerConversation:
    row = _conversation_of(request, pk)
    rows = CareerConversation.visible_to(request.user, P.DEVELOPMENT_PLAN).held_with(request.user)
    get_object_or_404(rows, pk=row.pk)
    return row


def _note_read(request: SignedInRequest, row: CareerConversation) -> None:
    organisation_id = row.clinician.organisation_id
    read(
        "conversation", row.clinician, by=request.user, organisation_id=organisation_id, detail={"conversation": row.pk}
    )


@require_safe
def conversation(request: SignedInRequest, pk: int) -> HttpResponse:
    """A conversation: what was prepared, what the partner thinks, what came of it, and the next step."""
    row = _conversation_of(request, pk)
    own = row.clinician.user_id == request.user.pk
    if not own:
        _note_read(request, row)
    confirmed = row.clinician_confirmed_at if own else row.partner_confirmed_at
    context = {
        "conversation": row,
        "own": own,
        "tag": presenters.talk_tag(row),
        "seen": mark_of(row),
        "to_confirm": row.state == Talk.SHARED and row.held_on is not None and confirmed is None,
        "i_confirmed": confirmed is not None,
    }
    return render(request, "development/conversation.jinja", context)


@get_or_post
def prepare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down what I contribute, what I want and what would help; nobody else reads it."""
    row = _own(request, pk)
    if row.state != Talk.PREPARING and request.method != "POST":
        return redirect("competency:conversation", pk)
    initial = PrepareForm.stored(row) | {"seen": mark_of(row)}
    form = PrepareForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> CareerConversation:
        seen = form.cleaned_data["seen"]
        return actions.prepare(conversation=row, prepared=form.prepared, by=request.user, seen=seen)

    if attempt(form, save, stored=mark_of(row)):
        if request.POST.get("next") == "share":
            return redirect("competency:share_conversation", pk)
        messages.success(request, "Saved. Nobody else can read it until you share it.")
        return redirect("competency:conversation", pk)
    return render(request, "development/prepare.jinja", {"conversation": row, "form": form})


@get_or_post
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose whom to talk with, and let them read it."""
    row = _own(request, pk)
    if row.state != Talk.PREPARING and request.method != "POST":
        return redirect("competency:conversation", pk)
    me = row.clinician
    partners = partners_for(me)
    data = request.POST if request.method == "POST" else None
    hints = {one.pk: relation(me, one) for one in partners}
    form = ShareForm(data, partners=partners, hints=hints, preferred=row.partner_id)
    sent = attempt(form, lambda: actions.share(conversation=row, partner=form.cleaned_data["partner"], by=request.user))
    if sent is not None:
        messages.success(request, f"{sent.partner} can now read it. You can take it back until it is recorded.")
        return redirect("competency:conversation", pk)
    context = {"conversation": row, "form": form, "partners": list(partners)}
    return render(request, "development/share.jinja", context)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop sharing it."""
    row = _own(request, pk)
    actions.take_back(conversation=row, by=request.user)
    messages.success(request, f"{row.partner} can no longer read it.")
    return redirect("competency:conversation", pk)


@get_or_post
def view(request: SignedInRequest, pk: int) -> HttpResponse:
    """The partner says what they think."""
    row = _shared_with_me(request, pk)
    if row.state != Talk.SHARED and request.method != "POST":
        return redirect("competency:conversation", pk)
    initial = {"view": row.partner_view, "seen": mark_of(row)}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_bound:
        _note_read(request, row)

    def save() -> CareerConversation:
        said = form.cleaned_data
        return actions.add_view(conversation=row, view=said["view"], by=request.user, seen=said["seen"])

    if attempt(form, save, stored=mark_of(row)):
        messages.success(request, f"{row.clinician} can now read your view.")
        return redirect("competency:conversation", pk)
    return render(request, "development/view.jinja", {"conversation": row, "form": form})


@get_or_post
def outcome(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write up what came of the conversation."""
    row = _own(request, pk)
    if row.state != Talk.SHARED and request.method != "POST":
        return redirect("competency:conversation", pk)
    initial = OutcomeForm.stored(row) | {"seen": mark_of(row)}
    form = OutcomeForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> CareerConversation:
        seen = form.cleaned_data["seen"]
        return actions.write_outcome(conversation=row, outcome=form.outcome, by=request.user, seen=seen)

    if attempt(form, save, stored=mark_of(row)):
        messages.success(request, f"Saved. You and {row.partner} can now confirm it.")
        return redirect("competency:conversation", pk)
    return render(request, "development/outcome.jinja", {"conversation": row, "form": form})


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm what came of it; once both have, it is recorded."""
    row = _conversation_of(request, pk)
    done = actions.confirm(conversation=row, by=request.user, seen=request.POST.get("seen", ""))
    other = row.partner if row.clinician.user_id == request.user.pk else row.clinician
    recorded = done.state == Talk.RECORDED
    messages.success(request, "It is recorded." if recorded else f"Confirmed. It is recorded once {other} confirms it.")
    return redirect("competency:conversation", pk)
