"""What leads do with cohorts: planning, opening, closing applications, cancelling, limits, assessors, tutors."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes import outcome_presenters, taking_part_presenters, wording
from programmes.actions import cohorts
from programmes.actions.catalogue import newest_open_version, require_in_use
from programmes.applicants import presenters as applicants
from programmes.catalogue_filters import CohortFilter
from programmes.catalogue_forms import AssessorForm, CancelForm, CohortForm, LimitForm, TutorForm
from programmes.fields import SCORED
from programmes.models import Cohort, CohortAssessor, CohortTutor, PlaceLimit
from programmes.selecting import presenters as selecting
from programmes.states import COHORT_OVER, CohortState
from programmes.views.doors import cohort_led, cohorts_led, programme_led
from registry.accounts.http import SignedInRequest, scope_over
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt_change
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25
# The pages about a cohort, part by part: what each gives is a text, its address, and one sentence on what is there.
LINKS = (
    applicants.cohort_links,
    selecting.cohort_links,
    taking_part_presenters.cohort_links,
    outcome_presenters.cohort_links,
)
# What can be taken away from a cohort, by the word that addresses of it have.
REMOVABLE: dict[str, Any] = {"limits": PlaceLimit, "assessors": CohortAssessor, "tutors": CohortTutor}


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The cohorts of the programmes this lead runs, the latest first."""
    scope_over(request, P.PROGRAMME_MANAGE)
    found = CohortFilter(request.GET, queryset=cohorts_led(request.user), user=request.user)
    page = keyset_page(found.qs, params=request.GET, order=("starts_on", "pk"), descending=True, size=PAGE)
    context = {"filter": found, "form": found.form, "page": page, "count": found.qs.count(), "tag": wording.tag}
    return render(request, "programmes/catalogue/manage_cohorts.jinja", context)


@get_or_post
def create(request: SignedInRequest, code: str) -> HttpResponse:
    """Plan a cohort of a programme, on the version that is published now."""
    programme = programme_led(request, code)
    require_in_use(programme)
    version = cohorts.require_version(programme)
    form = CohortForm(request.POST if request.method == "POST" else None)
    made = accepted(form, lambda data: cohorts.create_cohort(programme=programme, values=data, by=request.user))
    if made:
        messages.success(request, "The cohort is planned. Nobody sees it until you announce it.")
        return redirect("programmes:manage_cohort", made.pk)
    context = {
        "form": form,
        "title": "Plan a cohort",
        "caption": f"{programme}, version {version.number}",
        "back": ("programmes:manage_programme", programme.code),
    }
    return render(request, "programmes/catalogue/part_form.jinja", context)


@require_safe
def manage(request: SignedInRequest, pk: int) -> HttpResponse:
    """One cohort as its leads see it: what comes next, its days and places, the ways to its parts, what happened."""
    shown = cohort_led(request, pk)
    scored = shown.version.gates.filter(kind__in=SCORED).order_by("-assessors").first()
    needed = (scored.assessors or 0) if scored else 0
    assessors = list(shown.assessors.select_related("user"))
    newest = newest_open_version(shown.version.programme) if shown.state == CohortState.DRAFT else None
    context = {
        "cohort": shown,
        "programme": shown.version.programme,
        "tag": wording.tag(shown),
        "taken": cohorts.places_taken(shown),
        "links": [link for links_of in LINKS for link in links_of(shown, request.user)],
        "limits": wording.limits(shown),
        "assessors": assessors,
        "tutors": list(shown.tutors.select_related("user")),
        "needs_assessors": needed if len(assessors) < needed else 0,
        "newest": newest,
        "newer": newest if newest and newest.pk != shown.version_id else None,
        "before_offers": shown.state in cohorts.BEFORE_OFFERS,
        "is_over": shown.state in COHORT_OVER,
        "retired": shown.version.programme.retired_at is not None,
        "last_day_over": shown.closes_on < today(),
        "transitions": list(shown.transitions.select_related("by")),
    }
    return render(request, "programmes/catalogue/manage_cohort.jinja", context)


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change name, places and days."""
    shown = cohort_led(request, pk)
    if shown.state in COHORT_OVER:
        raise WrongState("This cohort is over, so it cannot change.")
    form = CohortForm(request.POST if request.method == "POST" else None, cohort=shown)

    def save(values: dict[str, Any], seen: str | None) -> Cohort:
        return cohorts.edit_cohort(cohort=shown, values=values, by=request.user, seen=seen)

    if attempt_change(form, save, stored=cohorts.mark_of(shown)):
        messages.success(request, "The cohort is saved.")
        return redirect("programmes:manage_cohort", pk)
    context = {
        "form": form,
        "title": "Change the cohort",
        "caption": shown,
        "back": ("programmes:manage_cohort", pk),
    }
    return render(request, "programmes/catalogue/part_form.jinja", context)


@require_POST
def newest_version(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a draft run on the newest version."""
    moved = cohorts.move_to_newest_version(cohort=cohort_led(request, pk), by=request.user)
    messages.success(request, f"The cohort runs on version {moved.version.number} now.")
    return redirect("programmes:manage_cohort", pk)


