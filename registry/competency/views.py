"""The pages of assessments: one's own, one's appraisees', results, frameworks, and what a trust expects."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.clinicians.models import Clinician
from registry.competency import actions, presenters
from registry.competency.actions import Overtaken, mark_of
from registry.competency.appraisers import appraisers_for
from registry.competency.forms import (
    AnswersForm,
    ExpectationForm,
    JudgementsForm,
    ReturnForm,
    StartForm,
    SubmitForm,
)
from registry.competency.models import Assessment, ExpectationChoice, FrameworkVersion
from registry.competency.states import Matrix, State
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.organisations.models import Organisation

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _require_own(request: SignedInRequest, permission: P) -> None:
    if request.user.scope_for(permission).user_id is None:
        raise Http404


def _assessment(request: SignedInRequest, pk: int, permission: P) -> Assessment:
    rows = Assessment.visible_to(request.user, permission).select_related("version", "clinician", "appraiser")
    return cast("Assessment", get_object_or_404(rows, pk=pk))


# --- my leadership -------------------------------------------------------------------------------------------------


def _me(request: SignedInRequest) -> Clinician | None:
    _require_own(request, P.ASSESSMENT_EDIT)
    own: Clinician | None = Clinician.visible_to(request.user, P.PROFILE_EDIT).filter(user=request.user).first()
    return own


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My leadership: what is in progress, what was agreed, and what I gave up."""
    me = _me(request)
    rows = Assessment.visible_to(request.user, P.ASSESSMENT_EDIT).select_related("version", "appraiser")
    context = {
        "me": me,
        "open": [(row, presenters.tag(row)) for row in rows.still_open().order_by("-pk")],
        "agreed": list(rows.agreed()),
        "withdrawn": list(rows.filter(state=State.WITHDRAWN)),
    }
    return render(request, "competency/mine.jinja", context)


@get_or_post
def start(request: SignedInRequest) -> HttpResponse:
    """Choose a framework and start."""
    me = _me(request)
    if me is None:
        raise Http404
    taken = Assessment.visible_to(request.user, P.ASSESSMENT_EDIT).still_open().values("framework")
    versions = FrameworkVersion.rows().open_to_new(today()).exclude(code__in=taken).order_by("-is_default", "name")
    form = StartForm(request.POST if request.method == "POST" else None, versions=versions)
    if form.is_valid():
        begun = actions.start(clinician=me, version=form.cleaned_data["version"], by=request.user)
        return redirect("competency:assessment", begun.pk)
    closed = FrameworkVersion.rows().exclude(pk__in=FrameworkVersion.rows().open_to_new(today()).values("pk"))
    context = {"form": form, "any": versions, "closed": closed.filter(effective_from__lte=today())}
    return render(request, "competency/start.jinja", context)


@require_safe
def assessment(request: SignedInRequest, pk: int) -> HttpResponse:
    """The task list of a draft: one task for each domain."""
    row = _assessment(request, pk, P.ASSESSMENT_EDIT)
    if row.state != State.DRAFT:
        return redirect("competency:result", pk)
    groups = presenters.domain_rows(row)
    last = row.transitions.select_related("by").last()
    context = {
        "assessment": row,
        "groups": groups,
        "complete": sum(group.answered == len(group.rows) for group in groups),
        "returned": last if last and last.before == State.SUBMITTED and last.reason else None,
    }
    return render(request, "competency/assessment.jinja", context)


@get_or_post
def domain(request: SignedInRequest, pk: int, position: int) -> HttpResponse:
    """The elements of one domain; saved by the buttons, and as one types where there is JavaScript."""
    row = _assessment(request, pk, P.ASSESSMENT_EDIT)
    if row.state != State.DRAFT and request.method != "POST":
        return redirect("competency:result", pk)
    asked = get_object_or_404(row.version.domains, position=position)
    elements = list(asked.elements.select_related("domain"))
    form = AnswersForm(request.POST if request.method == "POST" else None, assessment=row, elements=elements)
    overtaken: frozenset[int] = frozenset()
    if form.is_valid():
        try:
            actions.save_answers(assessment=row, answers=form.answers, by=request.user, seen=form.seen)
        except Invalid as refused:
            form.add_error(refused.field, refused.message)
        except Overtaken as refused:
            overtaken = refused.element_ids
            form.add_error(None, f"{refused.message} Check your answers and save again.")
        except WrongState as refused:
            if not request.htmx:
                raise
            form.add_error(None, refused.message)
        else:
            if not request.htmx:
                return redirect(*_after_saving(request, row, asked.position))
    form = _as_stored_now(form, row) if form.is_bound else form
    if request.htmx:
        return render(request, "competency/_saved.jinja", {"form": form, "overtaken": overtaken})
    labels = {value.value: value.label for value in row.version.scale(asked.scale).values}
    context = {
        "assessment": row,
        "domain": asked,
        "form": form,
        "overtaken": overtaken,
        "labels": labels,
        "count": row.version.domains.count(),
    }
    return render(request, "competency/domain.jinja", context)


