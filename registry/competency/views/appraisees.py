"""An appraiser's pages: what was sent to them, their level beside the clinician's own, agreeing and returning."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.competency import actions, presenters
from registry.competency.actions import Overtaken, mark_of
from registry.competency.forms import JudgementsForm, ReturnForm
from registry.competency.models import Assessment
from registry.competency.states import State
from registry.competency.views.doors import as_stored_now, assessment_of, note_read, require_own
from registry.competency.wording import wording_for
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def appraisees(request: SignedInRequest) -> HttpResponse:
    """What was sent to me to agree, and what I agreed."""
    require_own(request, P.ASSESSMENT_AGREE)
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
    return assessment_of(request, pk, P.ASSESSMENT_AGREE)


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
    form = as_stored_now(form, row) if form.is_bound else form
    if not form.is_bound:
        note_read(request, row, "assessment.agree")
    wording = wording_for(row.version, row.clinician.organisation_id)
    context = {"assessment": row, "groups": groups, "form": form, "wording": wording}
    return render(request, "competency/agree.jinja", context)


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
    if accepted(form, lambda data: actions.send_back(assessment=row, by=request.user, **data)):
        messages.success(request, f"Returned to {row.clinician}.")
        return redirect("competency:appraisees")
    return render(request, "competency/send_back.jinja", {"assessment": row, "form": form})
