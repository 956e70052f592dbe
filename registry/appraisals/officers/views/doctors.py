"""The responsible officer's pages: the doctors connected to them, and what they recommended to the GMC."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.appraisals.actions.connecting import recommend
from registry.appraisals.models import Connection, Recommendation
from registry.appraisals.officers.forms import RecommendationForm
from registry.appraisals.officers.presenters import to_recommend
from registry.audit.record import read
from registry.competency.views.doors import require_own
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

RELATED = ("clinician__organisation", "designated_body")


@require_safe
def doctors(request: SignedInRequest) -> HttpResponse:
    """My doctors: who needs a recommendation soon, then everybody."""
    require_own(request, P.RECOMMENDATION_MAKE)
    mine = Connection.visible_to(request.user, P.RECOMMENDATION_MAKE).holding_on(today()).with_dates()
    page = keyset_page(
        mine.select_related(*RELATED),
        params=request.GET,
        order=["clinician__family_name", "clinician__given_name", "pk"],
    )
    context = {
        "due": to_recommend(request.user).select_related(*RELATED).order_by("revalidation_due", "pk"),
        "page": page,
        "count": mine.count(),
        "today": today(),
    }
    return render(request, "officers/doctors.jinja", context)


@get_or_post
def doctor(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of my doctors: dates, what was recommended before, and a recommendation to record."""
    require_own(request, P.RECOMMENDATION_MAKE)
    visible = Connection.visible_to(request.user, P.RECOMMENDATION_MAKE).with_dates()
    row = get_object_or_404(visible.select_related(*RELATED), pk=pk)
    due = row.revalidation_due
    form = RecommendationForm(request.POST if request.method == "POST" else None, initial={"made_on": today()})
    if request.method == "POST" and due is None:
        raise Http404
    if due and accepted(form, lambda data: recommend(connection=row, due_on=due, by=request.user, **data)):
        messages.success(request, f"Your recommendation about {row.clinician} is recorded.")
        return redirect("officers:doctor", pk)
    made = Recommendation.visible_to(request.user, P.RECOMMENDATION_MAKE).filter(connection=row)
    detail = {"connection": row.pk}
    read("revalidation", row.clinician, by=request.user, organisation_id=row.designated_body_id, detail=detail)
    context = {"connection": row, "form": form, "made": made.select_related("made_by"), "today": today()}
    return render(request, "officers/doctor.jinja", context)
