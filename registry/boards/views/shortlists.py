"""Pages about a vacancy's list: progress, the order, who is not eligible, decisions, publication."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.audit import record as audit
from registry.boards import progress
from registry.boards.actions import decisions
from registry.boards.actions.builds import given_up
from registry.boards.fields import Outcome
from registry.boards.forms import DecisionForm
from registry.boards.models import Shortlist, ShortlistEntry
from registry.boards.presenters import desirable_rows, may, tag
from registry.boards.publication import not_eligible_by_criterion, published_content
from registry.boards.scoring import TIE_RULE
from registry.boards.specification import Specification
from registry.boards.states import UNFINISHED, ShortlistStatus, VacancyStatus
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post

PAGE = 25


@never_cache
@require_safe
def shortlist(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list at whatever stage it is: being built, failed, to be decided, published, replaced."""
    found = _shortlist(request, pk)
    if found.status in UNFINISHED:
        context = {"progress": progress.read(found.pk), "given_up": given_up(found)}
        return render(request, "boards/progress.jinja", _stage(request, found) | context)
    if found.status == ShortlistStatus.FAILED:
        return render(request, "boards/failed.jinja", _stage(request, found))
    if found.is_published:
        _record_read(request, found, "published shortlist")
        content = published_content(found)
        return render(request, "boards/published.jinja", _stage(request, found) | {"content": content})
    return _candidates(request, found)


def _candidates(request: SignedInRequest, found: Shortlist) -> HttpResponse:
    everybody = _entries(request, found)
    page = keyset_page(
        everybody.eligible().with_decision().with_ties().select_related("clinician__organisation"),
        params=request.GET,
        order=["position"],
        size=PAGE,
    )
    counts = _counts(request, found)
    _record_read(request, found, "shortlist", [entry.clinician_id for entry in page.rows])
    asked = Specification.from_plain(found.inputs)
    context = _stage(request, found) | {
        "page": page,
        "counts": counts,
        "best": asked.best,
        "desirable": desirable_rows(asked),
        "tie_rule": TIE_RULE,
        "outcome_label": lambda value: Outcome(value).label,
    }
    return render(request, "boards/shortlist.jinja", context)


