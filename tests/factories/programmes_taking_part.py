"""A fellowship under way with everything in it: sessions, attendance, a supporter, a set that met, a certificate."""

import datetime
from types import SimpleNamespace

from django.utils import timezone

from programmes.actions import completing, learning_sets
from programmes.fields import ProgrammeKind
from programmes.models import (
    Attendance,
    CheckIn,
    CohortTutor,
    FellowshipObjective,
    LearningSet,
    Milestone,
    Session,
    SetMember,
)
from programmes.states import CohortState
from registry.accounts.roles import Role
from tests.factories import programmes
from tests.factories.people import clinician_user, user_with

NOTE, SET_NOTE = "Said that the nights are lonely.", "We spoke of what went wrong on the ward."
REASON = "Moved house for the family"


def running(organisation, *, by=None, capacity=12, kind=ProgrammeKind.FELLOWSHIP, **attributes):
    """A cohort of a fellowship with two stages, that has been under way for a month."""
    by = by or user_with(Role.PROGRAMME_LEAD, organisation, name="Lena Lead")
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=organisation, kind=kind))
    programmes.published(version, by)
    days = {
        "opens_on": programmes.in_days(-90),
        "closes_on": programmes.in_days(-60),
        "starts_on": programmes.in_days(-30),
        "ends_on": programmes.in_days(300),
    }
    return programmes.cohort(version, **({"state": CohortState.RUNNING, "capacity": capacity} | days | attributes))


def another(cohort, **attributes):
    """Another cohort of the same programme, a year later."""
    days = {
        "opens_on": programmes.in_days(-90),
        "closes_on": programmes.in_days(100),
        "starts_on": programmes.in_days(200),
        "ends_on": programmes.in_days(500),
    }
    return programmes.cohort(cohort.version, **({"state": CohortState.DECIDED} | days | attributes))


def person(cohort, **attributes):
    """Somebody with an account who takes part."""
    return programmes.enrolment(cohort, clinician_user(cohort.organisation, **attributes))


def tutor(cohort, **attributes):
    """Somebody who teaches the cohort and has no other role there."""
    user = user_with(Role.MENTOR, cohort.organisation, **({"name": "Tom Tutor"} | attributes))
    CohortTutor.objects.create(cohort=cohort, user=user)
    return user


def supporter(place, **attributes):
    """Somebody who supports the holder."""
    user = user_with(Role.MENTOR, place.cohort.organisation, **({"name": "Sue Supporter"} | attributes))
    place.supporter = user
    place.save(update_fields=["supporter"])
    return user


def session(cohort, *, days=-3, title="First day", **attributes):
    """A session of three hours, so many days from now."""
    starts = timezone.now() + datetime.timedelta(days=days)
    ends = starts + datetime.timedelta(hours=3)
    return Session.objects.create(cohort=cohort, title=title, starts_at=starts, ends_at=ends, **attributes)


def all_done(place, by):
    """Every part of the programme is done."""
    stages = place.cohort.version.stages.all()
    Milestone.objects.bulk_create(Milestone(enrolment=place, stage=stage, result="done", by=by) for stage in stages)
    return place


def completed(place, by):
    """The place, completed; its certificate."""
    return completing.complete(enrolment=all_done(place, by), by=by)


def check_in(place, *, days=0, **attributes):
    """A check-in of the supporter there is now, so many days from today."""
    return CheckIn.objects.create(
        enrolment=place, supporter=place.supporter, planned_on=programmes.in_days(days), **attributes
    )


def a_set(cohort, places):
    """A set of these people, in this order."""
    made = LearningSet.objects.create(cohort=cohort, number=cohort.sets.count() + 1)
    for position, place in enumerate(places, start=1):
        SetMember.objects.create(learning_set=made, enrolment=place, position=position)
    return made


def at(organisation, clinician, lead):
    """What one trust has of taking part: everything the access matrix needs an object of."""
    cohort = running(organisation, by=lead)
    place = programmes.enrolment(cohort, clinician)
    others = [person(cohort) for _ in range(2)]
    place.supporter = clinician.appraiser
    place.save()
    held = session(cohort)
    Attendance.objects.create(session=held, enrolment=place, attended="present", noted_by=lead)
    members = a_set(cohort, [place, *others])
    meeting = learning_sets.meet(learning_set=members, held_on=programmes.in_days(-2), by=clinician.user)
    done = programmes.enrolment(running(organisation, by=lead), clinician)
    return SimpleNamespace(
        cohort=cohort,
        decided=another(cohort),
        place=place,
        other=others[0],
        session=held,
        coming=session(cohort, days=20, title="Second day"),
        objective=FellowshipObjective.objects.create(
            enrolment=place, text="A shorter wait", by_date=programmes.in_days(90)
        ),
        check_in=check_in(place, days=-1, note=NOTE, worried=True),
        set=members,
        meeting=meeting,
        note=learning_sets.write(meeting=meeting, text=SET_NOTE, by=clinician.user),
        unmet=learning_sets.meet(learning_set=members, held_on=programmes.in_days(5), by=clinician.user),
        certificate=completed(done, lead),
    )
