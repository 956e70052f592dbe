"""Cycles, who is under them, and their appraisals in every state, made by the actions people use."""

import datetime

import factory
from django.utils import timezone

from registry.accounts.roles import Role
from registry.appraisals.actions import conducting, obligations, preparing
from registry.appraisals.models import Appraisal, Cycle, CycleRule, Obligation
from registry.appraisals.states import CycleKind, Outcome
from registry.kernel.clock import today
from tests.factories.people import ClinicianFactory, user_with

LEAD_DAYS = [84, 56, 28, 14, 7, 1]


class CycleFactory(factory.django.DjangoModelFactory):
    """An appraisal that comes round."""

    class Meta:
        model = Cycle

    code = factory.Sequence("cycle-{}".format)
    name = "Medical appraisal"
    kind = CycleKind.APPRAISAL
    statutory = True


class CycleRuleFactory(factory.django.DjangoModelFactory):
    """A rule that has long been in force."""

    class Meta:
        model = CycleRule

    cycle = factory.SubFactory(CycleFactory)
    effective_from = datetime.date(2020, 1, 1)
    shape = factory.LazyFunction(lambda: {"kind": "every", "months": 12, "window_days": 84})
    lead_days = factory.LazyFunction(lambda: list(LEAD_DAYS))
    manager_after = 14
    responsible_officer_after = 28
    officers_after = 42
    source = "A test"


class ObligationFactory(factory.django.DjangoModelFactory):
    """Somebody who has been under a cycle for years."""

    class Meta:
        model = Obligation

    clinician = factory.SubFactory(ClinicianFactory)
    cycle = factory.SubFactory(CycleFactory)
    started_on = datetime.date(2020, 1, 1)


def appraisal(clinician=None, *, rule=None, due_on=None, **fields) -> Appraisal:
    """An appraisal being prepared, due in four weeks, of somebody who is under its cycle."""
    rule = rule or CycleRuleFactory()
    due_on = due_on or today() + datetime.timedelta(days=28)
    held = {"cycle": rule.cycle} | ({"clinician": clinician} if clinician else {})
    obligation = Obligation.objects.filter(**held).first() if clinician else None
    obligation = obligation or ObligationFactory(**held)
    dates = {
        "opens_on": due_on - datetime.timedelta(days=84),
        "due_on": due_on,
        "reminders_from": datetime.date(2020, 1, 1),
    }
    return Appraisal.objects.create(
        obligation=obligation, clinician=obligation.clinician, rule=rule, **(dates | fields)
    )


CHECKLIST = [
    {"code": "cpd", "name": "Continuing professional development", "hint": "What you learned.", "feedback": False},
    {"code": "feedback", "name": "Feedback from colleagues", "hint": "", "feedback": True},
]


def days_ago(days):
    return today() - datetime.timedelta(days=days)


def in_days(days):
    return today() + datetime.timedelta(days=days)


def placed(clinician, *, last_done=330, next_due=None, rule=None, by=None, **cycle):
    """Under a cycle by an officer's act, and so with an open appraisal; by default one whose window is open."""
    rule = rule or CycleRuleFactory(cycle=CycleFactory(**{"checklist": CHECKLIST} | cycle))
    obligations.place_under(
        clinician=clinician,
        cycle=rule.cycle,
        started_on=days_ago(3000),
        last_done_on=days_ago(last_done),
        next_due_on=next_due,
        by=by or user_with(Role.HR_OFFICER, clinician.organisation),
    )
    return open_one(clinician, rule.cycle)


def renewal(clinician, *, due=30, **options):
    """A renewal of registration that is due in so many days."""
    options = {"kind": CycleKind.RENEWAL, "name": "NMC registration renewal", "register": "NMC"} | options
    return placed(clinician, next_due=in_days(due), **options)


def open_one(clinician, cycle):
    """What is open for this person under this cycle."""
    return Appraisal.objects.still_open().with_people().get(clinician=clinician, rule__cycle=cycle)


def sent(clinician, **options):
    """With the appraiser."""
    return preparing.send(appraisal=placed(clinician, **options), by=clinician.user)


def hold(row, *, days=0, objectives=1):
    """The meeting took place so many days ago, and all is written up but the signature."""
    by, day = row.appraiser, timezone.localtime() - datetime.timedelta(days=days)
    conducting.set_meeting(appraisal=row, at=day, place="Room 4", by=by)
    for number in range(objectives):
        text, measure = f"Lead the falls review {number}", "Falls are down by a third."
        conducting.add_objective(appraisal=row, text=text, measure=measure, by_date=in_days(200), by=by)
    outcome = Outcome.COMPLETED_WITH_ACTIONS
    conducting.write_summary(appraisal=row, summary="We spoke of the falls work.", outcome=outcome, by=by)
    row.refresh_from_db()
    return row


def signed(clinician, *, days=0, **options):
    """Signed by the appraiser."""
    row = hold(sent(clinician, **options), days=days)
    return conducting.sign(appraisal=row, by=row.appraiser)


def done(clinician, *, days=330, last_done=700, **options):
    """Signed by both, the meeting so many days ago; the next one is open, and in its window by default."""
    row = signed(clinician, days=days, last_done=last_done, **options)
    return preparing.sign(appraisal=row, by=clinician.user)
