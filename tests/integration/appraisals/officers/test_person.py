"""What one person is under: officers enter the facts dates follow from, and end what no longer holds."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.appraisals.models import Appraisal, Obligation
from tests.factories.appraisals import CycleRuleFactory, days_ago, placed
from tests.factories.officers import in_days
from tests.factories.people import ClinicianFactory

pytestmark = pytest.mark.django_db


def boxes(**days):
    return {f"{name}-{part}": getattr(day, part) for name, day in days.items() for part in ("day", "month", "year")}


def address(person):
    return f"/appraisals/organisation/people/{person.pk}"


def test_every_fact_a_date_hangs_on_can_be_entered_for_one_person(sign_in, hr, nurse):
    shape = {"kind": "birth_month", "window_days": 84, "least_months": 9, "most_months": 15}
    rule, days = CycleRuleFactory(shape=shape), {"started_on": days_ago(3000), "last_done_on": days_ago(300)}
    client = sign_in(hr)
    page = client.get(f"/people/{nurse.pk}")
    assert f'href="{address(nurse)}"' in page.text
    page = client.post(address(nurse), boxes(**days) | {"cycle": rule.cycle_id, "birth_month": "3"}, follow=True)
    assert f"is now under {rule.cycle}." in page.text
    held = Obligation.objects.get(clinician=nurse)
    assert (held.started_on, held.last_done_on, held.birth_month, held.next_due_on) == (*days.values(), 3, None)
    assert Appraisal.objects.get(clinician=nurse).due_on.month == 3


def test_date_of_the_regulator_is_the_first_date(sign_in, hr, nurse):
    rule = CycleRuleFactory(cycle__kind="renewal")
    sent = boxes(started_on=days_ago(3000), next_due_on=in_days(50)) | {"cycle": rule.cycle_id}
    sign_in(hr).post(address(nurse), sent)
    assert Appraisal.objects.get(clinician=nurse).due_on == in_days(50)


@pytest.mark.parametrize("day", [datetime.date(2019, 1, 1), datetime.date.min, datetime.date.max])
def test_date_that_would_be_reminded_of_by_nothing_is_refused_beside_its_field(sign_in, hr, nurse, rule, day):
    page = sign_in(hr).post(address(nurse), boxes(started_on=day) | {"cycle": rule.cycle_id})
    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert ("Enter the day it was last done." in page.text) == (day.year == 2019)
    assert not Obligation.objects.filter(clinician=nurse).exists()


def test_leaver_is_ended_with_a_day_and_a_reason_and_is_overdue_no_more(sign_in, hr, nurse, rule):
    row = placed(nurse, rule=rule, last_done=400, by=hr)
    client = sign_in(hr)
    assert f'href="{address(nurse)}"' in client.get("/appraisals/organisation/overdue").text
    end = f"/appraisals/organisation/people/obligations/{row.obligation_id}/end"
    assert f'href="{end}"' in client.get(address(nurse)).text
    assert "Say why they are no longer under it." in client.post(end, boxes(ended_on=in_days(0))).text
    page = client.post(end, boxes(ended_on=in_days(0)) | {"reason": "Left the trust."}, follow=True)
    assert f"is no longer under {rule.cycle}." in page.text
    assert not Appraisal.objects.overdue(in_days(0)).filter(clinician=nurse).exists()
    assert address(nurse) not in client.get("/appraisals/organisation/overdue").text
    assert "Ended" in client.get(address(nurse)).text


def test_people_of_another_organisation_are_not_there(sign_in, hr, foreign):
    client = sign_in(hr)
    assert client.get(address(foreign.clinician)).status_code == 404
    end = f"/appraisals/organisation/people/obligations/{foreign.obligation_id}/end"
    assert client.get(end).status_code == 404


def test_page_asks_the_same_queries_for_one_and_three_cycles(sign_in, hr, trust):
    client, counts, person = sign_in(hr), [], ClinicianFactory(organisation=trust)
    for times in (1, 2):
        for _ in range(times):
            placed(person, by=hr)
        client.get(address(person))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(person))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
