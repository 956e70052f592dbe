"""Pages of messages: everybody's inbox, and for officers what could not be delivered."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from registry.kernel.permissions import Permission
from registry.nhsuk.paging import keyset_page
from registry.notifications import actions, presenters
from registry.notifications.models import Message
from registry.notifications.states import MessageState


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """One's own messages, the newest first."""
    own = Message.visible_to(request.user, Permission.MESSAGE_READ).in_inbox()
    page = keyset_page(own, params=request.GET, order=["pk"], descending=True, size=20)
    return render(request, "notifications/inbox.jinja", {"page": page, "lines": presenters.lines(page.rows)})


@require_GET
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One of one's own messages; from now on it counts as read."""
    row = get_object_or_404(Message.visible_to(request.user, Permission.MESSAGE_READ).in_inbox(), pk=pk)
    actions.mark_read(message=row, by=request.user)
    (line,) = presenters.lines([row])
    context = {"line": line, "undelivered": row.state == MessageState.FAILED}
    return render(request, "notifications/message.jinja", context)


@require_GET
def failed(request: HttpRequest) -> HttpResponse:
    """What could not be delivered to people of one's organisations, and why."""
    if not request.user.scope_for(Permission.MESSAGE_RETRY).over_others:  # type: ignore[union-attr]
        raise Http404
    rows = Message.visible_to(request.user, Permission.MESSAGE_RETRY)
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {
        "page": page,
        "lines": presenters.failed_lines(page.rows, request.user),
        "count": rows.count(),
        "in_plain_words": presenters.in_plain_words,
    }
    return render(request, "notifications/failed.jinja", context)


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one of them anew."""
    row = get_object_or_404(Message.visible_to(request.user, Permission.MESSAGE_RETRY), pk=pk)
    actions.send_again(message=row, by=request.user)
    messages.success(request, "The message goes out again, if it is still needed.")
    return redirect("notifications:failed")


@require_POST
def send_all_again(request: HttpRequest) -> HttpResponse:
    """Try all of them anew."""
    count = actions.send_all_again(by=request.user)
    one = "1 message goes out again, if it is still needed."
    messages.success(
        request, one if count == 1 else f"{count:,} messages go out again, as far as they are still needed."
    )
    return redirect("notifications:failed")
