"""Overdue: who, since when, and what has been done about it; for own people only, and never what was said."""

import csv
import io
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from registry.accounts.roles import Role
from registry.appraisals.models import AppraisalTransition
from registry.appraisals.officers.contact import what
from registry.audit.models import ReadEvent
from registry.nhsuk.dates import long_date
from registry.notifications.states import MessageState
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import connection, in_days, message, postponement
from tests.factories.people import UserFactory, clinician_user, user_with

pytestmark = pytest.mark.django_db
PAGE = "/appraisals/organisation/overdue"
EXPORT = "/exports/overdue.csv"


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def late(nurse, rule):
    return appraisal(nurse, rule=rule, due_on=in_days(-21), summary="Secret words", outcome="")


def test_home_leads_to_the_list_in_one_click(sign_in, hr, late):
    page = sign_in(hr).get("/")
    assert f'href="{PAGE}">Look at overdue appraisals' in page.text


def test_list_says_who_since_when_and_what_was_sent(sign_in, hr, late):
    message(late, "overdue:1", days_ago=14)
    message(late, "overdue:2", days_ago=7, state=MessageState.FAILED, error="550 no such address")
    message(late, "overdue:3", days_ago=0, state=MessageState.WAITING)
    manager = clinician_user(late.clinician.organisation)
    type(late.clinician).objects.filter(pk=late.clinician_id).update(line_manager=manager)
    message(late, "manager", to=f"u{manager.user_id}", days_ago=8)
    shown = text(sign_in(hr).get(PAGE))
    assert "Ada Nurse Nurse, Ward 4" in shown
    assert "21 days" in shown
    assert "Overdue, reminder 2, to the person" in shown
    assert "Not delivered" in shown
    assert "the line manager on" in shown
    assert "Foreign" not in shown
    assert "Secret" not in shown


def test_message_that_went_out_with_another_has_what_became_of_that(sign_in, hr, late):
    head = message(late, "overdue:1", to="u1", state=MessageState.FAILED, error="550")
    message(late, "overdue:2", head=head)
    page = sign_in(hr).get(f"/appraisals/organisation/{late.pk}")
    assert page.text.count("Could not be delivered") == 2
    assert "Sent with another" not in page.text


def test_line_manager_who_was_not_reached_does_not_count_as_told(sign_in, hr, late):
    message(late, "manager", to="u999", state=MessageState.FAILED)
    assert "Nobody yet" in text(sign_in(hr).get(PAGE))


def test_hr_that_was_told_instead_of_somebody_is_called_hr(sign_in, hr, late):
    message(late, "manager", to=f"u{hr.pk}", days_ago=3)
    message(late, "lead:28:appraiser", to=f"u{hr.pk}", days_ago=2)
    shown = text(sign_in(hr).get(PAGE))
    assert "Reminder, 28 days before, to HR" in shown
    assert "HR on" in shown
    assert "the line manager" not in shown


def test_whoever_had_the_part_before_is_not_whoever_has_it_now(sign_in, hr, late):
    before = UserFactory()
    type(late).objects.filter(pk=late.pk).update(appraiser=UserFactory())
    message(late, "overdue:1:appraiser", to=f"u{before.pk}")
    assert "Overdue, reminder 1, to the appraiser at that time" in text(sign_in(hr).get(PAGE))
    type(late).objects.filter(pk=late.pk).update(appraiser=before)
    assert "Overdue, reminder 1, to the appraiser" in text(sign_in(hr).get(PAGE))


def test_person_without_an_account_is_known_by_their_key(sign_in, hr, late):
    late.clinician.user = None
    late.clinician.save()
    message(late, "lead:1")
    assert "Reminder, 1 day before, to the person" in text(sign_in(hr).get(PAGE))


