"""Writes who applies for programmes: a cohort people apply for now, one that is over, and earlier learning."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from programmes.fields import GateOutcome, StageKind, Tier
from programmes.models import (
    Answer,
    Application,
    ApplicationTransition,
    Cohort,
    CohortAssessor,
    Criterion,
    Endorsement,
    Equivalence,
    Gate,
    GateResult,
    ProgrammeVersion,
)
from programmes.states import ApplicationState, CohortState, EquivalenceState
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.transfers.demo.programmes_made import published

QUESTIONS = (
    ("Why this programme", "Why do you want to do this programme now?", "A need of the service, shown with figures."),
    ("What you changed", "What have you changed with others at work?", "A change that lasted, and how that is known."),
    ("What you will change", "What will you do with what you learn?", "A plan with people, time and a measure."),
)
ANSWERS = (
    "Our clinic has the longest waits in the region, and I have been asked to lead the team that is to change that.",
    "With two colleagues I moved the handover to the bedside. Falls in the first hour went down, and stayed down.",
    "I will lead the change of the discharge pathway, with a measure that patients helped to choose.",
)
NO_TIME = "The rota has two gaps until the summer, so I cannot promise that the time is protected."
FEEDBACK = "You show a change that lasted. Next time, say how you would know that the new one works."


def write(hero: Clinician, others: Sequence[Clinician], users: dict[str, User], day: datetime.date) -> None:
    """The hero applies now, did so before without success, and 11 others apply; the appraiser is the line manager."""
    lead, manager = users["programmes@ashdale.example"], users["appraiser@ashdale.example"]
    version = _version(hero, lead)
    over = _cohort(version, "Last year", day - datetime.timedelta(days=300))
    _not_selected(hero, over)
    now = _cohort(version, "Next spring", day)
    CohortAssessor.objects.create(cohort=now, user=users["assessor@ashdale.example"])
    for number, person in enumerate([hero, *others[:11]]):
        # Three in four have an answer; one of them is no.
        answer = None if number % 4 == 0 else number != 5
        _apply(person, now, manager, answer)
    for state in (CohortState.SELECTING, CohortState.DECIDED, CohortState.RUNNING, CohortState.FINISHED):
        over.state = state
        over.save(update_fields=["state"])
    _earlier_learning([hero, *others[11:15]], lead, day)


def _version(hero: Clinician, lead: User) -> ProgrammeVersion:
    return published(
        hero.organisation,
        lead,
        code="leading-change-with-patients",
        name="Leading change with patients",
        intended_outcome="People who lead a service change it together with their teams and patients, and it lasts.",
        stages=[("Leading change", StageKind.MODULE, 10), ("A change at work", StageKind.PROJECT, 20)],
        expectations="Come to every session, and lead a change at work.",
        endorsed=True,
        questions=QUESTIONS,
        pass_mark=5,
    )


def _cohort(version: ProgrammeVersion, name: str, day: datetime.date) -> Cohort:
    """A cohort whose applications have been open for three weeks on this day."""
    cohort = Cohort.objects.create(
        version=version,
        organisation=version.programme.organisation,
        name=name,
        capacity=6,
        opens_on=day - datetime.timedelta(days=21),
        closes_on=day + datetime.timedelta(days=14),
        starts_on=day + datetime.timedelta(days=75),
        ends_on=day + datetime.timedelta(days=285),
    )
    cohort.state = CohortState.OPEN
    cohort.save(update_fields=["state"])
    return cohort


def _apply(person: Clinician, cohort: Cohort, manager: User, answer: bool | None) -> Application:  # noqa: FBT001
    row = Application.objects.create(cohort=cohort, clinician=person)
    criteria = Criterion.rows().filter(gate__version=cohort.version_id).order_by("position")
    Answer.objects.bulk_create(
        Answer(application=row, criterion=criterion, text=text)
        for criterion, text in zip(criteria, ANSWERS, strict=True)
    )
    answered = {} if answer is None else {"endorsed": answer, "protected_time": answer, "answered_at": timezone.now()}
    reason = NO_TIME if answer is False else ""
    Endorsement.objects.create(application=row, manager=manager, reason=reason, **answered)
    row.submitted_at = timezone.now()
    _move(row, ApplicationState.SUBMITTED)
    return row


def _move(row: Application, state: ApplicationState, reason: str = "") -> None:
    before, row.state = row.state, state
    row.save()
    ApplicationTransition.objects.create(application=row, before=before, after=state, reason=reason)


def _not_selected(person: Clinician, cohort: Cohort) -> None:
    row = Application.objects.create(cohort=cohort, clinician=person, feedback=FEEDBACK)
    row.submitted_at = timezone.now() - datetime.timedelta(days=300)
    _move(row, ApplicationState.SUBMITTED)
    endorsement, written = Gate.rows().filter(version=cohort.version_id).order_by("position")
    failed = "4.5 points on average; 5 are needed."
    GateResult.objects.create(
        application=row, gate=endorsement, outcome=GateOutcome.PASSED, reason="The line manager endorsed it."
    )
    GateResult.objects.create(application=row, gate=written, outcome=GateOutcome.FAILED, reason=failed, points=450)
    _move(row, ApplicationState.NOT_SELECTED, failed)


def _earlier_learning(people: Sequence[Clinician], lead: User, day: datetime.date) -> None:
    """Two that wait for a decision; one each that ends soon, was refused and has expired."""
    asked: dict[str, Any] = {}
    decided = {"decided_at": timezone.now(), "decided_by": lead, "decision_reason": "Compared with what tier 2 covers."}
    yes, no = decided | {"state": EquivalenceState.RECOGNISED}, decided | {"state": EquivalenceState.REFUSED}
    soon, past = (day + datetime.timedelta(days=days) for days in (60, -9))
    rows = (
        ("MBA in health care", Tier.MIDDLE, yes | {"expires_on": soon}),
        ("Certificate in improvement", Tier.FIRST, asked),
        ("Four years as clinical lead abroad", Tier.MIDDLE, asked),
        ("One-day course in communication", Tier.FIRST, no),
        ("Diploma in medical leadership", Tier.FIRST, yes | {"expires_on": past}),
    )
    for person, (title, tier, more) in zip(people, rows, strict=False):
        Equivalence.objects.create(
            clinician=person,
            organisation=people[0].organisation,
            title=title,
            tier=tier,
            awarded_by="A university",
            year=day.year - 4,
            evidence="Finance, strategy, people and improvement, with an assessed project in a service.",
            **more,
        )
