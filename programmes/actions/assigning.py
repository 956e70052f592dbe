"""Who reads which application: assigned in balance or by hand, taken back, and one more where it is needed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from programmes import assessors, evidence, gates, steps
from programmes.actions.settling import settle
from programmes.balance import File, balance
from programmes.fields import SCORED, GateOutcome
from programmes.models import Application, Cohort, Gate, GateResult, Reading
from programmes.states import IN_SELECTION, ApplicationState, CohortState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, WrongState


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many readings were assigned, and of how many applications a reader is still missing."""

    made: int
    short: int


@transaction.atomic
def assign(*, gate: Gate, cohort: Cohort, by: User) -> Assigned:
    """Give everybody who has reached a scored gate the readers they still need, in balance.

    Whoever was assigned and can read it no longer gives it back first. Raises NotAllowed for somebody who does not run
    the programme or competes in it, WrongState for another gate or time.
    """
    held = steps.locked(cohort.pk)
    steps.require_selecting(by, held)
    check_open(held, gate)
    if held.state != CohortState.OPEN:
        # While applications are open, what an earlier gate waits for can still come.
        settle(cohort=held, by=None)
    take_from_unable(held, Reading.objects.filter(gate=gate))
    made, short = hand_out(held, gate, at_gate(held, gate))
    if made:
        detail = {"gate": gate.pk, "readings": made, "short": short}
        record("readings.assigned", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return Assigned(made, short)


@transaction.atomic
def assign_by_hand(*, application: Application, gate: Gate, assessor: User, by: User) -> Reading:
    """Give one application one more reader, whatever the balance says; never one with a conflict.

    Raises Invalid for somebody who may not read it, WrongState where the application is not at this gate.
    """
    held = steps.locked(application.cohort_id)
    steps.require_selecting(by, held)
    check_open(held, gate)
    row = at_gate(held, gate).filter(pk=application.pk).first()
    if row is None:
        raise WrongState("This application is not at this gate.")
    if not assessors.on_cohort(held).filter(user=assessor).exists():
        raise Invalid("Choose an assessor of this cohort.", field="assessor")
    if reason := assessors.why_not(row, assessor):
        raise Invalid(reason, field="assessor")
    if row.readings.filter(gate=gate, assessor=assessor).exists():
        raise Invalid("This person has this application already, or had it.", field="assessor")
    reading = Reading.objects.create(application=row, gate=gate, assessor=assessor, assigned_by=by)
    detail = {"gate": gate.pk, "application": row.reference, "assessor": assessor.pk}
    record("reading.assigned", row, by=by, organisation_id=held.organisation_id, detail=detail)
    return reading


@transaction.atomic
def take_back(*, reading: Reading, by: User) -> None:
    """Take an application from an assessor; the scores that they gave do not count any more.

    Raises WrongState once the gate has decided about it.
    """
    held = steps.locked(reading.application.cohort_id)
    steps.require_selecting(by, held)
    row = Reading.objects.select_for_update(no_key=True).select_related("application", "gate").get(pk=reading.pk)
    if row.removed_at is not None:
        return
    check_open(held, row.gate)
    if GateResult.objects.filter(application=row.application, gate=row.gate).exists():
        raise WrongState("This gate has decided about the application already, with these scores.")
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    detail = {"gate": row.gate_id, "application": row.application.reference, "assessor": row.assessor_id}
    record("reading.taken_back", row.application, by=by, organisation_id=held.organisation_id, detail=detail)


def take_from_unable(cohort: Cohort, readings: Any) -> list[Reading]:
    """Take back those of these readings that are still to be scored by somebody who cannot; answers them.

    Part of an action: the cohort is locked. Somebody cannot read who is no assessor of the cohort any more, or stands
    too near to the applicant by now.
    """
    waiting = readings.to_score().filter(application__cohort=cohort).select_related("application", "gate")
    rows = list(waiting.order_by("pk").select_for_update(of=("self",), no_key=True))
    able = set(assessors.on_cohort(cohort).values_list("user", flat=True))
    barred = assessors.barred({row.application for row in rows})
    gone = [row for row in rows if row.assessor_id not in able or row.assessor_id in barred[row.application_id]]
    Reading.objects.filter(pk__in=[row.pk for row in gone]).update(removed_at=timezone.now())
    if gone:
        detail = {"applications": sorted(row.application.reference for row in gone)}
        record("readings.taken_back", cohort, by=None, organisation_id=cohort.organisation_id, detail=detail)
    return gone


def replace_reader(cohort: Cohort, user: User) -> None:
    """Give what somebody has still to score for a cohort to others, as they cannot read it any more.

    Part of the action that made it so: they have applied themselves.
    """
    gone = take_from_unable(cohort, Reading.objects.filter(assessor=user))
    for gate in {row.gate for row in gone}:
        keys = [row.application_id for row in gone if row.gate_id == gate.pk]
        hand_out(cohort, gate, at_gate(cohort, gate).filter(pk__in=keys))


def check_open(cohort: Cohort, gate: Gate) -> None:
    """Raises WrongState unless somebody can be read at this gate of the cohort now."""
    if gate.version_id != cohort.version_id or gate.kind not in SCORED:
        raise WrongState("Nobody is read at this gate of this cohort.")
    if cohort.state not in IN_SELECTION:
        raise WrongState("Nobody is being selected for this cohort now.")


def at_gate(cohort: Cohort, gate: Gate) -> Any:
    """The applications about which this gate has to decide next: every gate before it is passed."""
    rows = Application.objects.in_selection().filter(cohort=cohort).exclude(results__gate=gate)
    for before in cohort.version.gates.filter(position__lt=gate.position):
        passed = GateResult.objects.filter(gate=before, outcome=GateOutcome.PASSED)
        rows = rows.filter(pk__in=passed.values("application"))
    return rows.select_related("clinician", "cohort").order_by("pk")


def hand_out(cohort: Cohort, gate: Gate, applications: Iterable[Application]) -> tuple[int, int]:
    """Assign what these applications still need at the gate; how many readings, and how many are short of a reader.

    Part of an action: the cohort is locked. The readings name nobody who assigned them, because nobody chose.
    """
    rows = list(applications)
    wanted = missing_readers(gate, [row.pk for row in rows])
    rows = [row for row in rows if wanted[row.pk]]
    if not rows:
        return 0, 0
    has = defaultdict(set)
    stands = defaultdict(set)
    readings = Reading.objects.filter(application__in=rows).order_by()
    for key, at, user_id, removed, conflict in readings.values_list(
        "application", "gate", "assessor", "removed_at", "conflict"
    ):
        if at == gate.pk:
            has[key].add(user_id)
            if removed is None and not conflict:
                stands[key].add(user_id)
    barred = assessors.barred(rows)
    files = [
        File(
            row.pk,
            wanted=wanted[row.pk],
            employer=row.clinician.organisation_id,
            readers=frozenset(stands[row.pk]),
            barred=frozenset(barred[row.pk] | has[row.pk]) - stands[row.pk],
        )
        for row in rows
    ]
    people = assessors.readers(cohort)
    earlier = {user_id for row in stands.values() for user_id in row} - {one.key for one in people}
    answer = balance(files, people, assessors.others(cohort, sorted(earlier)))
    made = Reading.objects.bulk_create(
        Reading(application_id=key, gate=gate, assessor_id=user_id)
        for key, row in answer.readers.items()
        for user_id in row
    )
    return len(made), len(answer.missing)


def missing_readers(gate: Gate, keys: Collection[int]) -> dict[int, int]:
    """How many more readers each of these applications needs at the gate; one more where scores differ too much."""
    standing = Reading.objects.standing().exclude(conflict=True).filter(gate=gate, application__in=keys)
    totals = evidence.totals(standing.counting())
    number: dict[int, int] = defaultdict(int)
    given: dict[int, list[int]] = defaultdict(list)
    for pk, key in standing.order_by("pk").values_list("pk", "application"):
        number[key] += 1
        if pk in totals:
            given[key].append(totals[pk])
    needs = gate.assessors or 0
    return {
        key: max(
            0,
            needs + gates.needs_another(given[key], assessors=needs, spread_limit=gate.spread_limit or 0) - number[key],
        )
        for key in keys
    }


def one_more(reading: Reading, cohort: Cohort) -> int:
    """Find a reader for the application of this reading where one is needed now; how many were found.

    Part of the action that made it necessary: a conflict declared, or scores that differ.
    """
    rows = at_gate(cohort, reading.gate).filter(pk=reading.application_id, state=ApplicationState.SUBMITTED)
    return hand_out(cohort, reading.gate, rows)[0]
