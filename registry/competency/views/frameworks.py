"""The pages of frameworks, and of what a trust expects of each career stage."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.competency import actions, presenters
from registry.competency.crosswalk import also_relevant
from registry.competency.forms import ExpectationForm
from registry.competency.models import ExpectationChoice, FrameworkVersion
from registry.competency.states import Matrix
from registry.competency.wording import wording_for
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import get_or_post
from registry.organisations.models import Organisation


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
        "elements": [element for domain in version.domains.all() for element in domain.elements.all()],
        "elsewhere": also_relevant([version.code]),
        "wording": wording_for(version, presenters.home_of(request.user)),
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
