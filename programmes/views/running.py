"""The pages of whoever runs or teaches a cohort: its people, sessions, attendance, milestones and sets."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes import taking_part_presenters as presenters
from programmes.actions import completing, learning_sets, sessions, taking_part
from programmes.models import Cohort
from programmes.taking_part_forms import AttendanceForm, MilestonesForm, SessionForm
from programmes.views import running_doors as places
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def teaching(request: SignedInRequest) -> HttpResponse:
    """The cohorts I teach."""
    require_own(request, P.PROGRAMME_TEACH)
    rows = Cohort.visible_to(request.user, P.PROGRAMME_TEACH).announced().with_programme()
    page = keyset_page(rows, params=request.GET, order=["starts_on", "pk"], descending=True)
    cohorts = [{"row": row, "tag": presenters.cohort_tag(row)} for row in page.rows]
    return render(request, "programmes/taking_part/teaching.jinja", {"page": page, "cohorts": cohorts})


@require_safe
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """A cohort as it runs: who takes part and how far they are, when it meets, and what can be done next."""
    row, leads = places.taught_cohort(request, pk)
    rows = presenters.people(row, request.user, leads=leads)
    page = keyset_page(rows, params=request.GET, order=["clinician__family_name", "pk"])
    people = [{"row": one, "tag": presenters.state_tag(one)} for one in page.rows]
    context = presenters.cohort_page(row, request.GET, leads=leads) | {"page": page, "people": people}
    return render(request, "programmes/taking_part/cohort.jinja", context)


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """The programme begins."""
    taking_part.start(cohort=places.led_cohort(request, pk), by=request.user)
    messages.success(request, "The programme has started.")
    return redirect("taking_part:cohort", pk)


@require_POST
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """The programme is over."""
    taking_part.finish(cohort=places.led_cohort(request, pk), by=request.user)
    messages.success(request, "The programme is finished.")
    return redirect("taking_part:cohort", pk)


@require_POST
def complete_ready(request: SignedInRequest, pk: int) -> HttpResponse:
    """Certificates for everybody who has done everything."""
    made = completing.complete_everybody_ready(cohort=places.led_cohort(request, pk), by=request.user)
    people = "1 person has" if len(made) == 1 else f"{len(made)} people have"
    messages.success(request, f"{people} completed the programme, with a certificate.")
    return redirect("taking_part:cohort", pk)


# --- sessions --------------------------------------------------------------------------------------------------------


@get_or_post
def add_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a day on which the cohort meets."""
    row = places.led_cohort(request, pk)
    form = SessionForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: sessions.add(cohort=row, by=request.user, **form.wanted)):
        messages.success(request, "The session is set. It is in the calendars of everybody who takes part.")
        return redirect("taking_part:cohort", pk)
    return render(request, "programmes/taking_part/session.jinja", {"cohort": row, "session": None, "form": form})


@get_or_post
def change_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a session, or call it something else."""
    row = places.led_session(request, pk)
    form = SessionForm(request.POST if request.method == "POST" else None, session=row)
    if accepted(form, lambda data: sessions.change(session=row, by=request.user, **form.wanted)):
        messages.success(request, "The session is changed, and everybody who takes part is told.")
        return redirect("taking_part:cohort", row.cohort_id)
    return render(request, "programmes/taking_part/session.jinja", {"cohort": row.cohort, "session": row, "form": form})


@require_POST
def cancel_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a session off."""
    row = places.led_session(request, pk)
    sessions.cancel(session=row, by=request.user)
    messages.success(request, "The session is cancelled, and everybody who takes part is told.")
    return redirect("taking_part:cohort", row.cohort_id)


@get_or_post
def attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who was at a session, all on one page."""
    row = places.taught_session(request, pk)
    people, noted = presenters.attendance_people(row, request.user)
    form = AttendanceForm(request.POST if request.method == "POST" else None, people=people, noted=noted)

    def save(_: object) -> None:
        taking_part.note_attendance(session=row, marks=form.marks, others=form.others, by=request.user)

    if accepted(form, save):
        messages.success(request, "Saved.")
        return redirect("taking_part:cohort", row.cohort_id)
    context = {"session": row, "form": form, "people": people, "begun": presenters.has_begun(row)}
    return render(request, "programmes/taking_part/attendance.jinja", context)


# --- one person ------------------------------------------------------------------------------------------------------


@get_or_post
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """How somebody gets on; what they have done is noted here."""
    row, leads = places.taught_place(request, pk)
    there = dict(row.milestones.values_list("stage_id", "result"))
    form = MilestonesForm(
        request.POST if request.method == "POST" else None,
        stages=row.cohort.version.stages.all(),
        there=there,
        equivalent=taking_part.has_equivalent(enrolment=row),
    )
    if accepted(form, lambda data: taking_part.note_milestones(enrolment=row, results=form.results, by=request.user)):
        messages.success(request, f"Saved what {row.clinician} has done.")
        return redirect("taking_part:person", pk)
    places.note_read(request, row)
    context = presenters.person_page(row, request.user, leads=leads) | {"form": form}
    return render(request, "programmes/taking_part/person.jinja", context)


# --- sets ------------------------------------------------------------------------------------------------------------


@get_or_post
def sets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The action-learning sets: what would be formed, and what is."""
    row = places.led_cohort(request, pk)
    if request.method == "POST":
        made = learning_sets.form(cohort=row, by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, "1 set is formed." if len(made) == 1 else f"{len(made)} sets are formed.")
        return redirect("taking_part:sets", pk)
    return render(request, "programmes/taking_part/sets.jinja", presenters.sets_page(row))


@require_POST
def add_newcomers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put whoever is in no set into one."""
    count = learning_sets.add_newcomers(cohort=places.led_cohort(request, pk), by=request.user)
    messages.success(request, "1 person is added to a set." if count == 1 else f"{count} people are added to sets.")
    return redirect("taking_part:sets", pk)
