"""The session log of a pair, for the two: logging a session, notes, and the next date."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mentoring.actions import notes, sessions
from mentoring.models import MentoringSession, Relationship, SessionNote
from mentoring.session_forms import LogForm, NoteForm, PlanForm
from mentoring.session_presenters import last_medium, next_of, sessions_of
from mentoring.session_steps import can_log
from mentoring.sides import other_of
from mentoring.states import RelationshipState
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt_change
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post
from registry.session_log.forms import SessionFields
from registry.session_log.presenters import words_of


@require_safe
def log(request: SignedInRequest) -> HttpResponse:
    """With whom somebody met; with one pair under way there is nothing to choose."""
    require_own(request, P.MENTORING_OFFER)
    under_way = _pairs(request).filter(state=RelationshipState.ACTIVE).order_by("pk")
    rows = [(row, other_of(row, request.user)) for row in under_way]
    if len(rows) == 1:
        return redirect("mentoring:log_session", rows[0][0].pk)
    return render(request, "mentoring/log.jinja", {"pairs": rows})


@get_or_post
def log_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Log a session: one screen, filled in as most sessions are."""
    row = _pair(request, pk)
    other = other_of(row, request.user)
    form = LogForm(
        _data(request),
        other=other,
        medium=last_medium(row, request.user),
        planned=next_of(row, request.user),
        plans=row.state == RelationshipState.ACTIVE,
    )

    def act(data: dict[str, Any], seen: str | None) -> Any:
        return sessions.log_session(relationship=row, by=request.user, seen=seen, **data)

    if attempt_change(form, act, stored=sessions.mark_of_next(row)):
        messages.success(request, f"Your session with {other} is on the log.")
        return redirect("mentoring:sessions", pk)
    return _form(request, form, f"Log a session with {other}", "Log the session", _to_pair(row))


@require_safe
def all_sessions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every session of a pair, newest first, and the next one."""
    row = _pair(request, pk)
    rows = MentoringSession.visible_to(request.user, P.MENTORING_OFFER).filter(relationship=row)
    page = keyset_page(rows, params=request.GET, order=["held_on", "pk"], descending=True)
    return render(request, "mentoring/sessions.jinja", {"log": sessions_of(row, request.user), "page": page})


@get_or_post
def session(request: SignedInRequest, pk: int) -> HttpResponse:
    """One session, with one's own notes and those the other one shares."""
    row = _session(request, pk)
    pair = row.relationship
    other = other_of(pair, request.user)
    form = NoteForm(_data(request), other=other)
    if accepted(form, lambda data: notes.write_note(session=row, by=request.user, **data)):
        messages.success(request, "Your note is saved.")
        return redirect("mentoring:session", pk)
    found = SessionNote.visible_to(request.user, P.MENTORING_OFFER).filter(session=row).select_related("author")
    context = {
        "session": row,
        "other": other,
        "notes": [(note, words_of(note)) for note in found],
        "form": form,
        "can_log": can_log(pair),
    }
    return render(request, "mentoring/session.jinja", context)


@get_or_post
def change_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put right what one logged."""
    row = _own_session(request, pk)
    said = {name: getattr(row, name) for name in ("held_on", "minutes", "medium", "themes")}
    form = SessionFields(_data(request), initial=said)
    if accepted(form, lambda data: sessions.change_session(session=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("mentoring:session", pk)
    back = (reverse("mentoring:session", args=[pk]), "The session")
    return _form(request, form, "Change this session", "Save changes", back)


@require_POST
def remove_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a session off the log."""
    row = _own_session(request, pk)
    sessions.remove_session(session=row, by=request.user)
    messages.success(request, "The session is off the log.")
    return redirect("mentoring:sessions", row.relationship_id)


@require_POST
def share_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the other one read a note."""
    return _share(request, pk, shared=True, said="Both of you can read this note now.")


@require_POST
def unshare_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let them no longer."""
    return _share(request, pk, shared=False, said="Only you can read this note now.")


@require_POST
def remove_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a note back."""
    row = _own_note(request, pk)
    notes.remove_note(note=row, by=request.user)
    messages.success(request, "Your note is gone.")
    return redirect("mentoring:session", row.session_id)


@get_or_post
def plan_next(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan the next session, or move it."""
    row = _pair(request, pk)
    other, planned = other_of(row, request.user), next_of(row, request.user)
    form = PlanForm(_data(request), medium=last_medium(row, request.user), planned=planned)

    def act(data: dict[str, Any], seen: str | None) -> Any:
        return sessions.plan_next(relationship=row, by=request.user, seen=seen, **data)

    if attempt_change(form, act, stored=sessions.mark_of_next(row)):
        messages.success(request, "Saved. Both of you get it by e-mail, for your calendars.")
        return redirect("mentoring:sessions", pk)
    title = f"{'Move' if planned else 'Plan'} your next session with {other}"
    return _form(request, form, title, "Move the session" if planned else "Plan the session", _to_pair(row))


@require_POST
def cancel_next(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call the next session off."""
    sessions.cancel_next(relationship=_pair(request, pk), by=request.user)
    messages.success(request, "The session is cancelled. Both of you get an e-mail.")
    return redirect("mentoring:sessions", pk)


def _share(request: SignedInRequest, pk: int, *, shared: bool, said: str) -> HttpResponse:
    row = _own_note(request, pk)
    notes.share_note(note=row, shared=shared, by=request.user)
    messages.success(request, said)
    return redirect("mentoring:session", row.session_id)


def _pairs(request: SignedInRequest) -> Any:
    """One's own pairs, once both have said yes."""
    return Relationship.visible_to(request.user, P.MENTORING_OFFER).exclude(started_at=None).with_people()


def _pair(request: SignedInRequest, pk: int) -> Relationship:
    found: Relationship = get_object_or_404(_pairs(request), pk=pk)
    return found


def _session(request: SignedInRequest, pk: int) -> MentoringSession:
    rows = MentoringSession.visible_to(request.user, P.MENTORING_OFFER).with_people().select_related("logged_by")
    found: MentoringSession = get_object_or_404(rows, pk=pk)
    return found


def _own_session(request: SignedInRequest, pk: int) -> MentoringSession:
    rows = MentoringSession.visible_to(request.user, P.MENTORING_OFFER).filter(logged_by=request.user)
    found: MentoringSession = get_object_or_404(rows, pk=pk)
    return found


def _own_note(request: SignedInRequest, pk: int) -> SessionNote:
    rows = SessionNote.visible_to(request.user, P.MENTORING_OFFER).filter(author=request.user)
    found: SessionNote = get_object_or_404(rows.select_related("session"), pk=pk)
    return found


def _to_pair(row: Relationship) -> tuple[str, str]:
    return reverse("mentoring:sessions", args=[row.pk]), "Your sessions"


def _data(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, form: Any, title: str, button: str, back: tuple[str, str]) -> HttpResponse:
    context = {"form": form, "title": title, "button_text": button, "back": back[0], "back_text": back[1]}
    return render(request, "layouts/form.jinja", context)