@never_cache
@require_safe
def building(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the progress page that htmx asks for every second; at the end it loads the page again."""
    found = _shortlist(request, pk)
    if found.status not in UNFINISHED:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"shortlist": found, "progress": progress.read(found.pk)}
    return render(request, "boards/_progress.jinja", context)


@never_cache
@require_safe
def not_eligible(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody else in the pool, and the criterion each did not meet."""
    found = _built(request, pk)
    rows = _entries(request, found).not_eligible().select_related("clinician__organisation")
    criteria = not_eligible_by_criterion(found)
    criterion = request.GET.get("criterion", "")
    chosen = criterion if criterion in {item["criterion"] for item in criteria} else ""
    if chosen:
        rows = rows.filter(first_failed=chosen)
    page = keyset_page(rows, params=request.GET, order=["pk"], size=PAGE)
    _record_read(request, found, "people not eligible", [entry.clinician_id for entry in page.rows])
    context = _stage(request, found) | {
        "page": page,
        "criteria": criteria,
        "chosen": chosen,
        "number": sum(item["people"] for item in criteria if chosen in {"", item["criterion"]}),
    }
    return render(request, "boards/not_eligible.jinja", context)


@never_cache
@get_or_post
def candidate(request: SignedInRequest, pk: int, reference: uuid.UUID) -> HttpResponse:
    """One candidate: how the total is made, what was decided, and the form to decide."""
    found = _built(request, pk)
    rows = _entries(request, found).eligible().with_decision().with_ties()
    entry = get_object_or_404(rows.select_related("clinician__organisation"), reference=reference)
    form = DecisionForm(request.POST or None, initial={"seen": entry.decision_id, "outcome": entry.outcome})
    if request.method == "POST" and form.is_valid():
        try:
            decisions.decide(entry=entry, **form.cleaned_data, by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
            # Whoever sends it again has seen the other decision above the form.
            form.data = request.POST.dict() | {"seen": str(entry.decision_id or "")}
        else:
            return _after_decision(request, found, entry)
    audit.read(
        "board candidate",
        entry.clinician,
        by=request.user,
        organisation_id=found.vacancy.organisation_id,
        detail={"shortlist": str(found.reference)},
    )
    context = _stage(request, found) | {
        "entry": entry,
        "form": form,
        "history": entry.decisions.select_related("by"),
        "counts": _counts(request, found),
        "post": _current_post(entry),
        "may_decide": _may_decide(request, found),
    }
    return render(request, "boards/candidate.jinja", context)


def _after_decision(request: SignedInRequest, found: Shortlist, entry: ShortlistEntry) -> HttpResponse:
    messages.success(request, f"Your decision about {entry.clinician} is saved.")
    undecided = _entries(request, found).eligible().undecided()
    following = undecided.filter(position__gt=entry.position).first() or undecided.first()
    if following is not None:
        return redirect("boards:candidate", found.pk, following.reference)
    return redirect("boards:shortlist", found.pk)


@never_cache
@get_or_post
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what publishing does and what still stands in its way; then publish."""
    rows = Shortlist.visible_to(request.user, Permission.SHORTLIST_DECIDE)
    found = get_object_or_404(rows.select_related("vacancy__organisation"), pk=pk)
    if request.method == "POST":
        decisions.publish(shortlist=found, by=request.user)
        messages.success(request, "The list is published.")
        return redirect("boards:shortlist", found.pk)
    if found.status != ShortlistStatus.BUILT:
        return redirect("boards:shortlist", found.pk)
    return render(request, "boards/publish.jinja", _stage(request, found) | {"counts": _counts(request, found)})


def _shortlist(request: SignedInRequest, pk: int) -> Shortlist:
    rows = Shortlist.visible_to(request.user, Permission.SHORTLIST_DECIDE)
    return get_object_or_404(rows.select_related("vacancy__organisation", "requested_by", "published_by"), pk=pk)


def _built(request: SignedInRequest, pk: int) -> Shortlist:
    """A list that has entries to show."""
    rows = Shortlist.visible_to(request.user, Permission.SHORTLIST_DECIDE).filter(built_at__isnull=False)
    return get_object_or_404(rows.select_related("vacancy__organisation"), pk=pk)


def _entries(request: SignedInRequest, found: Shortlist) -> Any:
    """The list's entries, without anybody who has withdrawn."""
    visible = ShortlistEntry.visible_to(request.user, Permission.SHORTLIST_DECIDE).filter(shortlist=found)
    return visible.consenting(found.vacancy.organisation_id, today())


def _counts(request: SignedInRequest, found: Shortlist) -> dict[str, int]:
    """How many candidates, how many of them decided and included, how many people withdrew; two queries."""
    counts = _entries(request, found).eligible().order_by().with_decision().counts()
    everybody = ShortlistEntry.visible_to(request.user, Permission.SHORTLIST_DECIDE).filter(shortlist=found)
    return counts | {"withdrawn": everybody.withdrawn(found.vacancy.organisation_id, today()).count()}


def _stage(request: SignedInRequest, found: Shortlist) -> dict[str, Any]:
    vacancy = found.vacancy
    return {
        "shortlist": found,
        "vacancy": vacancy,
        "tag": tag(found),
        "may_build": may(request.user, Permission.VACANCY_EDIT, vacancy.organisation_id)
        and vacancy.status in {VacancyStatus.OPEN, VacancyStatus.BUILT},
        "may_decide": _may_decide(request, found),
    }


def _may_decide(request: SignedInRequest, found: Shortlist) -> bool:
    return (
        found.status == ShortlistStatus.BUILT
        and found.vacancy.status == VacancyStatus.BUILT
        and may(request.user, Permission.SHORTLIST_DECIDE, found.vacancy.organisation_id)
    )


def _current_post(entry: ShortlistEntry) -> Any:
    """The post begun last among those held now, as the published list will name it."""
    held = [post for post in entry.clinician.posts.all() if post.started_on <= today()] if entry.clinician else []
    current = [post for post in held if post.ended_on is None or post.ended_on >= today()]
    return max(current, key=lambda post: (post.started_on, post.pk), default=None)


def _record_read(
    request: SignedInRequest, found: Shortlist, purpose: str, clinician_ids: list[int] | None = None
) -> None:
    audit.read(
        purpose,
        found,
        by=request.user,
        organisation_id=found.vacancy.organisation_id,
        detail={"vacancy": found.vacancy.reference, "clinicians": clinician_ids or []},
    )
