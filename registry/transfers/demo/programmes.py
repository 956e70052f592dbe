"""Writes the demonstration's catalogue, and cohorts before places are offered: planned, open, closed, cancelled."""

import datetime

from programmes.actions import cohorts
from programmes.catalogue_files import SHIPPED
from programmes.fields import QuotaKind
from programmes.library import load, read_files
from programmes.models import Cohort, Programme
from registry.accounts.models import User
from registry.organisations.models import Organisation


def write(trusts: dict[str, Organisation], users: dict[str, User], day: datetime.date) -> None:
    """Every programme on the shelf, run by the leads of the first trust, and seven cohorts."""
    lead, assessor = users["programmes@ashdale.example"], users["assessor@ashdale.example"]
    catalogue = {
        programme.code: programme for programme, _ in load(read_files([SHIPPED]), organisation=trusts["ZD1"], by=lead)
    }
    planned = _cohort(catalogue["rosalind-franklin"], day, lead, opens=9, closes=50, capacity=24)
    open_ones = [
        _cohort(catalogue["mary-seacole"], day, lead, opens=-10, closes=25, capacity=40),
        _cohort(catalogue["clinical-entrepreneur"], day, lead, opens=-30, closes=6, capacity=12),
        _cohort(catalogue["national-medical-directors-fellows"], day, lead, opens=-3, closes=40, capacity=8),
    ]
    coming = _cohort(catalogue["elizabeth-garrett-anderson"], day, lead, opens=20, closes=60, capacity=48)
    closed = _cohort(catalogue["generation-q"], day, lead, opens=-40, closes=2, capacity=16)
    cancelled = _cohort(catalogue["nye-bevan"], day, lead, opens=-20, closes=30, capacity=20)
    for cohort in (planned, *open_ones, coming, closed):
        cohorts.add_assessor(cohort=cohort, user=assessor, most=40, by=lead)
    for profession, places in (("doctor", 20), ("nurse", 20)):
        cohorts.limit_places(cohort=coming, kind=QuotaKind.PROFESSION, value=profession, places=places, by=lead)
    cohorts.limit_places(cohort=open_ones[0], kind=QuotaKind.REGION, value="Y62", places=30, by=lead)
    for cohort in (*open_ones, coming, closed, cancelled):
        cohorts.open_cohort(cohort=cohort, by=lead)
    cohorts.close_applications(cohort=closed, by=lead)
    reason = "The provider’s contract ends before the last module. We run it again next year."
    cohorts.cancel_cohort(cohort=cancelled, reason=reason, by=lead)


def _cohort(programme: Programme, day: datetime.date, lead: User, *, opens: int, closes: int, capacity: int) -> Cohort:
    """A draft whose days are counted from this day; it starts two months after the last day to apply."""

    def on(days: int) -> datetime.date:
        return day + datetime.timedelta(days=days)

    starts = on(closes + 60)
    values = {
        "name": f"From {starts:%B %Y}",
        "capacity": capacity,
        "opens_on": on(opens),
        "closes_on": on(closes),
        "starts_on": starts,
        "ends_on": starts + datetime.timedelta(weeks=programme.length_weeks),
        "answer_days": 14,
    }
    return cohorts.create_cohort(programme=programme, values=values, by=lead)
