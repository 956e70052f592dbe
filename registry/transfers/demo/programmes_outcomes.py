"""Writes the demonstration's finished programme: who took part, levels before and after, others to compare with."""

import datetime
import random
from collections.abc import Iterable, Sequence
from typing import cast

from dateutil.relativedelta import relativedelta

from programmes.actions.alumni import welcome
from programmes.fields import OutcomeKind, StageKind
from programmes.models import (
    Alumnus,
    Application,
    Cohort,
    CohortTransition,
    Enrolment,
    EnrolmentTransition,
    LearningAtWork,
    Outcome,
)
from programmes.states import ApplicationState, CohortState, EnrolmentState
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.models import Assessment, AssessmentTransition, Element, ElementLevel, FrameworkVersion
from registry.competency.states import Matrix, State
from registry.organisations.models import Organisation
from registry.transfers.demo.cast import SEED, DemoPerson
from registry.transfers.demo.programmes_made import published

CODE = "leading-change-together"
# One in six of those who are senior enough, at most, and three others for each of them.
MOST_PLACES, OTHERS_EACH = 30, 3
ENDED_MONTHS_AGO, LENGTH_MONTHS = 25, 9
CHANGES = (
    "Discharge letters reach general practices the same day.",
    "A huddle each morning with the ward, pharmacy and therapists.",
    "Patients choose their own follow-up times in the clinic.",
)
POSTS = ("Clinical lead for improvement", "Matron", "Deputy director of therapies")
LEARNT = "Used the stakeholder map before the rota change, and found two teams nobody had asked."


