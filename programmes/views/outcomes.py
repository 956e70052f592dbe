"""What came of a place: told by the participant, and noted by those who run the programme."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes.actions import outcomes as actions
from programmes.ledger import Group
from programmes.levels import domains_of, own_levels
from programmes.models import Cohort, Enrolment, LearningAtWork, Outcome
from programmes.outcome_forms import ToldForm
from programmes.outcome_presenters import lines_of, own_level_rows, points_of
from programmes.points import AFTER, reached
from programmes.states import EnrolmentState
from registry.accounts.http import SignedInRequest
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


def own_place(request: SignedInRequest, pk: int) -> Enrolment:
    """The place of this key that is held by the person asking, taking part or completed; or 404."""
    rows = Enrolment.visible_to(request.user, P.PROGRAMME_TAKE_PART).holding().with_people()
    return cast("Enrolment", get_object_or_404(rows, pk=pk))


@require_safe
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """What came of one's own place: levels before and after, what was told, and learning put to work."""
    place = own_place(request, pk)
    done = place.state == EnrolmentState.COMPLETED
    domains = domains_of([place.cohort]) if done else []
    lines = Outcome.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(enrolment=place).select_related("noted_by")
    learning = LearningAtWork.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(enrolment=place)
    context = {
        "place": place,
        "done": done,
        "points": points_of(place, list(lines), request.user) if done else [],
        "levels": own_level_rows(domains, own_levels(place, domains)),
        "page": keyset_page(learning, params=request.GET, order=["on", "pk"], descending=True, size=20),
    }
    return render(request, "programmes/outcomes/own.jinja", context)


@get_or_post
def tell(request: SignedInRequest, pk: int, months: int) -> HttpResponse:
    """Tell what came of one's own place by one point."""
    place = own_place(request, pk)
    return _noted(request, place, months, own=True)


@get_or_post
def note(request: SignedInRequest, pk: int, months: int) -> HttpResponse:
    """Note what came of somebody's place by one point, as whoever runs the programme."""
    rows = Enrolment.visible_to(request.user, P.PROGRAMME_MANAGE).holding().with_people()
    return _noted(request, get_object_or_404(rows, pk=pk), months, own=False)


def _noted(request: SignedInRequest, place: Enrolment, months: int, *, own: bool) -> HttpResponse:
    if months not in AFTER:
        raise Http404
    back = ("outcomes:own", place.pk) if own else ("outcomes:people", place.cohort_id)
    may = place.state == EnrolmentState.COMPLETED and months in reached(place.cohort.ends_on, today())
    if not may and request.method != "POST":
        return redirect(*back)
    form = ToldForm(request.POST if request.method == "POST" else None, own=own)
    if accepted(form, lambda _: actions.note(enrolment=place, months=months, told=form.told, by=request.user)):
        messages.success(request, "Thank you. It is noted." if own else "It is noted.")
        return redirect(*back)
    visible = Outcome.visible_to(request.user, P.PROGRAMME_TAKE_PART if own else P.PROGRAMME_MANAGE)
    lines = list(visible.filter(enrolment=place, months=months).select_related("noted_by"))
    context = {"place": place, "months": months, "form": form, "own": own, "lines": lines_of(lines, request.user)}
    return render(request, "programmes/outcomes/tell.jinja", context)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a line that one noted."""
    for permission, name in ((P.PROGRAMME_TAKE_PART, "own"), (P.PROGRAMME_MANAGE, "people")):
        rows = Outcome.visible_to(request.user, permission).filter(noted_by=request.user)
        row = rows.select_related("enrolment").filter(pk=pk).first()
        if row is not None:
            actions.take_back(outcome=row, by=request.user)
            messages.success(request, "It is taken back.")
            return redirect(f"outcomes:{name}", row.enrolment_id if name == "own" else row.enrolment.cohort_id)
    raise Http404


@require_safe
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who completed a cohort and what is noted of them, for those who run it."""
    rows = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).with_programme()
    cohort = get_object_or_404(rows, pk=pk)
    places = Enrolment.visible_to(request.user, P.PROGRAMME_MANAGE)
    places = places.filter(cohort=cohort, state=EnrolmentState.COMPLETED).with_people()
    page = keyset_page(places, params=request.GET, order=["pk"], size=50)
    noted = Outcome.visible_to(request.user, P.PROGRAMME_MANAGE).filter(enrolment__in=page.rows)
    lines: dict[int, list[Outcome]] = {}
    for line in noted.select_related("noted_by"):
        lines.setdefault(line.enrolment_id, []).append(line)
    context = {
        "cohort": cohort,
        "page": page,
        "people": [(place, points_of(place, lines.get(place.pk, []), request.user)) for place in page.rows],
        "over": cohort.ends_on < today(),
        "group": Group.of(cohort.version.programme_id),
    }
    return render(request, "programmes/outcomes/people.jinja", context)
