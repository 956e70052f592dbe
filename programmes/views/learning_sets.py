"""A set's own pages: who is in it, when it meets and who facilitates, and notes for its members alone."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from programmes.actions import learning_sets
from programmes.models import LearningSet, SetMeeting, SetNote
from programmes.states import EnrolmentState
from programmes.taking_part_forms import MeetingForm, NoteForm
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post
from registry.session_log.presenters import words_of


@get_or_post
def learning_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """My set; the day of a meeting is put down here."""
    rows = LearningSet.visible_to(request.user, P.PROGRAMME_TAKE_PART)
    row = get_object_or_404(rows.select_related("cohort__version__programme"), pk=pk)
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: learning_sets.meet(learning_set=row, by=request.user, **data)):
        messages.success(request, "The meeting is on the list.")
        return redirect("taking_part:set", pk)
    members = list(row.members.select_related("enrolment__clinician__organisation", "enrolment__cohort"))
    context = {
        "set": row,
        "members": members,
        "place": next(one.enrolment for one in members if one.enrolment.clinician.user_id == request.user.pk),
        "meetings": list(row.meetings.select_related("facilitator__enrolment__clinician")),
        "next": learning_sets.next_facilitator(learning_set=row),
        "form": form,
    }
    return render(request, "programmes/taking_part/set.jinja", context | {"open": _is_open(context["place"])})


@get_or_post
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """One meeting of my set, with the set's notes."""
    row = _meeting(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: learning_sets.write(meeting=row, by=request.user, **data)):
        messages.success(request, "Your note is there for the set.")
        return redirect("taking_part:meeting", pk)
    notes = SetNote.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(meeting=row).select_related("author")
    read = [(note, words_of(note)) for note in notes]
    context = {"meeting": row, "notes": read, "form": form, "open": learning_sets.takes_part(row, request.user)}
    return render(request, "programmes/taking_part/meeting.jinja", context)


@get_or_post
def change_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say how a meeting was, or move it."""
    row = _meeting(request, pk)
    if not learning_sets.takes_part(row, request.user):
        raise Http404
    form = MeetingForm(request.POST if request.method == "POST" else None, meeting=row)
    if accepted(form, lambda data: learning_sets.change_meeting(meeting=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("taking_part:meeting", pk)
    context = {"form": form, "title": "How was the meeting?", "button_text": "Save"}
    back = {"back": reverse("taking_part:meeting", args=[pk]), "back_text": "The meeting"}
    return render(request, "layouts/form.jinja", context | back)


@require_POST
def remove_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a meeting without notes off the list."""
    row = _meeting(request, pk)
    learning_sets.remove_meeting(meeting=row, by=request.user)
    messages.success(request, "The meeting is off the list.")
    return redirect("taking_part:set", row.learning_set_id)


@require_POST
def remove_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take my note back."""
    rows = SetNote.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(author=request.user)
    row = get_object_or_404(rows.select_related("meeting__learning_set"), pk=pk)
    learning_sets.remove_note(note=row, by=request.user)
    messages.success(request, "Your note is gone.")
    return redirect("taking_part:meeting", row.meeting_id)


def _meeting(request: SignedInRequest, pk: int) -> SetMeeting:
    rows = SetMeeting.visible_to(request.user, P.PROGRAMME_TAKE_PART)
    rows = rows.select_related("learning_set__cohort__version__programme", "facilitator__enrolment__clinician")
    return get_object_or_404(rows, pk=pk)


def _is_open(place: object) -> bool:
    return getattr(place, "state", "") == EnrolmentState.ENROLLED