def _as_stored_now(form: Any, row: Assessment) -> Any:
    """The same form with what is stored now, for its marks and for what another tab saved."""
    form.stored = {level.element_id: level for level in row.levels.all()}
    form.show_stored_marks()
    return form


def _after_saving(request: SignedInRequest, row: Assessment, position: int) -> tuple:
    if request.POST.get("next") == "later":
        messages.success(request, "Saved. You can come back to it whenever you like.")
        return "competency:assessment", row.pk
    if row.version.domains.filter(position=position + 1).exists():
        return "competency:domain", row.pk, position + 1
    return "competency:review", row.pk


@get_or_post
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything at one glance; choose the appraiser and submit."""
    row = _assessment(request, pk, P.ASSESSMENT_EDIT)
    if row.state != State.DRAFT and request.method != "POST":
        return redirect("competency:result", pk)
    appraisers = appraisers_for(row.clinician)
    preferred = row.appraiser_id or row.clinician.appraiser_id
    form = SubmitForm(request.POST if request.method == "POST" else None, appraisers=appraisers, preferred=preferred)
    if form.is_valid():
        try:
            sent = actions.submit(assessment=row, appraiser=form.cleaned_data["appraiser"], by=request.user)
        except Invalid as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, f"Sent to {sent.appraiser}.")
            return redirect("competency:result", pk)
    groups = presenters.domain_rows(row)
    context = {
        "assessment": row,
        "groups": groups,
        "missing": sum(len(group.rows) - group.answered for group in groups),
        "appraisers": list(appraisers),
        "form": form,
    }
    return render(request, "competency/review.jinja", context)


@get_or_post
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an assessment up for good, after being asked."""
    row = _assessment(request, pk, P.ASSESSMENT_EDIT)
    if request.method == "POST":
        actions.withdraw(assessment=row, by=request.user)
        messages.success(request, f"Your {row.version.name} assessment is withdrawn.")
        return redirect("competency:mine")
    if row.state not in (State.DRAFT, State.SUBMITTED):
        return redirect("competency:result", pk)
    return render(request, "competency/withdraw.jinja", {"assessment": row})


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to a draft, to change it."""
    row = _assessment(request, pk, P.ASSESSMENT_EDIT)
    actions.take_back(assessment=row, by=request.user)
    messages.success(request, "It is a draft again. Send it once more when you have changed it.")
    return redirect("competency:assessment", pk)


@require_safe
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    """The levels, as a chart and as tables; whoever is not the clinician is written down as having read them."""
    row = _assessment(request, pk, P.ASSESSMENT_VIEW)
    own = row.clinician.user_id == request.user.pk
    if own and row.state == State.DRAFT:
        return redirect("competency:assessment", pk)
    full = own or row.appraiser_id == request.user.pk
    if not own:
        _note_read(request, row, "assessment.result")
    shown = presenters.result(row, viewer=request.user, full=full)
    context = {"assessment": row, "result": shown, "own": own, "full": full, "tag": presenters.tag(row)}
    return render(request, "competency/result.jinja", context)


def _note_read(request: SignedInRequest, row: Assessment, purpose: str) -> None:
    detail = {"assessment": row.pk, "framework": row.framework}
    organisation_id = row.clinician.organisation_id
    read(purpose, row.clinician, by=request.user, organisation_id=organisation_id, detail=detail)


# --- my appraisees -------------------------------------------------------------------------------------------------


@require_safe
def appraisees(request: SignedInRequest) -> HttpResponse:
    """What was sent to me to agree, and what I agreed."""
    _require_own(request, P.ASSESSMENT_AGREE)
    rows = Assessment.visible_to(request.user, P.ASSESSMENT_AGREE).select_related("version", "clinician")
    agreed = rows.filter(state=State.AGREED)
    context = {
        "waiting": list(rows.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")),
        "page": keyset_page(agreed, params=request.GET, order=["agreed_at", "pk"], descending=True, size=25),
    }
    return render(request, "competency/appraisees.jinja", context)


def _sent_to_me(request: SignedInRequest, pk: int) -> Assessment:
    """The assessment as sent; a page of one that was withdrawn or taken back meanwhile says so."""
    gone = not Assessment.visible_to(request.user, P.ASSESSMENT_AGREE).filter(pk=pk).exists()
    if gone and Assessment.was_sent_to(request.user, pk):
        raise WrongState("The clinician has taken this assessment back or withdrawn it.")
    return _assessment(request, pk, P.ASSESSMENT_AGREE)


@get_or_post
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """Their level and mine, side by side, with a reason where they differ."""
    row = _sent_to_me(request, pk)
    if row.state != State.SUBMITTED and request.method != "POST":
        return redirect("competency:result", pk)
    groups = presenters.domain_rows(row)
    elements = [item.element for group in groups for item in group.rows]
    form = JudgementsForm(request.POST if request.method == "POST" else None, assessment=row, elements=elements)
    if form.is_valid():
        try:
            actions.save_judgements(assessment=row, judgements=form.judgements, by=request.user, seen=form.seen)
        except Invalid as refused:
            form.add_error(refused.field, refused.message)
        except Overtaken as refused:
            form.add_error(None, f"{refused.message} Check the levels and save again.")
            groups = presenters.domain_rows(row)
        else:
            if request.POST.get("next") != "later":
                return redirect("competency:confirm", pk)
            messages.success(request, f"Saved. {row.clinician} does not see your levels until you agree them.")
            return redirect("competency:appraisees")
    form = _as_stored_now(form, row) if form.is_bound else form
    if not form.is_bound:
        _note_read(request, row, "assessment.agree")
    return render(request, "competency/agree.jinja", {"assessment": row, "groups": groups, "form": form})


@get_or_post
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will be agreed, once more, and the button."""
    row = _sent_to_me(request, pk)
    if request.method == "POST":
        actions.agree(assessment=row, by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, f"You have agreed the levels with {row.clinician}.")
        return redirect("competency:result", pk)
    if row.state != State.SUBMITTED:
        return redirect("competency:result", pk)
    groups = presenters.domain_rows(row)
    items = [item for group in groups for item in group.rows]
    if not all(item.agreed for item in items):
        return redirect("competency:agree", pk)
    context = {
        "assessment": row,
        "differing": [item for item in items if item.differs],
        "same": sum(not item.differs for item in items),
        "seen": mark_of(row.levels.all()),
    }
    return render(request, "competency/confirm.jinja", context)


