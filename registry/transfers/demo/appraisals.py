"""Writes the demonstration's appraisals: two years of them in every state, who was told of what, and connections."""

import datetime
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals.cycle_dates import Shape
from registry.appraisals.cycle_files import SHIPPED
from registry.appraisals.library import load, read_files
from registry.appraisals.models import (
    Appraisal,
    AppraisalObjective,
    AppraisalTransition,
    ChecklistEntry,
    Connection,
    CycleRule,
    Obligation,
    Postponement,
    QuietPeriod,
    Recommendation,
)
from registry.appraisals.planning import KIND as REMINDER
from registry.appraisals.states import (
    SIGNED,
    AppraisalState,
    ConnectionKind,
    Outcome,
    PostponementReason,
    RecommendationKind,
)
from registry.clinicians.fields import PayBand, Profession
from registry.clinicians.models import Clinician
from registry.notifications.models import Message
from registry.notifications.states import MessageState
from registry.transfers.demo.cast import SEED, DemoPerson

S = AppraisalState
YEAR = datetime.timedelta(days=365)
TRAINING = (PayBand.FOUNDATION, PayBand.CORE, PayBand.REGISTRAR)
OBJECTIVES = (
    ("Lead the discharge review on two wards", "People go home half a day earlier than this year."),
    ("Teach one improvement session a month", "Ten colleagues use the method on work of their own."),
)
SUMMARY = "We spoke of the year, of what went well on the ward, and of the time that improvement work needs."
# What a mail server answers for an address that does not exist.
REFUSED = "550 5.1.1 The e-mail account that you tried to reach does not exist"


@dataclass(frozen=True, slots=True)
class Under:
    """Somebody under a cycle, and how many days from now its next date is."""

    obligation: Obligation
    rule: CycleRule
    due_in: int


def write(
    cast: Sequence[DemoPerson],
    people: dict[int, Clinician],
    users: dict[str, User],
    hero: Clinician,
    day: datetime.date,
) -> None:
    """Everybody under their cycles, what was done in two years and what is open; messages, connections, quiet days."""
    load(read_files([SHIPPED]))
    draw = random.Random(SEED + 7)  # noqa: S311
    under = _place(cast, people, day, draw)
    yearly = [one for one in under if one.rule.cycle.kind == "appraisal"]
    for years_ago in (2, 1):
        _past(yearly, hero, day, years_ago, draw)
    rows = _open(under, day, draw)
    officer = users["hr@ashdale.example"]
    _postpone(rows, officer, draw)
    doctors = _connect(cast, people, users["responsible@ashdale.example"], day, draw)
    _say(rows, day, draw, doctors=doctors, officers={hero.organisation_id: officer.pk})
    QuietPeriod.objects.create(
        organisation=hero.organisation,
        first_day=datetime.date(day.year, 12, 24),
        last_day=datetime.date(day.year + 1, 1, 1),
        reason="Between Christmas and New Year",
    )


def _place(
    cast: Sequence[DemoPerson], people: dict[int, Clinician], day: datetime.date, draw: random.Random
) -> list[Under]:
    rules = {rule.cycle.code: rule for rule in CycleRule.rows().select_related("cycle").order_by("effective_from")}
    wanted = []
    for person in cast:
        doctor = person.profession == Profession.DOCTOR
        codes = ["medical-appraisal" if doctor else "afc-appraisal"]
        codes += ["gmc-revalidation"] if doctor else []
        codes += ["nmc-revalidation"] if person.profession in {Profession.NURSE, Profession.MIDWIFE} else []
        for code in codes:
            # One in fourteen is late with a yearly appraisal; a regulator's date is rarely let pass.
            late = draw.random() < (0.07 if codes.index(code) == 0 else 0.01)
            longest = 364 if codes.index(code) == 0 else 1000
            due_in = -draw.randint(1, 120) if late else draw.randint(0, longest)
            obligation = Obligation(
                clinician=people[person.number],
                cycle=rules[code].cycle,
                started_on=day - 4 * YEAR,
                next_due_on=day + datetime.timedelta(days=due_in) if codes.index(code) else None,
            )
            wanted.append(Under(obligation, rules[code], due_in))
    Obligation.objects.bulk_create(one.obligation for one in wanted)
    return wanted


