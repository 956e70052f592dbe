"""A person's own account."""

from django.http import HttpResponse
from django.shortcuts import render

from registry.accounts.http import SignedInRequest


def details(request: SignedInRequest) -> HttpResponse:
    """Name, e-mail address, and the roles held where."""
    return render(request, "account/details.jinja", {"grants": request.user.grants})
