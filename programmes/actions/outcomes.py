"""Noting what a programme led to, by the participant or by those who run it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from programmes.fields import OutcomeKind
from programmes.models import Enrolment, Outcome
from programmes.points import reached
from programmes.states import EnrolmentState
from programmes.steps import locked, require, require_own, worded
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.notifications import outbox

WHAT_LENGTH = 300
# The kind of message that asks for it (`outcome_asking`).
MESSAGE = "programme_outcome"
RETENTION = (OutcomeKind.STILL_HERE, OutcomeKind.LEFT)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told at one point: whether the person still works in the NHS (None: not said), a post, a change."""

    working: bool | None = None
    post: str = ""
    change: str = ""


@transaction.atomic
def note(*, enrolment: Enrolment, months: int, told: Told, by: User) -> list[Outcome]:
    """Write into the ledger what a completed place had led to so many months after the end.

    Whether somebody still works in the NHS is kept once for each point; what the person said themself, only they
    change. Posts and service changes are added to those there are; Invalid where one of them is noted already.
    """
    enrolment = _of(enrolment, by)
    if enrolment.state != EnrolmentState.COMPLETED:
        raise WrongState("What came of a programme is noted for places that were completed.")
    if months not in reached(enrolment.cohort.ends_on, today()):
        raise WrongState("This point has not come yet.")
    post = worded(told.post, field="post", most=WHAT_LENGTH)
    change = worded(told.change, field="change", most=WHAT_LENGTH)
    if told.working is None and not post and not change:
        raise Invalid("Say at least one thing that came of it.", field="working")
    added = [
        _added(enrolment, months, kind, what, field=field, by=by)
        for field, kind, what in (("post", OutcomeKind.POST, post), ("change", OutcomeKind.SERVICE_CHANGE, change))
        if what
    ]
    if told.working is not None:
        added.append(_retention(enrolment, months, working=told.working, by=by))
    own = enrolment.clinician.user_id == by.pk
    if own and months == reached(enrolment.cohort.ends_on, today())[-1]:
        outbox.settle(MESSAGE, enrolment.pk)
    _record("programme.outcome_noted", enrolment, by, months=months, kinds=sorted(row.kind for row in added))
    return added


@transaction.atomic
def take_back(*, outcome: Outcome, by: User) -> None:
    """Remove a line of the ledger that `by` wrote."""
    enrolment = _of(outcome.enrolment, by)
    row = Outcome.objects.filter(pk=outcome.pk, enrolment=enrolment).first()
    if row is None:
        raise WrongState("This is taken back already.")
    if row.noted_by_id != by.pk:
        raise NotAllowed("Somebody else noted this.")
    row.delete()
    _record("programme.outcome_taken_back", enrolment, by, months=row.months, kinds=[row.kind])


def _of(enrolment: Enrolment, by: User) -> Enrolment:
    """The place, locked after its cohort, where it is `by`'s own or in a cohort that `by` runs."""
    locked(enrolment.cohort_id)
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    row: Enrolment = rows.select_related("cohort__version__programme", "clinician").get(pk=enrolment.pk)
    if row.clinician.user_id == by.pk:
        require_own(by, P.PROGRAMME_TAKE_PART, row.clinician.user_id)
    else:
        require(by, P.PROGRAMME_MANAGE, row.cohort.organisation_id)
    return row


def _added(enrolment: Enrolment, months: int, kind: OutcomeKind, what: str, *, field: str, by: User) -> Outcome:
    if enrolment.outcomes.filter(months=months, kind=kind, what=what).exists():
        raise Invalid("This is noted already.", field=field)
    made: Outcome = Outcome.objects.create(enrolment=enrolment, months=months, kind=kind, what=what, noted_by=by)
    return made


def _retention(enrolment: Enrolment, months: int, *, working: bool, by: User) -> Outcome:
    kind = OutcomeKind.STILL_HERE if working else OutcomeKind.LEFT
    row: Outcome | None = enrolment.outcomes.filter(months=months, kind__in=RETENTION).first()
    if row is None:
        made: Outcome = Outcome.objects.create(enrolment=enrolment, months=months, kind=kind, noted_by=by)
        return made
    theirs = enrolment.clinician.user_id
    if row.noted_by_id == theirs != by.pk:
        raise Invalid("They have said themselves whether they still work in the NHS.", field="working")
    row.kind, row.noted_by, row.noted_at = kind, by, timezone.now()
    row.save(update_fields=["kind", "noted_by", "noted_at"])
    return row


def _record(verb: str, enrolment: Enrolment, by: User, *, months: int, kinds: list[str]) -> None:
    cohort = enrolment.cohort
    detail = {"cohort": cohort.pk, "months": months, "kinds": kinds}
    record(verb, enrolment, by=by, organisation_id=cohort.organisation_id, detail=detail)