def _past(under: Iterable[Under], hero: Clinician, day: datetime.date, years_ago: int, draw: random.Random) -> None:
    """What was done one or two years before the date that holds now; about two in three in time."""
    rows = []
    for one in under:
        due_on = day + datetime.timedelta(days=one.due_in) - years_ago * YEAR
        row = _appraisal(one, due_on, day)
        row.done_on = min(due_on + datetime.timedelta(days=draw.choice((-40, -12, -5, -1, 9, 25))), day)
        row.outcome, row.summary = draw.choice((Outcome.COMPLETED, Outcome.COMPLETED_WITH_ACTIONS)), SUMMARY
        row.state = S.PREPARING if row.clinician_id == hero.pk else S.DONE
        row.appraiser_signed_at = row.appraisee_signed_at = _noon(row.done_on)
        row.appraiser_signed_by, row.appraisee_signed_by = row.appraiser, row.clinician.user
        rows.append(row)
    # What belongs to an appraisal is written while it is open: for the clinician who signs in.
    own = [row for row in rows if row.state == S.PREPARING]
    for row in own:
        row.done_on = None
    Appraisal.objects.bulk_create(rows, batch_size=2000)
    _prepare(own, done=True)
    AppraisalObjective.objects.bulk_create(
        AppraisalObjective(appraisal=row, text=text, measure=measure, by_date=row.due_on + YEAR)
        for row in own
        for text, measure in OBJECTIVES
    )
    for row in own:
        Appraisal.objects.filter(pk=row.pk).update(state=S.DONE, done_on=timezone.localdate(row.appraiser_signed_at))
    _steps(rows, S.DONE)


def _open(under: Sequence[Under], day: datetime.date, draw: random.Random) -> list[Appraisal]:
    """What comes next for everybody: being prepared, with the appraiser, or signed by them, once its window is open."""
    rows = [_appraisal(one, day + datetime.timedelta(days=one.due_in), day) for one in under]
    for row in rows:
        if row.rule.cycle.kind != "appraisal" or draw.random() < 0.06:
            row.appraiser = None
    Appraisal.objects.bulk_create(rows, batch_size=2000)
    _prepare(rows, done=False)
    moved: dict[AppraisalState, list[Appraisal]] = {S.PREPARING: [], S.READY: [], S.SIGNED: []}
    for row in rows:
        begun = row.appraiser_id is not None and row.opens_on <= day
        moved[draw.choices((S.PREPARING, S.READY, S.SIGNED), (6, 3, 1))[0] if begun else S.PREPARING].append(row)
    for state in (S.READY, S.SIGNED):
        later = moved[state] + (moved[S.SIGNED] if state == S.READY else [])
        for row in later:
            row.state = state
            row.meeting_at = _noon(max(row.opens_on, day + datetime.timedelta(days=-3 if state == S.SIGNED else 8)))
            if state == S.SIGNED:
                row.outcome, row.summary = Outcome.COMPLETED, SUMMARY
                row.appraiser_signed_at, row.appraiser_signed_by = _noon(day), row.appraiser
        names = ["state", "meeting_at", "outcome", "summary", "appraiser_signed_at", "appraiser_signed_by"]
        Appraisal.objects.bulk_update(later, names, batch_size=500)
    for state, some in moved.items():
        _steps(some, state)
    return rows


def _appraisal(one: Under, due_on: datetime.date, day: datetime.date) -> Appraisal:
    return Appraisal(
        clinician=one.obligation.clinician,
        obligation=one.obligation,
        rule=one.rule,
        appraiser=one.obligation.clinician.appraiser,
        opens_on=due_on - datetime.timedelta(days=Shape.from_plain(one.rule.shape).window_days),
        due_on=due_on,
        reminders_from=day,
    )


def _prepare(rows: Iterable[Appraisal], *, done: bool) -> None:
    ChecklistEntry.objects.bulk_create(
        (
            ChecklistEntry(
                appraisal=row,
                position=position,
                done=done,
                **{name: item.get(name) or "" for name in ("code", "name", "hint")},
            )
            for row in rows
            for position, item in enumerate(row.rule.cycle.checklist, 1)
        ),
        batch_size=5000,
    )


def _steps(rows: Iterable[Appraisal], last: AppraisalState) -> None:
    path = ("", S.PREPARING, S.READY, S.SIGNED, S.DONE)
    taken = list(pairwise(path))[: path.index(last)]
    AppraisalTransition.objects.bulk_create(
        (
            AppraisalTransition(
                appraisal=row,
                before=before,
                after=after,
                at=_noon(_done_on(row) - datetime.timedelta(days=45 - 15 * number) if last == S.DONE else row.opens_on),
                by=None if not before else row.appraiser if after == S.SIGNED else row.clinician.user,
            )
            for row in rows
            for number, (before, after) in enumerate(taken)
        ),
        batch_size=5000,
    )


def _done_on(row: Appraisal) -> datetime.date:
    return timezone.localdate(row.appraisee_signed_at)


