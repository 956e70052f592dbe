"""An appraiser's pages: whom they appraise, the meeting, objectives, the summary, and their signature."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.appraisals import presenters, steps
from registry.appraisals.actions import conducting
from registry.appraisals.forms import MeetingForm, ObjectiveForm, ReasonForm, ResultsForm, SummaryForm
from registry.appraisals.models import Appraisal
from registry.appraisals.states import OPEN, WRITABLE, AppraisalState
from registry.appraisals.views.doors import conducted_appraisal, note_read, objective_of
from registry.competency.models import Assessment
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def appraisees(request: SignedInRequest) -> HttpResponse:
    """Whom I appraise, the assessments that wait for me to agree them, and what I have signed."""
    require_own(request, P.APPRAISAL_CONDUCT)
    rows = Appraisal.visible_to(request.user, P.APPRAISAL_CONDUCT).with_people()
    page = keyset_page(
        rows.exclude(state__in=OPEN), params=request.GET, order=["due_on", "pk"], descending=True, size=25
    )
    to_agree = Assessment.visible_to(request.user, P.ASSESSMENT_AGREE).still_open().order_by("submitted_at", "pk")
    context = presenters.now_and_later(rows, request.user) | {
        "page": page,
        "over": [presenters.standing(row, request.user) for row in page.rows],
        "to_agree": list(to_agree.select_related("version", "clinician")),
    }
    return render(request, "appraisals/appraisees.jinja", context)


@require_safe
def conduct(request: SignedInRequest, pk: int) -> HttpResponse:
    """One appraisal as a list of my tasks; its record once it is over."""
    row = conducted_appraisal(request, pk)
    if row.state not in OPEN:
        return redirect("appraisals:conducted", pk)
    return render(request, "appraisals/conduct.jinja", presenters.conduct_page(row, request.user))


@require_safe
def conducted(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything on record, to read and to print; reading it is written down."""
    row = conducted_appraisal(request, pk)
    note_read(request, row)
    context = {"appraisal": row, "own": False, "standing": presenters.standing(row, request.user)}
    return render(request, "appraisals/record.jinja", context | {"record": presenters.record(row, request.user)})


@get_or_post
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say when and where to meet, or change it."""
    row = conducted_appraisal(request, pk)
    if row.state not in WRITABLE and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    form = MeetingForm(request.POST if request.method == "POST" else None, appraisal=row)
    if accepted(
        form, lambda data: conducting.set_meeting(appraisal=row, at=form.at, place=data["place"], by=request.user)
    ):
        messages.success(request, "The meeting is set.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/meeting.jinja", {"appraisal": row, "form": form})


@require_POST
def cancel_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call the meeting off."""
    conducting.cancel_meeting(appraisal=conducted_appraisal(request, pk), by=request.user)
    messages.success(request, "The meeting is called off. Set another when you know the day.")
    return redirect("appraisals:conduct", pk)


@get_or_post
def last_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of last time's objectives."""
    row = conducted_appraisal(request, pk)
    last = conducting.last_objectives(appraisal=row)
    if (row.state not in WRITABLE or not last) and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    form = ResultsForm(request.POST if request.method == "POST" else None, objectives=last)
    if accepted(form, lambda data: conducting.record_results(appraisal=row, results=form.results, by=request.user)):
        messages.success(request, "Saved.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/last_time.jinja", {"appraisal": row, "form": form})


@get_or_post
def add_objective(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree on something until the next time."""
    row = conducted_appraisal(request, pk)
    if row.state not in WRITABLE and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    form = ObjectiveForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: conducting.add_objective(appraisal=row, by=request.user, **data)):
        messages.success(request, "The objective is added.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/objective.jinja", {"appraisal": row, "form": form, "objective": None})


@get_or_post
def change_objective(request: SignedInRequest, pk: int, objective: int) -> HttpResponse:
    """Put an objective in other words."""
    row = conducted_appraisal(request, pk)
    found = objective_of(row, objective)
    if row.state not in WRITABLE and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    form = ObjectiveForm(request.POST if request.method == "POST" else None, initial=ObjectiveForm.stored(found))
    if accepted(form, lambda data: conducting.change_objective(objective=found, by=request.user, **data)):
        messages.success(request, "The objective is saved.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/objective.jinja", {"appraisal": row, "form": form, "objective": found})


@require_POST
def remove_objective(request: SignedInRequest, pk: int, objective: int) -> HttpResponse:
    """Take an objective off the list."""
    row = conducted_appraisal(request, pk)
    conducting.remove_objective(objective=objective_of(row, objective), by=request.user)
    messages.success(request, "The objective is off the list.")
    return redirect("appraisals:conduct", pk)


@get_or_post
def summary(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write what was discussed and what came of it."""
    row = conducted_appraisal(request, pk)
    if row.state not in WRITABLE and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    stored = conducting.summary_mark(appraisal=row)
    form = SummaryForm(request.POST if request.method == "POST" else None, appraisal=row, seen=stored)

    def write() -> None:
        conducting.write_summary(appraisal=row, by=request.user, **form.cleaned_data)

    if attempt(form, write, stored=stored):
        messages.success(request, f"Saved. {row.clinician} reads it when you have signed.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/summary.jinja", {"appraisal": row, "form": form})


@get_or_post
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return it to the person, saying what should be added."""
    row = conducted_appraisal(request, pk)
    if row.state != AppraisalState.READY and request.method != "POST":
        return redirect("appraisals:conduct", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, reader=row.clinician)
    if accepted(form, lambda data: conducting.send_back(appraisal=row, by=request.user, **data)):
        messages.success(request, f"Returned to {row.clinician}.")
        return redirect("appraisals:conduct", pk)
    return render(request, "appraisals/send_back.jinja", {"appraisal": row, "form": form, "own": False})


@get_or_post
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will be signed, once more, and the button."""
    row = conducted_appraisal(request, pk)
    if request.method == "POST":
        conducting.sign(appraisal=row, by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, f"Signed. It now waits for {row.clinician}.")
        return redirect("appraisals:conduct", pk)
    if row.state != AppraisalState.READY or conducting.missing_to_sign(appraisal=row):
        return redirect("appraisals:conduct", pk)
    note_read(request, row)
    context = {"appraisal": row, "own": False, "standing": presenters.standing(row, request.user)}
    context |= {"record": presenters.record(row, request.user), "seen": steps.mark(row)}
    return render(request, "appraisals/sign.jinja", context)
