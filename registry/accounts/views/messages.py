"""What comes to a person and how: their messages' settings, and their calendar."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry.accounts import calendar
from registry.accounts.forms import MessagesForm
from registry.accounts.http import SignedInRequest
from registry.accounts.models import CalendarLink
from registry.kernel.permissions import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def settings_of_messages(request: SignedInRequest) -> HttpResponse:
    """How messages come."""
    form = MessagesForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        # These two alone: what somebody else changes of the account at this moment stays.
        form.instance.save(update_fields=form.Meta.fields)
        messages.success(request, "Saved. It holds from the next message on.")
        return redirect("message_settings")
    return render(request, "account/message_settings.jinja", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: SignedInRequest) -> HttpResponse:
    """Make the private address of one's calendar, see it once, or make a new one instead."""
    address = None
    if request.method == "POST":
        token = calendar.make_link(user=request.user, by=request.user)
        address = settings.PUBLIC_URL + reverse("calendar_feed", args=[token])
    link = CalendarLink.visible_to(request.user, Permission.MESSAGE_READ).first()
    return render(request, "account/calendar.jinja", {"link": link, "address": address})


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_calendar(request: SignedInRequest) -> HttpResponse:
    """Confirm, then end the address at once."""
    if not CalendarLink.visible_to(request.user, Permission.MESSAGE_READ).exists():
        return redirect("own_calendar")
    if request.method == "POST":
        calendar.revoke_link(user=request.user, by=request.user)
        messages.success(request, "The address of your calendar no longer works.")
        return redirect("own_calendar")
    return render(request, "account/revoke_calendar.jinja")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's calendar, for whoever has its address: their calendar program."""
    user = calendar.holder_of(token)
    if user is None:
        raise Http404
    response = HttpResponse(calendar.feed(user), content_type=calendar.MEDIA_TYPE)
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response
