"""Writes who takes part in programmes: a fellowship under way with all it has, and a course that is over."""

import datetime
from collections.abc import Sequence
from typing import Any, cast

from django.utils import timezone

from programmes.actions import completing, fellowships, learning_sets, sessions, supporting, taking_part
from programmes.actions.enrolling import enrol
from programmes.fields import Attended, ProgrammeKind, StageKind, Tier
from programmes.models import Application, CheckIn, Cohort, ProgrammeVersion, Session
from programmes.states import ApplicationState, CohortState
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.notifications.models import Message
from registry.transfers.demo.programmes_made import published

EXPECTATIONS = "You come to every session and keep its time free. We give feedback within two weeks of each part."
PARTS = (
    ("Leading from where you are", StageKind.MODULE, 6),
    ("A change at your host", StageKind.PROJECT, 26),
    ("What you learnt, for others", StageKind.ASSIGNMENT, 4),
)
SESSIONS = (("Opening day", -63), ("Data for improvement", -28), ("Leading a meeting", 14), ("Showcase", 200))
COURSE = (("Knowing yourself", StageKind.MODULE, 4), ("Working with others", StageKind.WORKSHOP, 4))


def write(hero: Clinician, others: Sequence[Clinician], users: dict[str, User], day: datetime.date) -> None:
    """The hero is a fellow with 13 others, and completed a course before; the mentor supports them."""
    lead, mentor = users["programmes@ashdale.example"], users["mentor@ashdale.example"]
    people = [hero, *others[:13]]
    course = _programme(
        hero, lead, code="first-steps-in-leading", name="First steps in leading", tier=Tier.FIRST, stages=COURSE
    )
    _over(course, people, lead, day)
    fellowship = _programme(
        hero,
        lead,
        code="improvement-fellowship",
        name="Improvement fellowship",
        tier=Tier.MIDDLE,
        stages=PARTS,
        kind=ProgrammeKind.FELLOWSHIP,
    )
    _running(fellowship, people, lead=lead, mentor=mentor, day=day)
    # Nobody is written to about a past that is made up.
    Message.objects.filter(kind__in=("programme_place", "programme_session")).delete()


def _programme(hero: Clinician, lead: User, **programme: Any) -> ProgrammeVersion:
    """A published version without gates; others of the demonstration have them."""
    return published(
        hero.organisation,
        lead,
        intended_outcome="Services that are better for patients because somebody learnt how to change them.",
        expectations=EXPECTATIONS,
        cost_per_place=1800,
        **programme,
    )


def _cohort(
    version: ProgrammeVersion,
    people: Sequence[Clinician],
    lead: User,
    *,
    name: str,
    starts_on: datetime.date,
    days: int,
) -> Cohort:
    """A cohort in which these people have places, under way."""
    cohort = Cohort.objects.create(
        version=version,
        organisation=version.programme.organisation,
        name=name,
        capacity=len(people) + 2,
        opens_on=starts_on - datetime.timedelta(days=90),
        closes_on=starts_on - datetime.timedelta(days=45),
        starts_on=starts_on,
        ends_on=starts_on + datetime.timedelta(days=days),
    )
    for state in (CohortState.OPEN, CohortState.SELECTING, CohortState.DECIDED):
        cohort.state = state
        cohort.save(update_fields=["state"])
    for person in people:
        application = Application.objects.create(cohort=cohort, clinician=person)
        for step in (ApplicationState.SUBMITTED, ApplicationState.OFFERED, ApplicationState.ACCEPTED):
            application.state, application.submitted_at = step, timezone.now()
            application.answer_by = starts_on
            application.save()
        enrol(application=application, by=person.user or lead)
    return taking_part.start(cohort=cohort, by=lead)


def _over(version: ProgrammeVersion, people: Sequence[Clinician], lead: User, day: datetime.date) -> None:
    """Everybody has a certificate, one of which was revoked."""
    cohort = _cohort(
        version, people[:6], lead, name="Last year", starts_on=day - datetime.timedelta(days=400), days=120
    )
    for place in cohort.enrolments.all():
        done = {stage.pk: "done" for stage in version.stages.all()}
        taking_part.note_milestones(enrolment=place, results=done, by=lead)
    made = completing.complete_everybody_ready(cohort=cohort, by=lead)
    completing.revoke(certificate=made[-1], reason="Given to the wrong person of two with the same name.", by=lead)
    taking_part.finish(cohort=cohort, by=lead)


def _running(
    version: ProgrammeVersion, people: Sequence[Clinician], *, lead: User, mentor: User, day: datetime.date
) -> None:
    cohort = _cohort(version, people, lead, name=str(day.year), starts_on=day - datetime.timedelta(days=70), days=330)
    for title, after in SESSIONS:
        _session(cohort, lead, title, day + datetime.timedelta(days=after))
    places = list(cohort.enrolments.order_by("pk"))
    for session in cohort.sessions.filter(starts_at__lt=timezone.now()):
        absent = places[session.pk % len(places)]
        marks = {absent.pk: Attended.EXCUSED.value}
        taking_part.note_attendance(session=session, marks=marks, others=Attended.PRESENT, by=lead)
    first = version.stages.get(position=1)
    for place in places[::2]:
        taking_part.note_milestones(enrolment=place, results={first.pk: "done"}, by=lead)
    own, hero = places[0], people[0]
    by = cast("User", hero.user)
    sets = learning_sets.form(cohort=cohort, by=lead)
    mine = next(one for one in sets if one.members.filter(enrolment=own).exists())
    for after in (-30, -2):
        meeting = learning_sets.meet(learning_set=mine, held_on=day + datetime.timedelta(days=after), by=by)
    learning_sets.write(meeting=meeting, text="Each of us brings one question to the next meeting.", by=by)
    fellowships.choose_host(enrolment=own, host=hero.organisation, by=by)
    fellowships.set_objective(
        enrolment=own, text="People wait a day less for a scan", by_date=day + datetime.timedelta(days=150), by=by
    )
    supporting.name_supporter(enrolment=own, email=mentor.email, by=lead)
    held = day - datetime.timedelta(days=12)
    CheckIn.objects.create(enrolment=own, supporter=mentor, planned_on=held, held_on=held, note="Settling in well.")
    supporting.plan_all(enrolment=own, by=mentor)


def _session(cohort: Cohort, lead: User, title: str, on: datetime.date) -> Session:
    at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(9, 30)))
    ends = at + datetime.timedelta(hours=6)
    return sessions.add(cohort=cohort, title=title, starts_at=at, ends_at=ends, place="Education centre", by=lead)
