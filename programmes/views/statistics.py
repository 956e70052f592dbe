"""Selection statistics of a cohort: for everybody once published, and the lead's button that publishes them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes.actions import statistics as actions
from programmes.models import SelectionStatistics
from programmes.selecting.statistics import views
from programmes.views.readings import cohort_led
from registry.accounts.http import SignedInRequest


@require_safe
def statistics(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who got how far, by profession, sector and equality group; before that, why not yet, for those who run it."""
    rows = SelectionStatistics.rows().select_related("cohort__version__programme")
    published = rows.filter(pk=pk).first()
    if published is not None:
        context = {"cohort": published.cohort, "published": published, "views": views(published)}
        return render(request, "programmes/selecting/statistics.jinja", context)
    cohort = cohort_led(request, pk)
    context = {"cohort": cohort, "published": None, "not_yet": actions.not_yet(cohort)}
    return render(request, "programmes/selecting/statistics.jinja", context)


@require_POST
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish the statistics of a cohort."""
    actions.publish(cohort=cohort_led(request, pk), by=request.user)
    messages.success(request, "The statistics are published.")
    return redirect("selecting:statistics", pk)