@get_or_post
def open_(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then announce a draft."""
    shown = cohort_led(request, pk)
    if request.method == "POST":
        cohorts.open_cohort(cohort=shown, by=request.user)
        messages.success(request, "The cohort is announced.")
        return redirect("programmes:manage_cohort", pk)
    days = wording.days(shown)
    context = {
        "title": f"Announce {shown}",
        "back": ("programmes:manage_cohort", pk),
        "says": [
            f"Everybody sees it in the catalogue. People can apply {days}.",
            f"It runs on version {shown.version.number}, with its gates and criteria, from beginning to end.",
        ],
        "button": "Announce the cohort",
    }
    return render(request, "programmes/catalogue/confirm.jinja", context)


@get_or_post
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then end applications."""
    shown = cohort_led(request, pk)
    if request.method == "POST":
        cohorts.close_applications(cohort=shown, by=request.user)
        messages.success(request, "Applications are closed.")
        return redirect("programmes:manage_cohort", pk)
    context = {
        "title": f"Close applications for {shown}",
        "back": ("programmes:manage_cohort", pk),
        "says": [
            "Applications close by themselves in the night after the last day.",
            "If you close them now, nobody can apply any more, and what people have begun cannot be sent.",
            "This cannot be undone.",
        ],
        "button": "Close applications",
    }
    return render(request, "programmes/catalogue/confirm.jinja", context)


@get_or_post
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a cohort off, with a reason."""
    shown = cohort_led(request, pk)
    if shown.state in COHORT_OVER:
        raise WrongState("This cohort is over, so it cannot be cancelled.")
    form = CancelForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: cohorts.cancel_cohort(cohort=shown, by=request.user, **data)):
        messages.success(request, "The cohort is cancelled. Whoever applied or takes part is told.")
        return redirect("programmes:manage_cohort", pk)
    context = {
        "form": form,
        "title": f"Cancel {shown}",
        "back": ("programmes:manage_cohort", pk),
        "button": "Cancel the cohort",
        "warning": True,
    }
    return render(request, "programmes/catalogue/part_form.jinja", context)


@get_or_post
def limits(request: SignedInRequest, pk: int) -> HttpResponse:
    """The limits of a cohort's places, and a form for one more."""
    shown = cohort_led(request, pk)
    form = LimitForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> Any:
        kind, _, value = data["what"].partition(":")
        return cohorts.limit_places(cohort=shown, kind=kind, value=value, places=data["places"], by=request.user)

    rows = list(zip(shown.limits.all(), wording.limits(shown), strict=True))
    return _listed(request, shown, form, act, what="limits", rows=rows)


@get_or_post
def assessors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who reads applications for a cohort, and a form for one more."""
    shown = cohort_led(request, pk)
    people = cohorts.assessors_at(shown)
    form = AssessorForm(request.POST if request.method == "POST" else None, people=people)
    rows = [(row, f"{row.user}, at most {row.most} to read") for row in shown.assessors.select_related("user")]
    return _listed(
        request,
        shown,
        form,
        lambda data: cohorts.add_assessor(cohort=shown, by=request.user, **data),
        what="assessors",
        rows=rows,
    )


@get_or_post
def tutors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who teaches a cohort, and a form for one more."""
    shown = cohort_led(request, pk)
    form = TutorForm(request.POST if request.method == "POST" else None)
    rows = [(row, str(row.user)) for row in shown.tutors.select_related("user")]
    return _listed(
        request,
        shown,
        form,
        lambda data: cohorts.add_tutor(cohort=shown, by=request.user, **data),
        what="tutors",
        rows=rows,
    )


@require_POST
def remove(request: SignedInRequest, pk: int, what: str, row: int) -> HttpResponse:
    """Take a limit, an assessor or a tutor away from a cohort."""
    shown = cohort_led(request, pk)
    if what not in REMOVABLE:
        raise Http404
    rows = REMOVABLE[what].visible_to(request.user, P.PROGRAMME_MANAGE).filter(cohort=shown)
    cohorts.remove_from_cohort(row=get_object_or_404(rows, pk=row), by=request.user)
    messages.success(request, "Removed.")
    return redirect(f"programmes:{what}", pk)


def _listed(request: SignedInRequest, cohort: Cohort, form: Any, act: Any, *, what: str, rows: Any) -> HttpResponse:
    """The page of what belongs to a cohort: what there is, each with a button, and the form for one more."""
    if accepted(form, act):
        messages.success(request, "Saved.")
        return redirect(f"programmes:{what}", cohort.pk)
    may_change = cohort.state not in COHORT_OVER if what == "tutors" else cohort.state in cohorts.BEFORE_OFFERS
    context = {"cohort": cohort, "form": form, "what": what, "rows": rows, "may_change": may_change}
    return render(request, "programmes/catalogue/of_cohort.jinja", context)