def _postpone(rows: Sequence[Appraisal], officer: User, draw: random.Random) -> None:
    """One in forty has asked for more time; for some of them an officer has approved the date that holds now."""
    asked = []
    for row in rows:
        movable = row.rule.cycle.kind in SIGNED and row.state in (S.PREPARING, S.READY)
        if movable and row.clinician.user and draw.random() < 0.025:
            approved = draw.random() < 0.5
            later = datetime.timedelta(days=draw.choice((30, 60, 90)))
            asked.append(
                Postponement(
                    appraisal=row,
                    reason=draw.choice([reason for reason in PostponementReason if reason != PostponementReason.OTHER]),
                    from_due_on=row.due_on - later if approved else row.due_on,
                    to_due_on=row.due_on if approved else row.due_on + later,
                    asked_by=row.clinician.user,
                    approved=True if approved else None,
                    decided_at=timezone.now() if approved else None,
                    decided_by=officer if approved else None,
                )
            )
    Postponement.objects.bulk_create(asked)


def _say(
    rows: Iterable[Appraisal],
    day: datetime.date,
    draw: random.Random,
    *,
    doctors: dict[int, int],
    officers: dict[int, int],
) -> None:
    """What was sent about what is overdue or due within four weeks: to the person, and later to others.

    The mail of one person in thirty was refused.
    """
    told = [row for row in rows if row.clinician.user_id and row.due_on < day + datetime.timedelta(days=28)]
    refused = {row.pk for row in draw.sample(told, max(1, len(told) // 30))}
    sent = (
        message
        for row in told
        for message in _messages(row, day, refused=row.pk in refused, doctors=doctors, officers=officers)
    )
    Message.objects.bulk_create(sent, batch_size=5000)


def _messages(
    row: Appraisal, day: datetime.date, *, refused: bool, doctors: dict[int, int], officers: dict[int, int]
) -> Iterator[Message]:
    person = row.clinician
    steps = [(f"lead:{days}", -days) for days in (28, 14, 7, 1)]
    steps += [(f"overdue:{number}", 7 * number) for number in range(1, 53)]
    for step, after in steps:
        on = row.due_on + datetime.timedelta(days=after)
        if on < day:
            yield _message(row, step, on, person.user_id, refused=refused)
    manager, rule = person.line_manager, row.rule
    others = (
        ("manager", rule.manager_after, manager.user_id if manager else None),
        ("responsible", rule.responsible_officer_after, doctors.get(person.pk)),
        ("officers", rule.officers_after, officers.get(person.organisation_id)),
    )
    for step, days, told in others:
        if days is not None and told is not None:
            on = row.due_on + datetime.timedelta(days=days)
            if on < day:
                yield _message(row, step, on, told)


def _message(row: Appraisal, step: str, on: datetime.date, user_id: int | None, *, refused: bool = False) -> Message:
    return Message(
        kind=REMINDER,
        about_id=row.pk,
        step=f"{row.due_on}:{step}",
        recipient_key=f"u{user_id}",
        recipient_id=user_id,
        organisation_id=row.clinician.organisation_id,
        planned_for=on,
        state=MessageState.FAILED if refused else MessageState.SENT,
        attempts=1,
        finished_at=_noon(on),
        last_error=REFUSED if refused else "",
    )


def _connect(
    cast: Iterable[DemoPerson], people: dict[int, Clinician], officer: User, day: datetime.date, draw: random.Random
) -> dict[int, int]:
    """Nine doctors in ten are connected to their trust; last year's recommendations of the one who signs in.

    Answers the responsible officer of each doctor who has one here: of somebody in training it is the dean.
    """
    rows = [
        Connection(
            clinician=people[person.number],
            designated_body=people[person.number].organisation,
            responsible_officer=officer if person.trust.code == "ZD1" and person.band not in TRAINING else None,
            kind=ConnectionKind.TRAINING if person.band in TRAINING else ConnectionKind.STANDARD,
            started_on=max(person.started_on, day - 3 * YEAR),
        )
        for person in cast
        if person.profession == Profession.DOCTOR and draw.random() < 0.9
    ]
    Connection.objects.bulk_create(rows)
    made = []
    for row in rows:
        if row.responsible_officer and draw.random() < 0.1:
            due_on = day - datetime.timedelta(days=draw.randint(20, 300))
            kind = draw.choices(list(RecommendationKind), (8, 2, 1))[0]
            made.append(
                Recommendation(
                    connection=row,
                    kind=kind,
                    due_on=due_on,
                    deferred_to=due_on + YEAR if kind == RecommendationKind.DEFER else None,
                    reason="" if kind == RecommendationKind.REVALIDATE else "Feedback from colleagues is missing.",
                    made_on=due_on + datetime.timedelta(days=draw.choice((-30, -14, -2, 3))),
                    made_by=officer,
                )
            )
    Recommendation.objects.bulk_create(made)
    return {row.clinician_id: officer.pk for row in rows if row.responsible_officer}


def _noon(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
