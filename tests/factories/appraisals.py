"""Cycles, who is under them, and their appraisals."""

import datetime

import factory

from registry.appraisals.models import Appraisal, Cycle, CycleRule, Obligation
from registry.appraisals.states import CycleKind
from registry.kernel.clock import today
from tests.factories.people import ClinicianFactory

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
