"""Coming under a cycle, leaving it, and the next appraisal of everybody who has none open."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import groupby

from django.db import IntegrityError, transaction

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals import bounds, steps
from registry.appraisals.cycle_dates import DatedShape, Fixed, Past, Shape, by_rule_in_force
from registry.appraisals.models import (
    Appraisal,
    AppraisalTransition,
    ChecklistEntry,
    Cycle,
    CycleRule,
    Obligation,
)
from registry.appraisals.schedule import MOST_OVERDUE
from registry.appraisals.states import SIGNED, AppraisalState
from registry.audit.record import record, record_many
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.constraints import foreign_keys_checked_at_once
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date

CHUNK = 1000


@transaction.atomic
def place_under(
    *,
    clinician: Clinician,
    cycle: Cycle,
    started_on: datetime.date,
    last_done_on: datetime.date | None = None,
    next_due_on: datetime.date | None = None,
    birth_month: int | None = None,
    by: User,
) -> Obligation:
    """Put somebody under a cycle and open their first appraisal.

    `next_due_on` is the date a regulator has set; `last_done_on` when it was last done before. Raises Invalid, with the
    field, where a date is missing that nothing else can tell, cannot be, or makes them overdue from the start: what was
    due before today is opened only where it is said when it was last done or due, and only while reminders of it still
    come. WrongState where they are under the cycle already, or it has no rule yet.
    """
    _require_officer(clinician, by)
    # The rules before anything is written: of two who place at once the second waits here, holding nothing.
    rules = _rules({cycle.pk})[cycle.pk]
    if not rules:
        raise WrongState(f"{cycle} has no rule yet, so nothing could be planned.")
    if birth_month is not None and not 1 <= birth_month <= 12:
        raise Invalid("Choose a month.", field="birth_month")
    bounds.check_in_career(started_on, field="started_on", ahead=bounds.AHEAD)
    if last_done_on is not None:
        bounds.check_in_career(last_done_on, field="last_done_on")
    if next_due_on is not None:
        bounds.check_between(next_due_on, today() - bounds.CAREER, today() + bounds.FURTHEST, field="next_due_on")
        if last_done_on is not None and next_due_on <= last_done_on:
            raise Invalid("The next date must be after the day it was last done.", field="next_due_on")
    newest = max(rules, key=lambda rule: rule.effective_from)
    by_the_person = cycle.kind not in SIGNED and not isinstance(newest.shape, Fixed)
    if by_the_person and next_due_on is None:
        raise Invalid("Enter the date the regulator has set: nothing else can tell it.", field="next_due_on")
    wanted = Obligation(
        clinician=clinician,
        cycle=cycle,
        started_on=started_on,
        last_done_on=last_done_on,
        next_due_on=next_due_on,
        birth_month=birth_month,
    )
    _check_first_date(wanted, rules)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        raise WrongState(f"{clinician} is under this already: {cycle}.") from error
    _trace("placed", wanted, by=by)
    _open([wanted.pk], today())
    return wanted


@transaction.atomic
def end(*, obligation: Obligation, ended_on: datetime.date, reason: str, by: User) -> Obligation:
    """Somebody is no longer under a cycle: what is open for them is cancelled with the reason."""
    _require_officer(obligation.clinician, by)
    reason = steps.worded(reason, field="reason", needed="Say why they are no longer under it.")
    now = Appraisal.objects.still_open().filter(obligation=obligation).first()
    # The appraisal first, as everywhere: whoever signs it at this moment is waited for, and then seen.
    appraisal = steps.held(now.pk) if now else None
    held = Obligation.objects.select_for_update(of=("self",), no_key=True).select_related("clinician", "cycle")
    row = held.get(pk=obligation.pk)
    if row.ended_on is not None:
        raise WrongState("This has ended already.")
    open_now = set(Appraisal.objects.still_open().filter(obligation=row).values_list("pk", flat=True))
    if open_now - {appraisal.pk if appraisal else None}:
        raise WrongState("The next appraisal has just been opened. Look at it, and try again.")
    if not row.started_on <= ended_on <= today():
        raise Invalid("The last day must be today or earlier, and not before they came under it.", field="ended_on")
    row.ended_on = ended_on
    row.save(update_fields=["ended_on"])
    if appraisal is not None and appraisal.state not in (AppraisalState.DONE, AppraisalState.CANCELLED):
        steps.move(appraisal, AppraisalState.CANCELLED, by=by, reason=reason)
    _trace("ended", row, by=by)
    return row


def open_due(day: datetime.date) -> int:
    """Open the next appraisal of every obligation that has none; answers how many. Safe to run twice and at once."""
    opened, last = 0, 0
    while True:
        waiting = Obligation.objects.without_an_open_appraisal().filter(pk__gt=last).order_by("pk")
        keys = list(waiting.values_list("pk", flat=True)[:CHUNK])
        if not keys:
            return opened
        with transaction.atomic():
            opened += len(_open(keys, day))
        last = keys[-1]


def open_next(obligation_id: int) -> Appraisal | None:
    """Open what follows an appraisal that was just done; None where the obligation has ended. In its transaction."""
    opened = _open([obligation_id], today())
    return opened[0] if opened else None


# --- what these share ------------------------------------------------------------------------------------------------


def _require_officer(clinician: Clinician, by: User) -> None:
    if not by.scope_for(Permission.APPRAISAL_MANAGE).covers(frozenset({clinician.organisation_id})):
        raise NotAllowed("Only the employer's officers decide who is under which cycle.")


def _check_first_date(row: Obligation, rules: list[DatedShape]) -> None:
    rule, window = by_rule_in_force(rules, _past(row, None))
    if window.due_on >= today():
        return
    was_due = f"By this {row.clinician} was due on {long_date(window.due_on)}, which has passed."
    if row.last_done_on is None and row.next_due_on is None:
        raise Invalid(f"{was_due} Enter the day it was last done.", field="last_done_on")
    every = CycleRule.objects.values_list("overdue_every", flat=True).get(pk=rule)
    if window.due_on + datetime.timedelta(days=MOST_OVERDUE * every) <= today():
        raise Invalid(
            f"{was_due} That is too long ago for reminders. Enter the day by which it must be done now.",
            field="next_due_on",
        )


def _trace(act: str, obligation: Obligation, *, by: User) -> None:
    clinician = obligation.clinician
    detail = {"clinician": clinician.pk, "cycle": obligation.cycle.code}
    record(f"obligation.{act}", obligation, by=by, organisation_id=clinician.organisation_id, detail=detail)


def _open(keys: Collection[int], day: datetime.date) -> list[Appraisal]:
    """Open one for each of these obligations that is in force and has none, in a constant number of statements."""
    # Held, so that of two who open at once the second sees what the first opened; then the rules, so that none changes.
    rows = Obligation.objects.in_force().select_for_update(of=("self",), no_key=True).filter(pk__in=keys)
    held = list(rows.select_related("clinician", "cycle").order_by("pk"))
    rules = _rules({row.cycle_id for row in held})
    free = set(Obligation.objects.without_an_open_appraisal().filter(pk__in=keys).values_list("pk", flat=True))
    wanted = [row for row in held if row.pk in free and rules[row.cycle_id]]
    before = {
        obligation: (due_on, done_on)
        for obligation, due_on, done_on in Appraisal.objects.filter(
            obligation__in=[row.pk for row in wanted], state=AppraisalState.DONE
        )
        .order_by("obligation", "done_on", "due_on", "pk")
        .values_list("obligation", "due_on", "done_on")
    }
    # Whoever does not hold the role any more could not open what they are given.
    appraisers = User.active_holders(
        Role.APPRAISER, {row.clinician.appraiser_id for row in wanted if row.clinician.appraiser_id}
    )
    new = [_appraisal(row, rules[row.cycle_id], before.get(row.pk), day, appraisers) for row in wanted]
    if not new:
        return []
    with foreign_keys_checked_at_once():
        opened = Appraisal.objects.bulk_create(new)
        AppraisalTransition.objects.bulk_create(
            AppraisalTransition(appraisal=row, before="", after=row.state) for row in opened
        )
        ChecklistEntry.objects.bulk_create(_entries(opened))
    _trace_opened(opened)
    return opened


def _rules(cycles: Iterable[int]) -> dict[int, list[DatedShape]]:
    found: dict[int, list[DatedShape]] = defaultdict(list)
    for rule in CycleRule.objects.select_for_update(no_key=True).filter(cycle__in=cycles).order_by("pk"):
        found[rule.cycle_id].append(DatedShape(rule.pk, rule.effective_from, Shape.from_plain(rule.shape)))
    return found


def _past(row: Obligation, before: tuple[datetime.date, datetime.date | None] | None) -> Past:
    last_due, last_done = before or (None, row.last_done_on)
    return Past(
        started_on=row.started_on,
        last_due=last_due,
        last_done=last_done,
        birth_month=row.birth_month,
        profession=row.clinician.profession,
        regulator_date=row.next_due_on,
    )


def _appraisal(
    row: Obligation,
    rules: list[DatedShape],
    before: tuple[datetime.date, datetime.date | None] | None,
    day: datetime.date,
    appraisers: Collection[int],
) -> Appraisal:
    rule, window = by_rule_in_force(rules, _past(row, before))
    appraiser = row.clinician.appraiser_id
    return Appraisal(
        clinician=row.clinician,
        obligation=row,
        rule_id=rule,
        appraiser_id=appraiser if row.cycle.kind in SIGNED and appraiser in appraisers else None,
        opens_on=window.opens_on,
        due_on=window.due_on,
        reminders_from=day,
    )


def _entries(appraisals: Iterable[Appraisal]) -> Iterable[ChecklistEntry]:
    for row in appraisals:
        for position, item in enumerate(row.obligation.cycle.checklist, 1):
            said = {name: item.get(name, "") for name in ("code", "name", "hint")}
            yield ChecklistEntry(appraisal=row, position=position, **said)


def _trace_opened(appraisals: list[Appraisal]) -> None:
    def place(row: Appraisal) -> int:
        return int(row.clinician.organisation_id)

    for organisation_id, rows in groupby(sorted(appraisals, key=place), key=place):
        record_many("appraisal.opened", list(rows), by=None, organisation_id=organisation_id)
