"""The supporter of somebody on a programme: named by a lead, and then between the two; check-ins and private notes."""

import datetime
from typing import Any

from django.db import transaction

from programmes import check_ins, steps
from programmes.models import CheckIn, Cohort, Enrolment
from programmes.models.applications import ANSWER_LENGTH
from programmes.states import COHORT_OVER, NOT_LEFT, EnrolmentState
from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.steps import check_past
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date
from registry.notifications import outbox

NOT_FOUND = "Nobody with this address can be a supporter. They need an account and a role in the registry."


@transaction.atomic
def name_supporter(*, enrolment: Enrolment, email: str, by: User) -> Enrolment:
    """Name who looks after somebody, or (without an address) nobody any more.

    Not the person's line manager, and nobody who teaches or runs the cohort: whoever it is has no say over the person.
    What an earlier supporter noted stays theirs, and what they had planned is off. Raises WrongState for one's own.
    """
    cohort = steps.locked(enrolment.cohort_id)
    steps.require(by, P.PROGRAMME_MANAGE, cohort.organisation_id)
    row = _locked(enrolment)
    steps.require_of_others(by, row.clinician.user_id)
    if row.state not in NOT_LEFT:
        raise WrongState("This person does not take part any more.")
    supporter = _found(email.strip(), row) if email.strip() else None
    if supporter and (reason := why_not(supporter, cohort)):
        raise Invalid(reason, field="email")
    if row.supporter_id == (supporter.pk if supporter else None):
        return row
    call_off(row)
    row.supporter = supporter
    row.save(update_fields=["supporter"])
    detail = {"cohort": cohort.pk}
    record("programme.supporter_named", row, by=by, organisation_id=cohort.organisation_id, detail=detail)
    return row


def why_not(user: User, cohort: Cohort) -> str:
    """Why somebody can support nobody in a cohort; empty where they can."""
    if cohort.tutors.filter(user=user).exists():
        return "A tutor of the cohort cannot be a supporter."
    if user.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({cohort.organisation_id})):
        return "Whoever runs the programme cannot be a supporter."
    return ""


def call_off(enrolment: Enrolment) -> None:
    """Take off what is planned; part of the action that ends somebody's support."""
    planned = enrolment.check_ins.filter(held_on=None)
    outbox.withdraw(check_ins.KIND_NAME, list(planned.values_list("pk", flat=True)))
    planned.delete()


@transaction.atomic
def plan(*, enrolment: Enrolment, planned_on: datetime.date, by: User) -> CheckIn:
    """Plan a check-in; the fellow sees the day."""
    row = _supported(enrolment, by)
    if not today() <= planned_on <= row.cohort.ends_on:
        last = long_date(row.cohort.ends_on)
        raise Invalid(f"The day must be from today to {last}, when the programme ends.", field="planned_on")
    if row.check_ins.filter(supporter=by, held_on=None, planned_on=planned_on).exists():
        raise Invalid("A check-in is planned for this day already.", field="planned_on")
    return CheckIn.objects.create(enrolment=row, supporter=by, planned_on=planned_on)


@transaction.atomic
def plan_all(*, enrolment: Enrolment, by: User) -> int:
    """Plan a check-in every four weeks until the programme ends; answers how many."""
    row = _supported(enrolment, by)
    days = check_ins.suggested(row)
    if not days:
        raise WrongState("The programme ends before another four weeks have passed.")
    CheckIn.objects.bulk_create(CheckIn(enrolment=row, supporter=by, planned_on=day) for day in days)
    return len(days)


@transaction.atomic
def note(*, check_in: CheckIn, held_on: datetime.date | None, text: str, worried: bool, by: User) -> CheckIn:
    """Note that a check-in took place, and for oneself what was said; nobody else ever reads it; no trace has it."""
    row = _own(check_in, by)
    if held_on is not None:
        since = row.enrolment.cohort.starts_on - datetime.timedelta(days=365)
        check_past(held_on, field="held_on", what="day", since=since)
    row.held_on, row.worried = held_on, worried
    row.note = steps.worded(text, field="text", most=ANSWER_LENGTH)
    row.save(update_fields=["held_on", "note", "worried"])
    if held_on is not None:
        outbox.settle(check_ins.KIND_NAME, row.pk)
        outbox.withdraw(check_ins.KIND_NAME, [row.pk])
    return row


@transaction.atomic
def remove(*, check_in: CheckIn, by: User) -> None:
    """Take a check-in off, and what was noted of it with it."""
    row = _own(check_in, by)
    outbox.withdraw(check_ins.KIND_NAME, [row.pk])
    row.delete()


# --- what these share ------------------------------------------------------------------------------------------------


def _found(email: str, row: Enrolment) -> User:
    manager = row.clinician.line_manager
    found: User | None = None
    if "\x00" not in email:
        found = User.objects.filter(email__iexact=email, is_active=True, is_client=False).first()
    if found is None or found.scope_for(P.FELLOW_SUPPORT).user_id is None:
        raise Invalid(NOT_FOUND, field="email")
    if found.pk == row.clinician.user_id:
        raise Invalid("Nobody is their own supporter.", field="email")
    if manager is not None and found.pk == manager.user_id:
        raise Invalid("The line manager cannot be the supporter.", field="email")
    return found


def _locked(enrolment: Enrolment) -> Enrolment:
    rows: Any = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    found: Enrolment = rows.select_related("clinician__line_manager", "cohort").get(pk=enrolment.pk)
    return found


def _supported(enrolment: Enrolment, by: User) -> Enrolment:
    row = _locked(enrolment)
    if row.supporter_id != by.pk or by.scope_for(P.FELLOW_SUPPORT).user_id is None:
        raise NotAllowed("Only the supporter can do this.")
    if row.state != EnrolmentState.ENROLLED or row.cohort.state in COHORT_OVER:
        raise WrongState("This person does not take part now.")
    return row


def _own(check_in: CheckIn, by: User) -> CheckIn:
    rows: Any = CheckIn.objects.select_for_update(of=("self",), no_key=True).select_related("enrolment__cohort")
    row: CheckIn | None = rows.filter(pk=check_in.pk).first()
    if row is None:
        raise WrongState("This check-in has been taken off in the meantime.")
    if row.supporter_id != by.pk or by.scope_for(P.FELLOW_SUPPORT).user_id is None:
        raise NotAllowed("Only the supporter can do this.")
    return row
