"""What officers look after: connections, postponements, messages sent, appraisals done."""

import datetime

from django.utils import timezone

from registry.appraisals.models import Appraisal, Connection, Postponement
from registry.appraisals.officers.contact import KIND
from registry.appraisals.states import AppraisalState, CycleKind, Outcome
from registry.kernel.clock import today
from registry.notifications.models import Message
from registry.notifications.states import MessageState
from tests.factories.appraisals import CycleFactory, CycleRuleFactory, appraisal


def in_days(number) -> datetime.date:
    return today() + datetime.timedelta(days=number)


def done(clinician, *, rule, on=None, **fields) -> Appraisal:
    """An appraisal that took place, by its date unless another is given."""
    on = on or today()
    dates = {"due_on": on} | fields
    return appraisal(clinician, rule=rule, state=AppraisalState.DONE, done_on=on, outcome=Outcome.COMPLETED, **dates)


def revalidation():
    """The rule of revalidation by the GMC."""
    cycle = CycleFactory(name="Revalidation", kind=CycleKind.REVALIDATION, register="GMC")
    return CycleRuleFactory(cycle=cycle, shape={"kind": "every", "months": 60, "window_days": 120})


def postponement(row, asked_by, *, days=60, **fields) -> Postponement:
    """A wish to do an appraisal later that nobody has decided on."""
    wanted = {"reason": "sickness", "from_due_on": row.due_on, "to_due_on": row.due_on + datetime.timedelta(days=days)}
    return Postponement.objects.create(appraisal=row, asked_by=asked_by, **(wanted | fields))


def approved(row, asked_by, decided_by, *, from_due_on) -> Postponement:
    """The postponement that gave an appraisal the date it has."""
    decided = {"approved": True, "decided_at": timezone.now(), "decided_by": decided_by}
    return postponement(row, asked_by, from_due_on=from_due_on, to_due_on=row.due_on, **decided)


def message(row, step="overdue:1", *, to=None, state=MessageState.SENT, days_ago=1, head=None, error="") -> Message:
    """A message about an appraisal, to its person unless another key is given."""
    person = row.clinician
    at = timezone.now() - datetime.timedelta(days=days_ago)
    return Message.objects.create(
        kind=KIND,
        about_id=row.pk,
        step=f"{row.due_on}:{step}",
        recipient_key=to or (f"u{person.user_id}" if person.user_id else f"c{person.pk}"),
        recipient_id=(int(to[1:]) if to[0] == "u" else None) if to else person.user_id,
        organisation_id=person.organisation_id,
        planned_for=timezone.localdate(at),
        state=MessageState.FOLDED if head else state,
        head=head,
        finished_at=None if head or state in {MessageState.WAITING, MessageState.SENDING} else at,
        last_error=error,
    )


def connection(doctor, officer, **fields) -> Connection:
    """A doctor connected to the trust they work for."""
    dates = {"designated_body": doctor.organisation, "started_on": datetime.date(2020, 1, 1)}
    return Connection.objects.create(clinician=doctor, responsible_officer=officer, **(dates | fields))
