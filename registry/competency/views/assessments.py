"""A clinician's pages: starting an assessment, answering, sending, and the result."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.competency import actions, presenters
from registry.competency.actions import Overtaken
from registry.competency.appraisers import appraisers_for
from registry.competency.crosswalk import also_relevant
from registry.competency.forms import AnswersForm, StageForm, StartForm, SubmitForm
from registry.competency.models import Assessment, FrameworkVersion
from registry.competency.states import State
from registry.competency.views.doors import as_stored_now, assessment_of, note_read, own_profile
from registry.competency.wording import wording_for
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My leadership: what is in progress, what was agreed, and what I gave up."""
    me = own_profile(request)
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
    me = own_profile(request)
    if me is None:
        raise Http404
    taken = Assessment.visible_to(request.user, P.ASSESSMENT_EDIT).still_open().values("framework")
    versions = FrameworkVersion.rows().open_to_new(today()).exclude(code__in=taken).order_by("-is_default", "name")
    form = StartForm(request.POST if request.method == "POST" else None, versions=versions)
    if form.is_valid():
        begun = actions.start(clinician=me, version=form.cleaned_data["version"], by=request.user)
        return redirect("competency:stage" if begun.version.stages else "competency:assessment", begun.pk)
    closed = FrameworkVersion.rows().exclude(pk__in=FrameworkVersion.rows().open_to_new(today()).values("pk"))
    context = {"form": form, "any": versions, "closed": closed.filter(effective_from__lte=today())}
    return render(request, "competency/start.jinja", context)


@get_or_post
def stage(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the stage to assess at; asked at the start, and changed as long as it is a draft."""
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
    if not row.version.stages:
        raise Http404
    if row.state != State.DRAFT and request.method != "POST":
        return redirect("competency:result", pk)
    form = StageForm(request.POST if request.method == "POST" else None, assessment=row)
    if form.is_valid():
        actions.choose_stage(assessment=row, stage=form.cleaned_data["stage"], by=request.user)
        return redirect("competency:assessment", pk)
    return render(request, "competency/stage.jinja", {"assessment": row, "form": form})


@require_safe
def assessment(request: SignedInRequest, pk: int) -> HttpResponse:
    """The task list of a draft: one task for each domain."""
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
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
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
    if row.state != State.DRAFT and request.method != "POST":
        return redirect("competency:result", pk)
    asked = get_object_or_404(row.version.domains, position=position)
    elements = list(asked.elements.select_related("domain"))
    wording = wording_for(row.version, row.clinician.organisation_id)
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, assessment=row, elements=elements, wording=wording)
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
    form = as_stored_now(form, row) if form.is_bound else form
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
        "elsewhere": also_relevant([row.framework]),
    }
    return render(request, "competency/domain.jinja", context)


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
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
    if row.state != State.DRAFT and request.method != "POST":
        return redirect("competency:result", pk)
    appraisers = appraisers_for(row.clinician)
    preferred = row.appraiser_id or row.clinician.appraiser_id
    form = SubmitForm(request.POST if request.method == "POST" else None, appraisers=appraisers, preferred=preferred)
    if sent := accepted(form, lambda data: actions.submit(assessment=row, by=request.user, **data)):
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
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
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
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
    actions.take_back(assessment=row, by=request.user)
    messages.success(request, "It is a draft again. Send it once more when you have changed it.")
    return redirect("competency:assessment", pk)


@require_safe
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    """The levels, as a chart and as tables; whoever is not the clinician is written down as having read them."""
    row = assessment_of(request, pk, P.ASSESSMENT_VIEW)
    own = row.clinician.user_id == request.user.pk
    if own and row.state == State.DRAFT:
        return redirect("competency:assessment", pk)
    full = own or row.appraiser_id == request.user.pk
    if not own:
        note_read(request, row, "assessment.result")
    shown = presenters.result(row, viewer=request.user, full=full)
    context = {
        "assessment": row,
        "result": shown,
        "own": own,
        "full": full,
        "tag": presenters.tag(row),
        "elsewhere": also_relevant([row.framework]),
    }
    return render(request, "competency/result.jinja", context)
