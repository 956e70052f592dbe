"""Writes the demonstration's assessments: many agreed, some waiting for an appraiser, one in progress."""

import datetime
import random
from collections.abc import Sequence

from registry.clinicians.models import Clinician
from registry.competency.models import Assessment, AssessmentTransition, Element, ElementLevel, FrameworkVersion
from registry.competency.states import Matrix, State
from registry.transfers.demo.cast import SEED, DemoPerson
from registry.transfers.demo.staff import hero_of

EVIDENCE = (
    "Led the weekly safety huddle for six months and brought falls down on two wards.",
    "Chaired the redesign of the discharge pathway with social care and patients.",
    "Ran the budget of the unit through winter and ended the year in balance.",
    "Set up reflective practice for the team after a difficult period.",
    "Presented the audit to the divisional board and saw its advice taken up.",
    "Coached three colleagues who now lead projects of their own.",
)
REASONS = (
    "The example shows this across teams, not yet across services.",
    "You do this more widely than you give yourself credit for.",
)


def write(cast: Sequence[DemoPerson], people: dict[int, Clinician], day: datetime.date) -> list[int]:
    """Assess about four in ten of the senior half; answers the keys of the clinicians with agreed levels."""
    draw = random.Random(SEED + 1)  # noqa: S311
    version = FrameworkVersion.rows().get(code="LF", closed_to_new=False)
    elements = list(
        Element.rows().filter(domain__version=version).select_related("domain").order_by("domain", "position")
    )
    hero = hero_of(cast)
    chosen = [p for p in cast if p is not hero and draw.random() < p.seniority]
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    waiting = {p.number for p in chosen[::25]}
    rows = [
        Assessment(
            clinician=people[p.number],
            version=version,
            framework=version.code,
            appraiser=people[p.number].appraiser,
        )
        for p in chosen
    ]
    Assessment.objects.bulk_create(rows)
    _answer(rows, chosen, elements, draw, judged={p.number for p in chosen} - waiting)
    agreed = []
    for row, person in zip(rows, chosen, strict=True):
        submitted = noon - datetime.timedelta(days=draw.randint(30, 500))
        row.career_stage, row.matrix, row.stage = person.stage, Matrix.CUMULATIVE, _stage(person)
        row.submitted_at, row.submitted_by_id = submitted, people[person.number].user_id
        row.state = State.SUBMITTED
        if person.number not in waiting:
            agreed.append(row)
    _move(rows, State.DRAFT, State.SUBMITTED)
    for row in agreed:
        row.state, row.agreed_by_id = State.AGREED, row.appraiser_id
        row.agreed_at = row.submitted_at + datetime.timedelta(days=draw.randint(3, 25)) if row.submitted_at else None
    _move(agreed, State.SUBMITTED, State.AGREED)
    return [row.clinician_id for row in agreed]


def write_hero(cast: Sequence[DemoPerson], people: dict[int, Clinician], day: datetime.date) -> Clinician:
    """The clinician who signs in: one assessment agreed a year ago, and a new one half answered."""
    draw = random.Random(SEED + 2)  # noqa: S311
    hero = hero_of(cast)
    version = FrameworkVersion.rows().get(code="LF", closed_to_new=False)
    elements = list(
        Element.rows().filter(domain__version=version).select_related("domain").order_by("domain", "position")
    )
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    clinician = people[hero.number]

    def started() -> Assessment:
        return Assessment.objects.create(
            clinician=clinician,
            version=version,
            framework=version.code,
            appraiser=clinician.appraiser,
            stage=_stage(hero),
        )

    old = started()
    _answer([old], [hero], elements, draw, judged={hero.number})
    old.career_stage, old.matrix = hero.stage, Matrix.CUMULATIVE
    old.submitted_at, old.submitted_by_id = noon - datetime.timedelta(days=390), clinician.user_id
    old.state = State.SUBMITTED
    _move([old], State.DRAFT, State.SUBMITTED)
    old.agreed_at, old.agreed_by_id = noon - datetime.timedelta(days=380), old.appraiser_id
    old.state = State.AGREED
    _move([old], State.SUBMITTED, State.AGREED)
    _answer([started()], [hero], [e for e in elements if e.domain.position <= 3], draw, judged=set())
    return clinician


def _stage(person: DemoPerson) -> int:
    """The Leadership Framework's stage that goes with the person's seniority, 1 to 4."""
    return min(4, 1 + int(person.seniority * 4))


def _answer(
    rows: Sequence[Assessment],
    people: Sequence[DemoPerson],
    elements: Sequence[Element],
    draw: random.Random,
    *,
    judged: set[int],
) -> None:
    levels = []
    for row, person in zip(rows, people, strict=True):
        for element in elements:
            # The higher domains come later in a career, so their levels lag behind.
            middle = 0.6 + person.seniority * 3.4 - (element.domain.position - 1) * 0.18
            own = max(0, min(4, round(draw.gauss(middle, 0.7))))
            agreed = own if draw.random() < 0.8 else max(0, min(4, own + draw.choice((-1, 1))))
            known = person.number in judged
            levels.append(
                ElementLevel(
                    assessment=row,
                    element=element,
                    self_level=own,
                    evidence=draw.choice(EVIDENCE) if draw.random() < 0.5 else "",
                    agreed_level=agreed if known else None,
                    reason=draw.choice(REASONS) if known and agreed != own else "",
                )
            )
    ElementLevel.objects.bulk_create(levels, batch_size=5000)


def _move(rows: Sequence[Assessment], before: State, after: State) -> None:
    Assessment.objects.bulk_update(
        rows,
        ["state", "stage", "career_stage", "matrix", "submitted_at", "submitted_by", "agreed_at", "agreed_by"],
        batch_size=500,
    )
    AssessmentTransition.objects.bulk_create(
        AssessmentTransition(
            assessment=row,
            before=before,
            after=after,
            by_id=(row.agreed_by_id if after == State.AGREED else row.submitted_by_id) or 0,
        )
        for row in rows
    )
