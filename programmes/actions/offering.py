"""Places: deciding who is offered one, answering, and passing on what falls free, always with the cohort locked."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from programmes import selection, steps
from programmes.actions.enrolling import enrol
from programmes.actions.settling import settle
from programmes.models import Application, Cohort, Enrolment
from programmes.selecting import messages as told
from programmes.states import ApplicationState, CohortState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were offered a place, wait for one, and were not selected."""

    offered: int
    waiting: int
    not_selected: int


@transaction.atomic
def decide(*, cohort: Cohort, waiting_list: bool = True, by: User) -> Decided:
    """Offer the places in the order of the ranking, and put the others on the waiting list (or tell them no).

    Raises WrongState before applications have closed, while a gate has still to decide about somebody, and where a
    place would go to somebody who cannot take part (any more); Invalid while somebody who is not selected has no
    feedback.
    """
    held = steps.locked(cohort.pk)
    steps.require_selecting(by, held)
    if held.state != CohortState.SELECTING:
        raise WrongState("Places are offered once, after applications have closed.")
    settle(cohort=held, by=None)
    rows = _locked(selection.through_every_gate(held))
    undecided = Application.objects.in_selection().filter(cohort=held).exclude(pk__in=rows).count()
    if undecided:
        raise WrongState(f"{undecided} {_people(undecided)} still before a gate. Every gate has to decide first.")
    ordered = selection.ranked(held, list(rows.values()))
    placed = selection.placed(held, ordered)
    if gone := selection.unable(rows[key] for key in placed.offered):
        names = ", ".join(sorted(rows[key].reference for key in gone))
        raise WrongState(f"These cannot take part (any more), so withdraw their applications first: {names}.")
    losers = () if waiting_list else placed.waiting
    silent = Application.objects.filter(cohort=held, state=ApplicationState.NOT_SELECTED, feedback="").count()
    silent += sum(not rows[key].feedback for key in losers)
    if silent:
        raise Invalid(f"Write feedback for everybody who is not selected: {silent} {_people(silent)} without.")
    last = last_day(held)
    for rank, one in enumerate(ordered, start=1):
        row = rows[one.key]
        row.rank = rank
        if one.key in placed.offered:
            row.answer_by = last
            steps.move(row, ApplicationState.OFFERED, by=by, also=("rank", "answer_by"))
        elif waiting_list:
            steps.move(row, ApplicationState.RESERVE, by=by, also=("rank",))
        else:
            reason = "All places went to people ranked higher, or were limited."
            steps.move(row, ApplicationState.NOT_SELECTED, by=by, reason=reason, also=("rank",))
    steps.move(held, CohortState.DECIDED, by=by)
    told.tell(rows.values())
    told.tell_feedback(Application.objects.filter(cohort=held, state=ApplicationState.NOT_SELECTED).with_people())
    decided = Decided(len(placed.offered), len(placed.waiting) - len(losers), len(losers))
    detail = {"offered": decided.offered, "waiting": decided.waiting, "not_selected": decided.not_selected}
    record("places.decided", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return decided


@transaction.atomic
def accept(*, application: Application, expectations: bool, by: User) -> Enrolment:
    """Take the place that one was offered, saying yes to what is expected of each other.

    Raises Invalid without that, WrongState where the place is not offered (any more).
    """
    cohort, row = _own(application, by)
    if cohort.state == CohortState.CANCELLED:
        raise WrongState("This cohort was cancelled, so there is no place to take.")
    _check_offered(row)
    if not expectations:
        raise Invalid("Say yes to what you and we expect of each other to take the place.", field="expectations")
    if cohort.enrolments.filter(clinician=row.clinician_id).exists():
        raise WrongState("You have or had a place in this cohort already.")
    steps.move(row, ApplicationState.ACCEPTED, by=by)
    row.cohort = cohort
    return enrol(application=row, by=by)


@transaction.atomic
def decline(*, application: Application, reason: str = "", by: User) -> None:
    """Turn down the place that one was offered; it goes to whoever is next on the waiting list.

    Raises WrongState where the place is not offered (any more).
    """
    cohort, row = _own(application, by)
    _check_offered(row)
    steps.move(row, ApplicationState.DECLINED, by=by, reason=steps.worded(reason, field="reason"))
    record("place.declined", row, by=by, organisation_id=cohort.organisation_id)
    _fill(cohort, by)


@transaction.atomic
def fill(*, cohort: Cohort, by: User | None) -> int:
    """Offer what is free to those who are next on the waiting list and fit; how many were promoted.

    Part of whatever made a place free, in its transaction: an offer turned down or lapsed, an application withdrawn,
    somebody who withdrew, deferred or moved before the start, a higher capacity. The waiting list ends when the cohort
    starts; then nothing happens. Whoever came back by an appeal joins the list by their rank first.
    """
    held = steps.locked(cohort.pk)
    return _fill(held, by)


def lapse(*, day: datetime.date | None = None) -> int:
    """Take back the offers that nobody answered by their last day, and pass every free place on; how many there were.

    Each cohort in a transaction of its own; safe to run twice and side by side.
    """
    keys = Cohort.objects.filter(state=CohortState.DECIDED).order_by("pk").values_list("pk", flat=True)
    return sum(_lapse(key, day or today()) for key in list(keys))


@transaction.atomic
def close_waiting_list(*, cohort: Cohort, by: User) -> int:
    """Tell everybody who still waits that no place fell free; how many there were.

    For a lead who knows before the start that nobody will be promoted any more. Feedback that nobody wrote says that
    all gates were passed.
    """
    held = steps.locked(cohort.pk)
    steps.require_selecting(by, held)
    if held.state not in (CohortState.DECIDED, CohortState.RUNNING):
        raise WrongState("This cohort has no waiting list.")
    return end_waiting_list(held, by)


def end_waiting_list(cohort: Cohort, by: User) -> int:
    """What closing the waiting list does; part of starting the cohort as well, which is locked."""
    rows = _locked(Application.objects.filter(cohort=cohort, state=ApplicationState.RESERVE))
    for row in rows.values():
        row.feedback = row.feedback or told.PASSED_EVERYTHING
        reason = "No place fell free before the programme started."
        steps.move(row, ApplicationState.NOT_SELECTED, by=by, reason=reason, also=("feedback",))
    told.tell_feedback(rows.values())
    if rows:
        detail = {"people": len(rows)}
        record("waiting_list.closed", cohort, by=by, organisation_id=cohort.organisation_id, detail=detail)
    return len(rows)


def last_day(cohort: Cohort) -> datetime.date:
    """Until when an offer made today can be accepted: its days, but not after the start."""
    return max(today(), min(today() + datetime.timedelta(days=cohort.answer_days), cohort.starts_on))


def _fill(cohort: Cohort, by: User | None) -> int:
    if cohort.state != CohortState.DECIDED:
        return 0
    _join(cohort, by)
    waiting = _locked(Application.objects.filter(cohort=cohort, state=ApplicationState.RESERVE))
    # Who cannot take part now keeps their place in the list, and is passed over.
    gone = selection.unable(waiting.values())
    rows = {key: row for key, row in waiting.items() if key not in gone}
    ordered = selection.candidates(list(rows.values()))
    ordered.sort(key=lambda one: (rows[one.key].rank or 0, one.key))
    promoted = [rows[key] for key in selection.placed(cohort, ordered).offered]
    for row in promoted:
        row.answer_by = last_day(cohort)
        steps.move(row, ApplicationState.OFFERED, by=by, reason="A place fell free.", also=("answer_by",))
    told.tell(promoted)
    if promoted:
        detail = {"promoted": [row.reference for row in promoted]}
        record("waiting_list.promoted", cohort, by=by, organisation_id=cohort.organisation_id, detail=detail)
    return len(promoted)


def _join(cohort: Cohort, by: User | None) -> None:
    """Put whoever has passed every gate since places were offered on the waiting list, where their points put them."""
    late = _locked(selection.through_every_gate(cohort))
    if not late:
        return
    before = Application.objects.filter(cohort=cohort, rank__isnull=False).exclude(pk__in=late)
    ranks = {key: rank or 0 for key, rank in before.values_list("pk", "rank")}
    everybody = [*before.select_related("clinician"), *late.values()]
    rank = 0
    for one in selection.ranked(cohort, everybody):
        if one.key not in late:
            rank = max(rank, ranks[one.key])
            continue
        rank += 1
        Application.objects.filter(cohort=cohort, rank__gte=rank).update(rank=F("rank") + 1)
        ranks = {key: value + (value >= rank) for key, value in ranks.items()}
        late[one.key].rank = rank
        steps.move(late[one.key], ApplicationState.RESERVE, by=by, reason="After an appeal.", also=("rank",))
    told.tell(late.values())


@transaction.atomic
def _lapse(cohort_id: int, day: datetime.date) -> int:
    held = steps.locked(cohort_id)
    if held.state != CohortState.DECIDED:
        return 0
    rows = _locked(Application.objects.filter(cohort=held, state=ApplicationState.OFFERED, answer_by__lt=day))
    for row in rows.values():
        steps.move(row, ApplicationState.DECLINED, by=None, reason="Nobody answered by the last day.")
        record("place.lapsed", row, by=None, organisation_id=held.organisation_id)
    told.tell(rows.values())
    _fill(held, None)
    return len(rows)


def _own(application: Application, by: User) -> tuple[Cohort, Application]:
    """Cohort and application, both locked, for the applicant."""
    held = steps.locked(application.cohort_id)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("clinician", "cohort")
    row = rows.get(pk=application.pk)
    steps.require_own(by, Permission.PROGRAMME_TAKE_PART, row.clinician.user_id)
    return held, row


def _check_offered(row: Application) -> None:
    if row.state != ApplicationState.OFFERED or row.answer_by is None:
        raise WrongState("There is no offer to answer.")
    if row.answer_by < today():
        raise WrongState("The last day to answer has passed.")


def _locked(rows) -> dict[int, Application]:
    """These applications, locked in the order of their keys, with their clinicians."""
    rows = rows.select_related("clinician", "cohort").order_by("pk").select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in rows}


def _people(number: int) -> str:
    return "person is" if number == 1 else "people are"