def write(
    cast: Sequence[DemoPerson],
    people: dict[int, Clinician],
    trusts: dict[str, Organisation],
    users: dict[str, User],
    *,
    hero: Clinician,
    day: datetime.date,
) -> None:
    """One programme whose only cohort ended two years before `day`, and what came of it."""
    draw = random.Random(SEED + 11)  # noqa: S311
    lead = users["programmes@ashdale.example"]
    version = FrameworkVersion.rows().get(code="LF", closed_to_new=False)
    cohort = _cohort(trusts["ZD1"], lead, version, day)
    senior = [person for person in cast if people[person.number].appraiser_id and person.seniority > 0.35]
    chosen = [person for person in senior if people[person.number].pk == hero.pk]
    others = [person for person in senior if person not in chosen]
    chosen += draw.sample(others, min(MOST_PLACES - 1, len(others) // 6))
    named = {person.number for person in chosen}
    # Others like the participants, of any trust.
    alike = {(person.profession, person.sector, person.stage) for person in chosen}
    beside = [p for p in others if p.number not in named and (p.profession, p.sector, p.stage) in alike]
    beside = beside[: OTHERS_EACH * len(chosen)]
    places = _places(cohort, [people[person.number] for person in chosen], lead)
    _levels(version, [(people[p.number], p.seniority, 0.55) for p in chosen], cohort, draw)
    _levels(version, [(people[p.number], p.seniority, 0.15) for p in beside], cohort, draw)
    _ledger(places, hero, draw)


def _cohort(trust: Organisation, lead: User, framework: FrameworkVersion, day: datetime.date) -> Cohort:
    version = published(
        trust,
        lead,
        code=CODE,
        name="Leading change together",
        intended_outcome="Clinicians who lead a change across two services, and see it through.",
        description="Six modules and a project at work, with people of other professions.",
        stages=[("Six modules", StageKind.MODULE, 30), ("A change at work", StageKind.PROJECT, 30)],
        length_weeks=39,
    )
    version.programme.domains.set(framework.domains.order_by("position")[:5])
    ends_on = day - relativedelta(months=ENDED_MONTHS_AGO)
    starts_on = ends_on - relativedelta(months=LENGTH_MONTHS)
    cohort = Cohort.objects.create(
        version=version,
        organisation=trust,
        name=f"Cohort of {starts_on.year}",
        capacity=MOST_PLACES,
        opens_on=starts_on - relativedelta(months=4),
        closes_on=starts_on - relativedelta(months=3),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    for state in (CohortState.OPEN, CohortState.SELECTING, CohortState.DECIDED, CohortState.RUNNING):
        _move(cohort, state, lead)
    return cohort


def _move(cohort: Cohort, state: CohortState, by: User) -> None:
    before, cohort.state = cohort.state, state
    cohort.save()
    CohortTransition.objects.create(cohort=cohort, before=before, after=state, by=by)


def _places(cohort: Cohort, clinicians: Iterable[Clinician], lead: User) -> list[Enrolment]:
    applied = _noon(cohort.closes_on)
    applications = Application.objects.bulk_create(
        Application(cohort=cohort, clinician=one, state=ApplicationState.ACCEPTED, submitted_at=applied)
        for one in clinicians
    )
    places = Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            clinician=made.clinician,
            application=made,
            state=EnrolmentState.COMPLETED,
            completed_on=cohort.ends_on,
            expectations_accepted_at=applied,
        )
        for made in applications
    )
    EnrolmentTransition.objects.bulk_create(
        EnrolmentTransition(enrolment=place, before=before, after=after, at=_noon(on), by=lead)
        for place in places
        for before, after, on in (
            ("", EnrolmentState.ENROLLED, cohort.closes_on),
            (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, cohort.ends_on),
        )
    )
    _move(cohort, CohortState.FINISHED, lead)
    return places


def _levels(
    version: FrameworkVersion,
    people: Sequence[tuple[Clinician, float, float]],
    cohort: Cohort,
    draw: random.Random,
) -> None:
    """Levels agreed before it began and a year after it ended, by seniority and how likely a step up is."""
    elements = list(Element.rows().filter(domain__version=version).order_by("pk"))
    before = {
        (clinician.pk, element.pk): max(0, min(4, round(draw.gauss(0.6 + 3 * seniority, 0.4))))
        for clinician, seniority, _ in people
        for element in elements
    }
    after = {
        (clinician.pk, element.pk): min(4, before[clinician.pk, element.pk] + (draw.random() < step))
        for clinician, _, step in people
        for element in elements
    }
    start, end = cohort.starts_on, cohort.ends_on + relativedelta(months=12)
    for levels, on in ((before, start - relativedelta(months=2)), (after, end)):
        _agree(version, [clinician for clinician, _, _ in people], elements, levels, on=on, draw=draw)


def _agree(
    version: FrameworkVersion,
    people: Sequence[Clinician],
    elements: Sequence[Element],
    levels: dict[tuple[int, int], int],
    *,
    on: datetime.date,
    draw: random.Random,
) -> None:
    # Whoever has an assessment under way keeps it: only one is open at a time.
    busy = set(
        Assessment.objects.still_open()
        .filter(clinician__in=people, framework=version.code)
        .values_list("clinician_id", flat=True)
    )
    free = [clinician for clinician in people if clinician.pk not in busy]
    rows = Assessment.objects.bulk_create(
        Assessment(clinician=one, version=version, framework=version.code, appraiser=one.appraiser, stage=2)
        for one in free
    )
    ElementLevel.objects.bulk_create(
        (
            ElementLevel(
                assessment=row,
                element=element,
                self_level=levels[row.clinician_id, element.pk],
                agreed_level=levels[row.clinician_id, element.pk],
            )
            for row in rows
            for element in elements
        ),
        batch_size=5000,
    )
    for row in rows:
        row.career_stage, row.matrix, row.state = row.clinician.career_stage, Matrix.CUMULATIVE, State.SUBMITTED
        row.submitted_at = _noon(on) - datetime.timedelta(days=draw.randint(20, 30))
        row.submitted_by_id = row.clinician.user_id
    names = ["career_stage", "matrix", "state", "submitted_at", "submitted_by"]
    Assessment.objects.bulk_update(rows, names, batch_size=500)
    for row in rows:
        row.state, row.agreed_by = State.AGREED, row.appraiser
        row.agreed_at = _noon(on) + datetime.timedelta(days=draw.randint(-18, 18))
    Assessment.objects.bulk_update(rows, ["state", "agreed_at", "agreed_by"], batch_size=500)
    AssessmentTransition.objects.bulk_create(
        AssessmentTransition(assessment=row, before=before, after=after, at=cast("datetime.datetime", at), by_id=by)
        for row in rows
        for before, after, at, by in (
            (State.DRAFT, State.SUBMITTED, row.submitted_at, row.submitted_by_id or 0),
            (State.SUBMITTED, State.AGREED, row.agreed_at, row.agreed_by_id or 0),
        )
    )


def _ledger(places: Sequence[Enrolment], hero: Clinician, draw: random.Random) -> None:
    for place in places:
        welcome(place)
    Alumnus.objects.filter(enrolment__in=draw.sample(places, len(places) // 2)).exclude(clinician=hero).update(
        listed=True, offers_mentoring=True, about="Bringing two teams to one way of working."
    )
    told = []
    for place in places:
        by = place.clinician.user
        for months in (6, 12):
            if draw.random() < 0.8:
                kind = OutcomeKind.STILL_HERE if draw.random() < 0.93 else OutcomeKind.LEFT
                told.append(Outcome(enrolment=place, months=months, kind=kind, noted_by=by))
            if draw.random() < 0.25:
                what = draw.choice(CHANGES)
                told.append(
                    Outcome(enrolment=place, months=months, kind=OutcomeKind.SERVICE_CHANGE, what=what, noted_by=by)
                )
        if draw.random() < 0.3:
            what = draw.choice(POSTS)
            told.append(Outcome(enrolment=place, months=12, kind=OutcomeKind.POST, what=what, noted_by=by))
    Outcome.objects.bulk_create(told)
    LearningAtWork.objects.bulk_create(
        LearningAtWork(enrolment=place, on=place.cohort.ends_on, what=LEARNT, shared=True) for place in places[:3]
    )


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
