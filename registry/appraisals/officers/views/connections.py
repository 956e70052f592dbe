"""Connections of doctors to their designated body: who is connected, connecting many at once, ending one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions.connecting import connect_doctors, end_connection
from registry.appraisals.models import Connection
from registry.appraisals.officers.filters import connected
from registry.appraisals.officers.forms import ConnectForm, EndForm, PeopleChoice
from registry.appraisals.officers.shown import check_shown, mark_of
from registry.clinicians.fields import Profession
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

DOCTORS = [(Profession.DOCTOR.value, Profession.DOCTOR.label)]


@require_safe
def connections(request: SignedInRequest) -> HttpResponse:
    """Who is connected, and how many doctors are not."""
    scope_over(request, P.APPRAISAL_MANAGE)
    asked = PeopleChoice(request.GET, user=request.user, professions=DOCTORS)
    doctors = asked.people().filter(profession=Profession.DOCTOR)
    rows = Connection.visible_to(request.user, P.APPRAISAL_MANAGE).filter(clinician__in=doctors)
    rows = rows.filter(ended_on__isnull=True).with_dates()
    page = keyset_page(
        rows.select_related("clinician", "designated_body", "responsible_officer"),
        params=request.GET,
        order=["clinician__family_name", "clinician__given_name", "pk"],
    )
    context = {
        "filter": asked,
        "page": page,
        "count": rows.count(),
        "unconnected": doctors.exclude(pk__in=connected(doctors).values("pk")).count(),
        "query": request.GET.urlencode(),
    }
    return render(request, "officers/connections.jinja", context)


@get_or_post
def connect(request: SignedInRequest) -> HttpResponse:
    """The doctors who match and are not connected, and how to connect all of them at once."""
    scope_over(request, P.APPRAISAL_MANAGE)
    asked = PeopleChoice(request.GET, user=request.user, professions=DOCTORS)
    body = asked.organisation
    if body is None:
        raise Http404
    everybody = asked.people().filter(profession=Profession.DOCTOR)
    taken = connected(everybody)
    open_ones = Connection.visible_to(request.user, P.APPRAISAL_MANAGE).filter(ended_on__isnull=True)
    doctors = everybody.exclude(pk__in=taken.values("pk"))
    keys = list(doctors.order_by("pk").values_list("pk", flat=True))
    form = ConnectForm(request.POST if request.method == "POST" else None, body=body, initial={"started_on": today()})

    def act(data: dict[str, Any]) -> int:
        check_shown(request.POST, keys)
        chosen = list(doctors.filter(pk__in=keys))
        return connect_doctors(doctors=chosen, designated_body=body, by=request.user, **data)

    if done := accepted(form, act):
        messages.success(request, f"{done} {'doctor is' if done == 1 else 'doctors are'} connected to {body}.")
        return redirect("officers:connections")
    page = keyset_page(doctors, params=request.GET, order=["family_name", "given_name", "pk"])
    context = {
        "filter": asked,
        "form": form,
        "body": body,
        "page": page,
        "count": len(keys),
        "elsewhere": taken.exclude(pk__in=open_ones.values("clinician")).count(),
        "shown": mark_of(keys),
    }
    return render(request, "officers/connect.jinja", context)


@get_or_post
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note a connection's last day."""
    visible = Connection.visible_to(request.user, P.APPRAISAL_MANAGE)
    row = get_object_or_404(visible.select_related("clinician", "designated_body", "responsible_officer"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"ended_on": today()})
    if accepted(form, lambda data: end_connection(connection=row, by=request.user, **data)):
        messages.success(request, f"The connection of {row.clinician} has ended.")
        return redirect("officers:connections")
    return render(request, "officers/end_connection.jinja", {"connection": row, "form": form})
