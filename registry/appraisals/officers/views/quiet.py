"""The page Quiet days: the days on which nobody at an organisation is reminded."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions.quiet import add_quiet_period, remove_quiet_period
from registry.appraisals.models import QuietPeriod
from registry.appraisals.officers.forms import QuietForm
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def quiet_days(request: SignedInRequest) -> HttpResponse:
    """The list, the latest first, and a form to add to it."""
    scope_over(request, P.APPRAISAL_MANAGE)
    form = QuietForm(request.POST if request.method == "POST" else None, user=request.user)
    if accepted(form, lambda data: add_quiet_period(by=request.user, **data)):
        messages.success(request, "Added. Reminders that fall on these days are moved, none is left out.")
        return redirect("officers:quiet_days")
    visible = QuietPeriod.visible_to(request.user, P.APPRAISAL_MANAGE).select_related("organisation")
    page = keyset_page(visible, params=request.GET, order=["first_day", "pk"], descending=True, size=25)
    context = {"form": form, "page": page, "today": today()}
    return render(request, "officers/quiet_days.jinja", context)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take days back that have not begun."""
    visible = QuietPeriod.visible_to(request.user, P.APPRAISAL_MANAGE)
    remove_quiet_period(period=get_object_or_404(visible, pk=pk), by=request.user)
    messages.success(request, "Removed.")
    return redirect("officers:quiet_days")
