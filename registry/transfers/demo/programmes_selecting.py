"""Writes a programme in selection: one round being scored, one whose places are offered, one long over."""

import datetime
import random
from collections.abc import Iterable, Sequence

from django.utils import timezone

from programmes import steps
from programmes.actions import appealing, assigning, offering, scoring, statistics
from programmes.fields import GateOutcome, StageKind
from programmes.models import (
    Answer,
    Application,
    ApplicationTransition,
    Cohort,
    CohortAssessor,
    GateResult,
    ProgrammeVersion,
)
from programmes.selecting.messages import PASSED_EVERYTHING
from programmes.states import ApplicationState, CohortState
from registry.accounts.actions import grant_role, open_account
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from registry.notifications.models import Message
from registry.transfers.demo.cast import SEED
from registry.transfers.demo.programmes_made import published

CRITERIA = (
    ("Why you", "Why do you want to lead a service, and why now?"),
    ("What you changed", "What have you changed at work, and what did it take?"),
    ("What you will change", "What will you change with what you learn?"),
)
ANSWERS = (
    "Our clinic lost a third of its appointments to letters that came too late. I want to be able to put that right.",
    "With two colleagues I moved our handover to the bedside. Falls went down, and the ward kept it after I left.",
    "I will bring the three teams that share our patients to one table, and measure what patients wait for.",
)
MANY = 120


def write(hero: Clinician, others: Sequence[Clinician], users: dict[str, User], day: datetime.date) -> None:
    """The hero is offered a place; `others`, of the same trust, apply as well, and some wait, lose or appeal."""
    lead = users["programmes@ashdale.example"]
    readers = [users["assessor@ashdale.example"], *_more_assessors(hero)]
    version = _version(hero, lead)
    _long_over(version, others[:MANY], lead, day)
    _decided(version, hero, others[:6], lead, day)
    _being_scored(version, others[6:14], readers, lead, day)
    # Nobody is written to about a past that is made up.
    Message.objects.filter(kind__startswith="programme_").delete()


def _more_assessors(hero: Clinician) -> list[User]:
    """Two who help the assessor that signs in; they have no password."""
    made = []
    for email, name in (("assessor2@ashdale.example", "Sunita Rao"), ("assessor3@ashdale.example", "Owen Pryce")):
        user = open_account(email=email, name=name, by=None)
        grant_role(user=user, role=Role.ASSESSOR, organisation=hero.organisation, by=None)
        made.append(user)
    return made


def _version(hero: Clinician, lead: User) -> ProgrammeVersion:
    return published(
        hero.organisation,
        lead,
        code="leading-a-service",
        name="Leading a service",
        intended_outcome="Clinicians who run a service well, and leave it better than they found it.",
        stages=[("Running a service", StageKind.MODULE, 26)],
        expectations="You come to every session. We give feedback within two weeks.",
        questions=CRITERIA,
    )


def _cohort(version: ProgrammeVersion, name: str, capacity: int, starts_on: datetime.date) -> Cohort:
    """Opened and closed for applications."""
    cohort = Cohort.objects.create(
        version=version,
        organisation=version.programme.organisation,
        name=name,
        capacity=capacity,
        opens_on=starts_on - datetime.timedelta(days=120),
        closes_on=starts_on - datetime.timedelta(days=60),
        starts_on=starts_on,
        ends_on=starts_on + datetime.timedelta(days=182),
    )
    steps.move(cohort, CohortState.OPEN, by=None)
    return cohort


def _apply(cohort: Cohort, people: Iterable[Clinician]) -> list[Application]:
    rows = []
    for clinician in people:
        row = Application.objects.create(cohort=cohort, clinician=clinician)
        for criterion, text in zip(cohort.version.gates.get().criteria.all(), ANSWERS, strict=True):
            Answer.objects.create(application=row, criterion=criterion, text=text)
        row.submitted_at = timezone.now()
        steps.move(row, ApplicationState.SUBMITTED, by=clinician.user, also=("submitted_at",))
        rows.append(row)
    return rows


