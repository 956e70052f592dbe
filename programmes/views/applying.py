"""The applicant's pages: what is asked, writing and sending an application, and where it stands."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes.actions import applying
from programmes.applicants import presenters
from programmes.applicants.forms import ApplicationForm, WithdrawForm
from programmes.models import Application, Cohort
from programmes.selecting.presenters import applicants_links
from programmes.states import ApplicationState
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import own_profile, require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My applications: those under way, and those that are over."""
    me = own_profile(request, P.PROGRAMME_TAKE_PART)
    return render(request, "programmes/applying/mine.jinja", {"me": me} | presenters.mine(request.user, request.GET))


@get_or_post
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a cohort asks, where I stand, and my application for it: kept as a draft, or sent."""
    me = own_profile(request, P.PROGRAMME_TAKE_PART)
    rows = Cohort.visible_to(request.user, P.PROGRAMME_TAKE_PART).with_programme()
    cohort = cast("Cohort", get_object_or_404(rows, pk=pk))
    if me is None:
        return render(request, "programmes/applying/no_profile.jinja", {"cohort": cohort})
    row = Application.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(cohort=cohort).first()
    if row is not None and row.state != ApplicationState.DRAFT and request.method != "POST":
        return redirect("applying:application", row.pk)
    sending = request.method == "POST" and "send" in request.POST
    criteria, stored = applying.criteria(cohort), applying.mark_of(row)
    form = ApplicationForm(
        request.POST if request.method == "POST" else None,
        criteria=criteria,
        answers=dict(row.answers.values_list("criterion", "text")) if row else {},
        seen=stored,
        whole=sending,
    )
    act = applying.send if sending else applying.save

    def write() -> Application:
        seen = form.cleaned_data["seen"]
        return act(cohort=cohort, clinician=me, answers=form.answers, seen=seen, by=request.user)

    if done := attempt(form, write, stored=stored):
        if sending:
            messages.success(request, f"Sent. Your reference is {done.reference}.")
            return redirect("applying:application", done.pk)
        messages.success(request, "Saved. You can come back to it until applications close.")
        return redirect("applying:apply", pk)
    context = {
        "cohort": cohort,
        "form": form,
        "draft": row,
        "gates": presenters.before_applying(cohort, me),
        "not_for_me": applying.not_for(cohort.version.programme, me),
        "closed": applying.closed_because(cohort) or applying.barred_because(cohort, me),
        "asks_manager": applying.asks_manager(cohort),
        "line_manager": me.line_manager,
    }
    return render(request, "programmes/applying/apply.jinja", context)


@require_safe
def application(request: SignedInRequest, pk: int) -> HttpResponse:
    """One application: where it stands gate by gate, what comes next, and what I can do."""
    row = _own(request, pk)
    if row.state == ApplicationState.DRAFT and not applying.closed_because(row.cohort):
        return redirect("applying:apply", row.cohort_id)
    context = presenters.application_page(row, request.user) | {"links": applicants_links(row)}
    return render(request, "programmes/applying/application.jinja", context)


@get_or_post
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take my application back."""
    row = _own(request, pk)
    if row.state not in applying.WITHDRAWABLE and request.method != "POST":
        return redirect("applying:application", pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: applying.withdraw(application=row, by=request.user, **data)):
        messages.success(request, "Your application is withdrawn.")
        return redirect("applying:mine")
    return render(request, "programmes/applying/withdraw.jinja", {"application": row, "form": form})


@require_POST
def ask_manager(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the line manager that my profile names now."""
    applying.ask_manager(application=_own(request, pk), by=request.user)
    messages.success(request, "Your line manager has been asked.")
    return redirect("applying:application", pk)


def _own(request: SignedInRequest, pk: int) -> Application:
    require_own(request, P.PROGRAMME_TAKE_PART)
    rows = Application.visible_to(request.user, P.PROGRAMME_TAKE_PART).with_people().with_waiting_position()
    return cast("Application", get_object_or_404(rows.select_related("clinician__line_manager"), pk=pk))
