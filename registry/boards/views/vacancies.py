"""Pages about vacancies: the list, drafting, the specification, opening, closing."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.boards.actions import builds, vacancies
from registry.boards.building import specification_of
from registry.boards.forms import CloseForm, SpecificationForm, VacancyForm
from registry.boards.models import Vacancy
from registry.boards.presenters import desirable_rows, essential_rows, may, next_step, tag
from registry.boards.states import ShortlistStatus, VacancyStatus
from registry.boards.steps import require_draft
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post

PAGE = 25


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Vacancies within reach, the newest first, by status."""
    scope_over(request, Permission.VACANCY_VIEW)
    visible = Vacancy.visible_to(request.user, Permission.VACANCY_VIEW)
    by_status = dict(visible.order_by().values_list("status").annotate(number=Count("pk")))
    status = request.GET.get("status", "")
    chosen = status if status in VacancyStatus.values else ""
    rows = visible.select_related("organisation")
    if chosen:
        rows = rows.filter(status=chosen)
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True, size=PAGE)
    total = sum(by_status.values())
    filters: list[dict[str, Any]] = [{"value": "", "text": "All", "number": total}]
    filters += [{"value": s.value, "text": s.label, "number": by_status.get(s.value, 0)} for s in VacancyStatus]
    context = {
        "page": page,
        "filters": filters,
        "chosen": chosen,
        "number": by_status.get(chosen, 0) if chosen else total,
        "may_create": request.user.scope_for(Permission.VACANCY_EDIT).over_others,
        "tag": tag,
    }
    return render(request, "boards/vacancies.jinja", context)


@get_or_post
def create(request: SignedInRequest) -> HttpResponse:
    """Draft a vacancy, then go on to its person specification."""
    scope_over(request, Permission.VACANCY_EDIT)
    form = VacancyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            vacancy = vacancies.create_vacancy(**form.cleaned_data, by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("boards:specification", vacancy.pk)
    return render(request, "boards/vacancy_form.jinja", {"form": form, "vacancy": None})


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    vacancy = _draft(request, pk)
    form = VacancyForm(request.POST or None, user=request.user, vacancy=vacancy)
    if request.method == "POST" and form.is_valid():
        try:
            vacancies.edit_vacancy(vacancy=vacancy, **form.cleaned_data, by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The vacancy is saved.")
            return redirect("boards:vacancy", vacancy.pk)
    return render(request, "boards/vacancy_form.jinja", {"form": form, "vacancy": vacancy})


@get_or_post
def specification(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person specification of a draft, on one page."""
    vacancy = _draft(request, pk)
    form = SpecificationForm(request.POST or None, specification=vacancy.specification)
    if request.method == "POST" and form.is_valid():
        try:
            vacancies.specify(
                vacancy=vacancy,
                values=form.values(),
                regions=form.cleaned_data["regions"],
                levels=form.levels(),
                by=request.user,
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The person specification is saved.")
            return redirect("boards:vacancy", vacancy.pk)
    return render(request, "boards/specification_form.jinja", {"form": form, "vacancy": vacancy})


@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A vacancy: what it asks for, its lists, what comes next and what happened."""
    rows = Vacancy.visible_to(request.user, Permission.VACANCY_VIEW)
    vacancy = get_object_or_404(
        rows.select_related("organisation", "created_by", "specification__framework").prefetch_related(
            "transitions__by", "shortlists__requested_by"
        ),
        pk=pk,
    )
    lists = list(vacancy.shortlists.all())
    current = next((s for s in lists if s.status in {ShortlistStatus.BUILT, ShortlistStatus.PUBLISHED}), None)
    asked = specification_of(vacancy.specification)
    context = {
        "vacancy": vacancy,
        "lists": lists if may(request.user, Permission.SHORTLIST_DECIDE, vacancy.organisation_id) else [],
        "essential": essential_rows(asked),
        "desirable": desirable_rows(asked),
        "asked": asked,
        "step": next_step(vacancy, request.user, current, lists[0] if lists else None),
        "may_edit": may(request.user, Permission.VACANCY_EDIT, vacancy.organisation_id),
        "tag": tag,
        "status_label": lambda value: VacancyStatus(value).label,
    }
    return render(request, "boards/vacancy.jinja", context)


@get_or_post
def open_(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm that a draft is ready, then open it."""
    vacancy = _draft(request, pk)
    if request.method == "POST":
        vacancies.open_vacancy(vacancy=vacancy, by=request.user)
        messages.success(request, "The vacancy is open. You can now build the list.")
        return redirect("boards:vacancy", vacancy.pk)
    asked = specification_of(vacancy.specification)
    context = {"vacancy": vacancy, "essential": essential_rows(asked), "desirable": desirable_rows(asked)}
    return render(request, "boards/open.jinja", context)


@get_or_post
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a vacancy, with a reason."""
    vacancy = _editable(request, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            vacancies.close_vacancy(vacancy=vacancy, reason=form.cleaned_data["reason"], by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The vacancy is closed.")
            return redirect("boards:vacancy", vacancy.pk)
    return render(request, "boards/close.jinja", {"form": form, "vacancy": vacancy})


@get_or_post
def build(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm a new build where there is a list already; otherwise a button posts here at once."""
    vacancy = _editable(request, pk)
    if request.method == "POST":
        shortlist = builds.request_build(vacancy=vacancy, by=request.user)
        return redirect("boards:shortlist", shortlist.pk)
    return render(request, "boards/build.jinja", {"vacancy": vacancy})


def _editable(request: SignedInRequest, pk: int) -> Vacancy:
    rows = Vacancy.visible_to(request.user, Permission.VACANCY_EDIT)
    return get_object_or_404(rows.select_related("organisation", "specification__framework"), pk=pk)


def _draft(request: SignedInRequest, pk: int) -> Vacancy:
    """A draft within reach; somebody whose draft was opened meanwhile is told so."""
    vacancy = _editable(request, pk)
    require_draft(vacancy)
    return vacancy