def _being_scored(
    version: ProgrammeVersion, people: Sequence[Clinician], readers: Sequence[User], lead: User, day: datetime.date
) -> None:
    """Two of three assessors read each; those who do not sign in have submitted."""
    cohort = _cohort(version, "Next spring", 4, day + datetime.timedelta(days=90))
    for user in readers:
        CohortAssessor.objects.create(cohort=cohort, user=user)
    rows = _apply(cohort, people)
    steps.move(cohort, CohortState.SELECTING, by=lead)
    assigning.assign(gate=version.gates.get(), cohort=cohort, by=lead)
    for row in rows:
        for reading in row.readings.exclude(assessor=readers[0]):
            scoring.declare(reading=reading, conflict=False, by=reading.assessor)
            given = {one.pk: (2, "") for one in reading.gate.criteria.all()}
            scoring.submit(reading=reading, given=given, by=reading.assessor)


def _decided(
    version: ProgrammeVersion, hero: Clinician, people: Sequence[Clinician], lead: User, day: datetime.date
) -> None:
    """The hero has an offer, one has taken a place, two wait, and one of two who did not pass has appealed."""
    cohort = _cohort(version, "This winter", 2, day + datetime.timedelta(days=45))
    rows = _apply(cohort, [hero, *people])
    steps.move(cohort, CohortState.SELECTING, by=lead)
    gate = version.gates.get()
    for points, row in zip((800, 750, 650, 600, 450, 300, 200), rows, strict=False):
        passed = points >= 400
        outcome = GateOutcome.PASSED if passed else GateOutcome.FAILED
        reason = f"{points / 100:.1f} points on average; 4 are needed."
        GateResult.objects.create(application=row, gate=gate, outcome=outcome, reason=reason, points=points)
        if not passed:
            row.feedback = "Your change was well described. Say next time how you know that it worked."
            steps.move(row, ApplicationState.NOT_SELECTED, by=None, reason=reason, also=("feedback",))
    offering.decide(cohort=cohort, by=lead)
    for row in rows:
        row.refresh_from_db()
        applicant = row.clinician.user
        if applicant and row == rows[1] and row.state == ApplicationState.OFFERED:
            offering.accept(application=row, expectations=True, by=applicant)
        if applicant and row == rows[-1] and row.state == ApplicationState.NOT_SELECTED:
            grounds = "My second answer names the figures before and after. The result reads as if they were missing."
            appealing.lodge(application=row, grounds=grounds, by=applicant)


def _long_over(version: ProgrammeVersion, people: Sequence[Clinician], lead: User, day: datetime.date) -> None:
    """A round with many applicants that was finished, and its statistics."""
    draw = random.Random(SEED + 13)  # noqa: S311
    cohort = _cohort(version, "The year before last", len(people) or 1, day - datetime.timedelta(days=540))
    Application.objects.bulk_create(
        Application(cohort=cohort, clinician=one, state=ApplicationState.SUBMITTED, submitted_at=timezone.now())
        for one in people
    )
    rows = list(Application.objects.filter(cohort=cohort).order_by("pk"))
    passed = {row.pk for row in rows if draw.random() < 0.6}
    results = {True: (GateOutcome.PASSED, 500), False: (GateOutcome.FAILED, 300)}
    GateResult.objects.bulk_create(
        GateResult(
            application=row,
            gate=version.gates.get(),
            outcome=results[row.pk in passed][0],
            reason="The points on average; 4 are needed.",
            points=results[row.pk in passed][1],
        )
        for row in rows
    )
    offered = [key for key in sorted(passed) if draw.random() < 0.7]
    accepted = [key for key in offered if draw.random() < 0.9]
    _bring(rows, offered, ApplicationState.OFFERED, answer_by=cohort.starts_on)
    _bring(rows, accepted, ApplicationState.ACCEPTED)
    _bring(rows, [key for key in offered if key not in accepted], ApplicationState.DECLINED)
    lost = [row.pk for row in rows if row.pk not in offered]
    _bring(rows, lost, ApplicationState.NOT_SELECTED, feedback=PASSED_EVERYTHING)
    for state in (CohortState.SELECTING, CohortState.DECIDED, CohortState.RUNNING, CohortState.FINISHED):
        steps.move(cohort, state, by=lead)
    statistics.publish(cohort=cohort, by=lead)


def _bring(rows: Sequence[Application], keys: Sequence[int], state: ApplicationState, **more: object) -> None:
    """Bring these of the applications to a state, in sets."""
    Application.objects.filter(pk__in=keys).update(state=state, **more)
    chosen = set(keys)
    ApplicationTransition.objects.bulk_create(
        ApplicationTransition(application=row, before=row.state, after=state) for row in rows if row.pk in chosen
    )
    for row in rows:
        row.state = state if row.pk in chosen else row.state
