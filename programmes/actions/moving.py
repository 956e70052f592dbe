"""Giving up a place, putting it off, coming back to it, and moving to another cohort of the same programme."""

from django.db import transaction

from programmes import place_news, places, steps
from programmes.actions import offering, supporting
from programmes.models import CheckIn, Cohort, Enrolment, EnrolmentTransition, FellowshipObjective, Milestone
from programmes.states import IN_SELECTION, NOT_LEFT, WITHDRAWABLE, CohortState, EnrolmentState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P

S = EnrolmentState
# Where somebody who moves or comes back can go.
JOINABLE = (*IN_SELECTION, CohortState.RUNNING)
WHY = "Say why, in a few words."


@transaction.atomic
def withdraw(*, enrolment: Enrolment, reason: str, by: User) -> Enrolment:
    """Give a place up: its holder, or a lead for them. It is free for the next one, if the programme has not begun."""
    row = _held(enrolment, by, own=True)
    _require(row, *NOT_LEFT)
    held_place = row.state == S.ENROLLED
    _move(row, S.WITHDRAWN, reason, by)
    if held_place:
        offering.fill(cohort=row.cohort, by=by)
    return row


@transaction.atomic
def defer(*, enrolment: Enrolment, reason: str, by: User) -> Enrolment:
    """Put a place off until the person can come back, here or in another cohort; it holds nothing meanwhile."""
    row = _held(enrolment, by)
    _require(row, S.ENROLLED)
    _move(row, S.DEFERRED, reason, by)
    offering.fill(cohort=row.cohort, by=by)
    return row


@transaction.atomic
def come_back(*, enrolment: Enrolment, by: User) -> Enrolment:
    """Take the place up again, where the cohort goes on and has one free."""
    row = _held(enrolment, by)
    _require(row, S.DEFERRED)
    if row.cohort.state not in JOINABLE:
        raise WrongState("This cohort is over. Move the person to another one.")
    with places.taking(row.cohort):
        places.check_limits(row.cohort, row.clinician)
        steps.move(row, S.ENROLLED, by=by)
    _trace(row, by)
    return row


@transaction.atomic
def transfer(*, enrolment: Enrolment, to: Cohort, reason: str, by: User) -> Enrolment:
    """Move somebody to another cohort of the same programme that has a free place; answers the new place.

    What they have done goes with them where the other cohort has a part of the same name and kind; so do their
    check-ins, host and objectives, and their supporter, unless that person teaches or runs the other cohort. The old
    place keeps attendance and dates.
    """
    # Of two who move people in opposite directions the second waits.
    for key in sorted({enrolment.cohort_id, to.pk}):
        steps.locked(key)
    row = _held(enrolment, by)
    _require(row, *NOT_LEFT)
    reason = steps.worded(reason, field="reason", needed=WHY)
    target = steps.locked(to.pk)
    steps.require(by, P.PROGRAMME_MANAGE, target.organisation_id)
    _check_target(row, target)
    held_place = row.state == S.ENROLLED
    supporter = row.supporter
    if supporter and supporting.why_not(supporter, target):
        supporting.call_off(row)
        supporter = None
    with places.taking(target, field="cohort"):
        places.check_limits(target, row.clinician, field="cohort")
        new = Enrolment.objects.create(
            cohort=target,
            clinician=row.clinician,
            moved_from=row,
            expectations_accepted_at=row.expectations_accepted_at,
            supporter=supporter,
            host=row.host,
        )
    EnrolmentTransition.objects.create(enrolment=new, after=new.state, by=by)
    _carry(row, new)
    _move(row, S.TRANSFERRED, reason, by, told=False)
    _trace(new, by)
    if held_place:
        offering.fill(cohort=row.cohort, by=by)
    return new


def _check_target(row: Enrolment, target: Cohort) -> None:
    """Invalid, beside the field, unless this person can have a place in that cohort."""
    if target.version.programme_id != row.cohort.version.programme_id or target.pk == row.cohort_id:
        raise Invalid("Choose another cohort of the same programme.", field="cohort")
    if target.state not in JOINABLE:
        raise Invalid("Nobody can join this cohort now.", field="cohort")
    if target.enrolments.filter(clinician=row.clinician).exists():
        raise Invalid(f"{row.clinician} has been in this cohort already.", field="cohort")
    open_ = target.applications.filter(clinician=row.clinician, state__in=WITHDRAWABLE)
    if open_.exists():
        raise Invalid(f"{row.clinician} has an application for this cohort that is not settled.", field="cohort")


def _carry(row: Enrolment, new: Enrolment) -> None:
    stages = {(stage.name, stage.kind): stage for stage in new.cohort.version.stages.all()}
    done = row.milestones.select_related("stage")
    Milestone.objects.bulk_create(
        Milestone(enrolment=new, stage=stages[name], result=one.result, at=one.at, by_id=one.by_id)
        for one in done
        if (name := (one.stage.name, one.stage.kind)) in stages
    )
    CheckIn.objects.filter(enrolment=row).update(enrolment=new)
    FellowshipObjective.objects.filter(enrolment=row).update(enrolment=new)


def _held(enrolment: Enrolment, by: User, *, own: bool = False) -> Enrolment:
    """The place, locked after its cohort, for a lead; with `own` for whoever holds it, and else never for them.

    Before the start a place that is given up goes to somebody who waits, so nobody who competes takes one back.
    """
    cohort = steps.locked(enrolment.cohort_id)
    rows = cohort.enrolments.select_for_update(of=("self",), no_key=True)
    row: Enrolment = rows.select_related("clinician__organisation", "supporter").get(pk=enrolment.pk)
    row.cohort = cohort
    if own and row.clinician.user_id == by.pk:
        steps.require_own(by, P.PROGRAMME_TAKE_PART, row.clinician.user_id)
        return row
    steps.require(by, P.PROGRAMME_MANAGE, cohort.organisation_id)
    steps.require_of_others(by, row.clinician.user_id)
    if cohort.state in IN_SELECTION:
        steps.require_selecting(by, cohort)
    return row


def _require(row: Enrolment, *states: EnrolmentState) -> None:
    if row.state not in states:
        raise WrongState(f"This cannot be done any more: {row.get_state_display().lower()}.")


def _move(row: Enrolment, state: EnrolmentState, reason: str, by: User, *, told: bool = True) -> None:
    steps.move(row, state, by=by, reason=steps.worded(reason, field="reason", needed=WHY))
    _trace(row, by, told=told)


def _trace(row: Enrolment, by: User, *, told: bool = True) -> None:
    """The audit says what, and never why."""
    record(
        f"programme.{EnrolmentState(row.state).name.lower()}",
        row,
        by=by,
        organisation_id=row.cohort.organisation_id,
        detail={"cohort": row.cohort_id},
    )
    if told:
        place_news.tell(row, by=by)
