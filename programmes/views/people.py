"""What HR sees of its people on programmes: where each application and place stands, and the mix by profession."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.kernel.permissions import Permission as P


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Applications and places of the people this officer looks after."""
    scope_over(request, P.PROGRAMME_PEOPLE)
    return render(request, "programmes/catalogue/people.jinja", {})
