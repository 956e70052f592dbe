"""Home pages and the pages that say something went wrong."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.accounts.http import SignedInRequest
from registry.competency.heat_map import smallest_group
from registry.dashboard.home import groups
from registry.kernel.clock import today


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """What needs me now."""
    return render(request, "dashboard/home.jinja", {"groups": groups(request.user), "today": today()})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "dashboard/accessibility.jinja")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """How the registry uses what it knows."""
    context = {
        "feedback_keep_months": settings.FEEDBACK_KEEP_MONTHS,
        "smallest": smallest_group(settings.INSIGHT_SMALLEST_GROUP),
    }
    return render(request, "dashboard/privacy.jinja", context)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.jinja", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.jinja", status=403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or came from somewhere else."""
    return render(request, "errors/csrf.jinja", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.jinja", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.jinja", status=500)
