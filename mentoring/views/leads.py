"""Mentoring as leads see it: who mentors, who looks, who is matched with whom, and who said no, where they lead."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from mentoring.actions import ending
from mentoring.evaluation_totals import totals
from mentoring.models import MentoringRequest, MentorProfile, Relationship, RelationshipTransition
from mentoring.pair_forms import LAPSED, QUIET, AnswersFilter, RelationshipFilter
from mentoring.pair_wording import state_tag
from mentoring.presenters import in_supervision, offer_tag
from mentoring.states import FAILED, RelationshipState
from registry.accounts.http import SignedInRequest
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post


@require_safe
def mentors(request: SignedInRequest) -> HttpResponse:
    """Everybody who offers to mentor, newest first."""
    _lead(request)
    rows = (
        MentorProfile.visible_to(request.user, P.MENTORING_MANAGE)
        .active()
        .with_people()
        .with_supervision(today())
        .with_left()
    )
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {
        "mentors": [(row, offer_tag(row), in_supervision(row)) for row in page.rows],
        "page": page,
        "several": _several_places(request),
    }
    return render(request, "mentoring/mentors.jinja", context)


@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """Everybody who looks for somebody, longest first."""
    _lead(request)
    rows = MentoringRequest.visible_to(request.user, P.MENTORING_MANAGE).looking().with_people()
    page = keyset_page(rows, params=request.GET, order=["pk"])
    context = {"requests": page.rows, "page": page, "several": _several_places(request)}
    return render(request, "mentoring/requests.jinja", context)


@require_safe
def relationships(request: SignedInRequest) -> HttpResponse:
    """Who mentors whom, since when and where it stands; nothing of what passes between them."""
    _lead(request)
    form = RelationshipFilter(request.GET)
    rows = Relationship.visible_to(request.user, P.MENTORING_MANAGE).with_people()
    state = form.cleaned_data["state"] if form.is_valid() else ""
    if state:
        rows = rows.quiet(today()) if state == QUIET else rows.filter(state=state)
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {
        "filter": form,
        "filtered": bool(state),
        "lines": [(row, state_tag(row.state), _can_end_for(row, request)) for row in page.rows],
        "page": page,
        "totals": totals(request.user),
    }
    return render(request, "mentoring/relationships.jinja", context)


@get_or_post
def end_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """End it for somebody whose account is closed, after asking once."""
    rows = Relationship.visible_to(request.user, P.MENTORING_MANAGE).with_people()
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        ending.end_for(relationship=row, by=request.user)
        messages.success(request, "It has ended, and the other person is told.")
        return redirect("mentoring:relationships")
    if not _can_end_for(row, request):
        raise WrongState("Both can still end it themselves.")
    return render(request, "mentoring/end_for.jinja", {"pair": row})


@require_safe
def answers(request: SignedInRequest) -> HttpResponse:
    """Who said no and why, and what nobody answered in time."""
    _lead(request)
    form = AnswersFilter(request.GET)
    rows = RelationshipTransition.visible_to(request.user, P.MENTORING_MANAGE).with_people().select_related("by")
    rows = rows.filter(after__in=FAILED)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    if because:
        rows = rows.filter(after=RelationshipState.LAPSED) if because == LAPSED else rows.filter(because=because)
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {"filter": form, "filtered": bool(because), "lines": page.rows, "page": page}
    return render(request, "mentoring/answers.jinja", context)


def _can_end_for(row: Relationship, request: SignedInRequest) -> bool:
    own = request.user.pk in (row.mentor.user_id, row.clinician.user_id)
    return row.state == RelationshipState.ACTIVE and ending.somebody_left(row) and not own


def _several_places(request: SignedInRequest) -> bool:
    """Whether where somebody works tells them apart."""
    scope = request.user.scope_for(P.MENTORING_MANAGE)
    return scope.everything or len(scope.organisation_ids) > 1


def _lead(request: SignedInRequest) -> None:
    if not request.user.scope_for(P.MENTORING_MANAGE).over_others:
        raise Http404
