"""The pages of the person an appraisal is about: what is due, preparing, asking for more time, signing, recording."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.appraisals import presenters, steps
from registry.appraisals.actions import preparing, recording
from registry.appraisals.forms import DoneForm, EntryForm, LevelsForm, PostponeForm, ReasonForm
from registry.appraisals.states import OPEN, WRITABLE, AppraisalState
from registry.appraisals.views.doors import entry_of, own_appraisal
from registry.competency.feedback.states import RoundState
from registry.competency.models import Assessment, DevelopmentPlan, FeedbackRound
from registry.competency.views.doors import own_profile
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My appraisals: what is due, what comes later, what is over."""
    me = own_profile(request, P.APPRAISAL_PREPARE)
    return render(request, "appraisals/mine.jinja", {"me": me} | presenters.mine(request.user))


@require_safe
def appraisal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One appraisal as a list of tasks; its record once it is over."""
    row = own_appraisal(request, pk)
    if row.state not in OPEN:
        return redirect("appraisals:record", pk)
    return render(request, "appraisals/appraisal.jinja", presenters.own_page(row, request.user))


@require_safe
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything on record, to read and to print."""
    row = own_appraisal(request, pk)
    context = {"appraisal": row, "own": True, "standing": presenters.standing(row, request.user)}
    return render(request, "appraisals/record.jinja", context | {"record": presenters.record(row, request.user)})


@get_or_post
def entry(request: SignedInRequest, pk: int, entry: int) -> HttpResponse:
    """One thing to bring: whether it is there, and where."""
    row = own_appraisal(request, pk)
    found = entry_of(row, entry)
    if row.state != AppraisalState.PREPARING and request.method != "POST":
        return redirect("appraisals:appraisal", pk)
    rounds = None
    if preparing.takes_feedback(appraisal=row, code=found.code):
        rounds = FeedbackRound.visible_to(request.user, P.FEEDBACK_RECEIVE).filter(state=RoundState.RELEASED)
        rounds = rounds.select_related("version")
    form = EntryForm(request.POST if request.method == "POST" else None, entry=found, rounds=rounds)
    if accepted(form, lambda data: preparing.save_entry(entry=found, by=request.user, **data)):
        messages.success(request, f"Saved: {found.name}.")
        return redirect("appraisals:appraisal", pk)
    return render(request, "appraisals/entry.jinja", {"appraisal": row, "entry": found, "form": form})


@get_or_post
def levels(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the agreed levels and the plan to bring."""
    row = own_appraisal(request, pk, signed=True)
    if row.state != AppraisalState.PREPARING and request.method != "POST":
        return redirect("appraisals:appraisal", pk)
    assessments = Assessment.visible_to(request.user, P.ASSESSMENT_EDIT).agreed().select_related("version")
    plans = DevelopmentPlan.visible_to(request.user, P.DEVELOPMENT_PLAN).select_related("version")
    data = request.POST if request.method == "POST" else None
    form = LevelsForm(data, appraisal=row, assessments=assessments, plans=plans)
    if accepted(form, lambda data: preparing.link(appraisal=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("appraisals:appraisal", pk)
    return render(request, "appraisals/levels.jinja", {"appraisal": row, "form": form})


@get_or_post
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will be sent, and the button."""
    row = own_appraisal(request, pk, signed=True)
    if request.method == "POST":
        preparing.send(appraisal=row, by=request.user)
        messages.success(request, f"Sent to {row.appraiser}.")
        return redirect("appraisals:appraisal", pk)
    if row.state != AppraisalState.PREPARING or row.appraiser is None:
        return redirect("appraisals:appraisal", pk)
    context = {"appraisal": row, "missing": [one for one in row.checklist.all() if not one.done]}
    return render(request, "appraisals/send.jinja", context)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back from the appraiser, to change it."""
    preparing.take_back(appraisal=own_appraisal(request, pk, signed=True), by=request.user)
    messages.success(request, "You have it back. Send it again when you have changed it.")
    return redirect("appraisals:appraisal", pk)


@get_or_post
def postpone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a later date."""
    row = own_appraisal(request, pk, signed=True)
    if row.state not in WRITABLE and request.method != "POST":
        return redirect("appraisals:appraisal", pk)
    form = PostponeForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: preparing.ask_to_postpone(appraisal=row, by=request.user, **data)):
        messages.success(request, "Your HR team has your request. Until they decide, the date stays as it is.")
        return redirect("appraisals:appraisal", pk)
    return render(request, "appraisals/postpone.jinja", {"appraisal": row, "form": form})


@require_POST
def withdraw_wish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the wish for a later date back."""
    preparing.withdraw_wish(appraisal=own_appraisal(request, pk, signed=True), by=request.user)
    messages.success(request, "You no longer ask for a later date.")
    return redirect("appraisals:appraisal", pk)


@get_or_post
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read what the appraiser has signed, and sign it."""
    row = own_appraisal(request, pk, signed=True)
    if request.method == "POST":
        preparing.sign(appraisal=row, by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, f"{row.rule.cycle} is done. The next one is on your list.")
        return redirect("appraisals:record", pk)
    if row.state != AppraisalState.SIGNED:
        return redirect("appraisals:appraisal", pk)
    context = {"appraisal": row, "own": True, "standing": presenters.standing(row, request.user)}
    context |= {"record": presenters.record(row, request.user), "seen": steps.mark(row)}
    return render(request, "appraisals/sign.jinja", context)


@get_or_post
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return it to the appraiser with a reason, unsigned."""
    row = own_appraisal(request, pk, signed=True)
    if row.state != AppraisalState.SIGNED and request.method != "POST":
        return redirect("appraisals:appraisal", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, reader=row.appraiser)
    if accepted(form, lambda data: preparing.send_back(appraisal=row, by=request.user, **data)):
        messages.success(request, f"Returned to {row.appraiser}.")
        return redirect("appraisals:appraisal", pk)
    return render(request, "appraisals/send_back.jinja", {"appraisal": row, "form": form, "own": True})


@get_or_post
def record_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a revalidation or a renewal as done."""
    row = own_appraisal(request, pk, signed=False)
    if row.state != AppraisalState.PREPARING and request.method != "POST":
        return redirect("appraisals:record", pk)
    form = DoneForm(request.POST if request.method == "POST" else None, appraisal=row)
    if accepted(form, lambda data: recording.record_done(appraisal=row, by=request.user, **data)):
        messages.success(request, f"Recorded: {row.rule.cycle}. The next one is on your list.")
        return redirect("appraisals:mine")
    return render(request, "appraisals/record_done.jinja", {"appraisal": row, "form": form})