def test_list_shows_who_asks_to_postpone(sign_in, hr, late):
    postponement(late, late.clinician.user)
    assert "Asks to postpone" in text(sign_in(hr).get(PAGE))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Nurse", "Midwife"}),
        ({"q": "nurse"}, {"Nurse"}),
        ({"department": "Ward 4"}, {"Nurse"}),
        ({"department": "-"}, {"Midwife"}),
        ({"profession": "midwife"}, {"Midwife"}),
        ({"appraiser": "-"}, {"Nurse"}),
        ({"cycle": "nonsense"}, {"Nurse", "Midwife"}),
    ],
)
def test_filters_narrow_page_and_file_alike(sign_in, hr, trust, late, rule, asked, found):
    other = clinician_user(trust, family_name="Midwife", profession="midwife")
    appraisal(other, rule=CycleRuleFactory(), due_on=in_days(-5), appraiser=UserFactory())
    client = sign_in(hr)
    page = client.get(PAGE, asked)
    assert {name for name in ("Nurse", "Midwife", "Foreign") if f">Ada {name}<" in page.text} == found
    rows = csv.DictReader(io.StringIO(client.get(EXPORT, asked).content.decode("utf-8-sig")))
    if asked != {"cycle": "nonsense"}:
        assert {row["Last name"] for row in rows} == found


def test_list_is_sorted_by_days_or_by_name(sign_in, hr, trust, late, rule):
    appraisal(clinician_user(trust, family_name="Abel"), rule=rule, due_on=in_days(-2))
    client = sign_in(hr)

    def order(**asked):
        page = client.get(PAGE, asked).text
        return page.index(">Ada Nurse<") < page.index(">Ada Abel<")

    assert order()
    assert not order(order="name")


def test_file_leaves_a_trace_with_each_person_and_keeps_formulas_as_text(sign_in, hr, late):
    late.clinician.department = "=1+1"
    late.clinician.save()
    rows = list(csv.DictReader(io.StringIO(sign_in(hr).get(EXPORT).content.decode("utf-8-sig"))))
    assert [(row["Department or service"], row["Days overdue"]) for row in rows] == [("'=1+1", "21")]
    (event,) = ReadEvent.objects.filter(purpose="overdue appraisals.export")
    assert event.subject_id == late.clinician_id


def test_list_asks_the_same_queries_for_one_and_three_people(sign_in, hr, trust, rule):
    client, counts = sign_in(hr), []
    for times in (1, 2):
        for number in range(times):
            row = appraisal(clinician_user(trust), rule=rule, due_on=in_days(-3 - number), appraiser=UserFactory())
            message(row, "overdue:1")
            message(row, "manager", to="u1")
            postponement(row, hr)
        client.get(PAGE)
        with CaptureQueriesContext(database) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18


def test_page_of_one_shows_every_message_and_step_but_no_words(sign_in, hr, late):
    message(late, "lead:28", days_ago=50)
    message(late, "overdue:1", days_ago=14)
    AppraisalTransition.objects.create(
        appraisal=late, before="ready", after="preparing", by=late.clinician.user, reason="Secret reason"
    )
    shown = text(sign_in(hr).get(f"/appraisals/organisation/{late.pk}"))
    assert "21 days overdue" in shown
    assert shown.index("Overdue, reminder 1") < shown.index("Reminder, 28 days before")
    assert "Being prepared" in shown
    assert "Secret" not in shown


def test_responsible_officer_sees_nobody_here_but_own_doctors_dates(sign_in, trust, late):
    officer = user_with(Role.RESPONSIBLE_OFFICER, trust)
    postponement(late, late.clinician.user, words="Secret reason")
    client = sign_in(officer)
    for address in (PAGE, EXPORT, "/appraisals/organisation/", f"/appraisals/organisation/{late.pk}"):
        assert client.get(address).status_code == 404
    assert client.get("/appraisals/organisation/designated-body").status_code == 200
    assert client.get("/exports/designated-body.csv").status_code == 200
    assert "Nurse" not in client.get("/appraisals/organisation/doctors").text
    row = connection(late.clinician, officer)
    for address in ("doctors", f"doctors/{row.pk}"):
        page = client.get(f"/appraisals/organisation/{address}")
        assert long_date(late.due_on) in page.text
        assert "Secret" not in page.text
        assert "Sickness" not in page.text


@given(st.text(max_size=40))
def test_any_step_has_words(step):
    assert what(step)