@get_or_post
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return it to the clinician with a reason."""
    row = _sent_to_me(request, pk)
    if row.state != State.SUBMITTED and request.method != "POST":
        return redirect("competency:result", pk)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.send_back(assessment=row, reason=form.cleaned_data["reason"], by=request.user)
        except Invalid as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, f"Returned to {row.clinician}.")
            return redirect("competency:appraisees")
    return render(request, "competency/send_back.jinja", {"assessment": row, "form": form})


# --- frameworks and what is expected -------------------------------------------------------------------------------


@require_safe
def frameworks(request: SignedInRequest) -> HttpResponse:
    """Every framework version there is to read."""
    current = set(FrameworkVersion.rows().current(today()).values_list("pk", flat=True))
    versions = FrameworkVersion.rows().order_by("name", "-effective_from")
    context = {
        "versions": [(version, presenters.standing_of(version, current)) for version in versions],
        "chooses": bool(request.user.scope_for(P.EXPECTATION_CHOOSE)),
    }
    return render(request, "competency/frameworks.jinja", context)


@require_safe
def framework(request: SignedInRequest, pk: int) -> HttpResponse:
    """A framework to read: its domains, elements, scales and expectations."""
    rows = FrameworkVersion.rows().prefetch_related("domains__elements", "domains__expectations")
    version = get_object_or_404(rows, pk=pk)
    current = FrameworkVersion.rows().current(today()).filter(pk=pk).values_list("pk", flat=True)
    context = {
        "version": version,
        "tag": presenters.standing_of(version, set(current)),
        "matrices": presenters.matrices(version),
    }
    return render(request, "competency/framework.jinja", context)


def _organisations(request: SignedInRequest) -> Any:
    scope = request.user.scope_for(P.EXPECTATION_CHOOSE)
    rows = Organisation.rows().filter(clinicians__isnull=False).distinct().order_by("name")
    return rows if scope.everything else Organisation.rows().filter(pk__in=scope.organisation_ids).order_by("name")


@require_safe
def expectations(request: SignedInRequest) -> HttpResponse:
    """The organisations whose choice this person makes."""
    organisations = list(_organisations(request).select_related("expectation_choice"))
    if not organisations and not request.user.scope_for(P.EXPECTATION_CHOOSE):
        raise Http404
    if len(organisations) == 1:
        return redirect("competency:expectation", organisations[0].ods_code)
    return render(request, "competency/expectations.jinja", {"organisations": organisations})


@get_or_post
def expectation(request: SignedInRequest, ods_code: str) -> HttpResponse:
    """Choose how an organisation reads its people's levels."""
    organisation = get_object_or_404(_organisations(request), ods_code=ods_code)
    choice = ExpectationChoice.rows().filter(organisation=organisation).first()
    form = ExpectationForm(
        request.POST if request.method == "POST" else None, initial=choice.matrix if choice else Matrix.CUMULATIVE
    )
    if form.is_valid():
        matrix = Matrix(form.cleaned_data["matrix"])
        actions.choose_expectations(organisation=organisation, matrix=matrix, by=request.user)
        messages.success(request, "Saved. It applies to assessments submitted from now on.")
        return redirect("competency:expectation", ods_code)
    return render(request, "competency/expectation.jinja", {"organisation": organisation, "form": form})
