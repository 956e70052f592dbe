"""Cohorts in selection: assessors, readings at every point, and applications with points."""

import datetime
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from programmes import steps
from programmes.actions import appealing, scoring, statistics
from programmes.fields import GateKind, GateOutcome
from programmes.models import Answer, CohortAssessor, Gate, GateResult, Reading
from programmes.states import ApplicationState, CohortState
from registry.accounts.roles import Role
from tests.factories import programmes
from tests.factories.people import clinician_user, user_with


def assessor(cohort, *, most=40, **attributes):
    """Somebody who reads for the cohort; an account alone, unless a profile is given to it."""
    user = user_with(Role.ASSESSOR, cohort.organisation, **attributes)
    CohortAssessor.objects.create(cohort=cohort, user=user, most=most)
    return user


def selection(lead, *, state=CohortState.SELECTING, interview=False, endorsement=False, **attributes):
    """A cohort with a written application to score, and an interview if wanted."""
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=lead.role_grants.get().organisation))
    if endorsement:
        programmes.gate(version, GateKind.ENDORSEMENT)
    programmes.gate(version, GateKind.WRITTEN)
    if interview:
        programmes.gate(version, GateKind.INTERVIEW)
    return programmes.cohort(programmes.published(version, lead), state=state, **attributes)


def gate_of(cohort, kind=GateKind.WRITTEN) -> Gate:
    """The cohort's gate of this kind."""
    return cohort.version.gates.get(kind=kind)


def applicant(cohort, **attributes):
    """An application that was sent, with answers."""
    made = programmes.application(cohort, clinician_user(cohort.organisation, **attributes))
    for gate in cohort.version.gates.filter(kind=GateKind.WRITTEN):
        for criterion in gate.criteria.all():
            Answer.objects.create(application=made, criterion=criterion, text=f"My answer to {criterion.name}.")
    return made


def passed(application, *, written=600, interview=None):
    """Past every gate, with these points in hundredths."""
    points = {GateKind.WRITTEN: written, GateKind.INTERVIEW: interview}
    for gate in application.cohort.version.gates.all():
        GateResult.objects.create(
            application=application,
            gate=gate,
            outcome=GateOutcome.PASSED,
            reason="Passed.",
            points=points.get(gate.kind),
        )
    return application


def reading(application, user, *, gate=None, declared=True):
    """Assigned to somebody, and by default declared free of conflict."""
    made, _ = Reading.objects.get_or_create(
        application=application, gate=gate or gate_of(application.cohort), assessor=user
    )
    if declared and made.conflict is None:
        scoring.declare(reading=made, conflict=False, by=user)
        made.refresh_from_db()
    return made


def given(made, points, comment=""):
    """The same points for each criterion of a reading's gate, as the actions take them."""
    return {criterion.pk: (points, comment) for criterion in made.gate.criteria.all()}


def scored(application, user, points=2, *, gate=None):
    """Read and scored by somebody: so many points for each of three criteria."""
    made = reading(application, user, gate=gate)
    scoring.submit(reading=made, given=given(made, points), by=user)
    made.refresh_from_db()
    return made


def long_ago(rows, days, column="at"):
    """Make append-only rows older than they are, past the trigger that forbids it."""
    table = rows.model._meta.db_table
    at = timezone.now() - datetime.timedelta(days=days)
    keys = list(rows.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s)", [at, keys])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def rejected(application, by=None, *, reason="Not passed."):
    """Not selected, as the gates do it: at the last gate, written down as failed."""
    gate = application.cohort.version.gates.last()
    application.results.create(gate=gate, outcome=GateOutcome.FAILED, reason=reason, points=200)
    application.feedback = "Say more about what you changed."
    steps.move(application, ApplicationState.NOT_SELECTED, by=by, reason=reason, also=("feedback",))
    return application


def finished(lead):
    """A cohort whose selection is over and whose statistics are published."""
    cohort = selection(lead, state=CohortState.RUNNING)
    rejected(applicant(cohort))
    statistics.publish(cohort=cohort, by=lead)
    return cohort


def at(lead, user, clinician):
    """What the access matrix needs of selection: readings of one assessor, an offer, an appeal, statistics."""
    cohort = selection(lead, name="Selecting")
    CohortAssessor.objects.create(cohort=cohort, user=user)
    new, started = (reading(applicant(cohort), user, declared=declared) for declared in (False, True))
    decided = selection(lead, name="Decided")
    offered = passed(programmes.application(decided, clinician))
    offered.answer_by, offered.rank = programmes.in_days(14), 1
    steps.move(offered, ApplicationState.OFFERED, by=lead, also=("answer_by", "rank"))
    waiting = passed(applicant(decided))
    waiting.rank = 2
    steps.move(waiting, ApplicationState.RESERVE, by=lead, also=("rank",))
    steps.move(decided, CohortState.DECIDED, by=lead)
    lost = rejected(programmes.application(cohort, clinician))
    other = rejected(applicant(cohort))
    appeal = appealing.lodge(application=other, grounds="My second answer was not read.", by=other.clinician.user)
    return SimpleNamespace(
        cohort=cohort,
        gate=gate_of(cohort),
        new=new,
        started=started,
        decided=decided,
        offered=offered,
        lost=lost,
        appeal=appeal,
        finished=finished(lead),
    )
