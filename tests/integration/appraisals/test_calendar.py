"""Appraisals in calendars: one entry each, a new version for each move, right on both sides of both clock changes."""

import datetime
import re

import pytest
from django.test import Client
from icalendar import Calendar

from registry.accounts import calendar
from registry.accounts.models import CalendarLink
from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal
from registry.appraisals.states import AppraisalState
from registry.audit.models import AuditEvent
from registry.config.logging import without_keys
from tests.factories.appraisals import appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db

DUE = datetime.date(2027, 3, 31)
PAGE, REVOKE = "/account/calendar", "/account/calendar/revoke"


@pytest.fixture
def one():
    trust = OrganisationFactory()
    return appraisal(clinician_user(trust), due_on=DUE, appraiser=user_with(Role.APPRAISER, trust))


def change(one, **fields):
    Appraisal.objects.filter(pk=one.pk).update(**fields)
    one.refresh_from_db()
    return one


def london(*parts):
    return datetime.datetime(*parts, tzinfo=calendar.LONDON)


def read_back(content):
    file = Calendar.from_ical(content)
    return file, list(file.walk("VEVENT"))


def download(browser, one):
    response = browser.get(f"/appraisals/{one.pk}/calendar.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    file, (event,) = read_back(response.content)
    return file, event


def test_until_a_meeting_is_arranged_the_entry_is_the_last_day(sign_in, one):
    file, event = download(sign_in(one.clinician.user), one)
    assert event.decoded("dtstart") == DUE
    assert event.decoded("dtend") == DUE + datetime.timedelta(days=1)
    assert event["summary"] == "Medical appraisal: due"
    assert (event["transp"], event["status"], file["method"]) == ("TRANSPARENT", "CONFIRMED", "PUBLISH")
    assert event["url"].endswith(f"/appraisals/{one.pk}")


@pytest.mark.parametrize(
    ("meeting", "in_utc"),
    [
        (london(2026, 3, 28, 14), "2026-03-28T14:00:00+00:00"),  # the day before the clocks go forward
        (london(2026, 3, 29, 14), "2026-03-29T13:00:00+00:00"),
        (london(2026, 10, 24, 14), "2026-10-24T13:00:00+00:00"),  # the day before they go back
        (london(2026, 10, 25, 14), "2026-10-25T14:00:00+00:00"),
        (london(2026, 3, 29, 0, 30), "2026-03-29T00:30:00+00:00"),  # over the hour that is left out
        (london(2026, 10, 25, 0, 30), "2026-10-24T23:30:00+00:00"),  # and over the hour that comes twice
    ],
)
def test_a_meeting_is_at_the_same_moment_by_its_own_rules_of_summer_time(sign_in, one, meeting, in_utc):
    change(one, meeting_at=meeting, meeting_place="Room 4")
    file, event = download(sign_in(one.clinician.user), one)
    assert event["dtstart"].params["TZID"] == "Europe/London"
    assert event.decoded("dtstart").astimezone(datetime.UTC).isoformat() == in_utc
    ends = event.decoded("dtend").astimezone(datetime.UTC)
    assert ends - event.decoded("dtstart").astimezone(datetime.UTC) == datetime.timedelta(hours=1)
    (zone,) = file.walk("VTIMEZONE")
    # As a calendar program without a list of zones reads it: from the file alone.
    alone = zone.to_tz(lookup_tzid=False)
    assert meeting.replace(tzinfo=alone).utcoffset() == meeting.utcoffset()
    assert event["location"] == "Room 4"
    assert event["summary"] == "Medical appraisal: meeting"


def test_whatever_moves_it_is_a_new_version_of_the_same_entry(sign_in, one):
    browser, versions = sign_in(one.clinician.user), []
    for fields in (
        {},
        {"due_on": DUE + datetime.timedelta(days=1)},
        {"meeting_at": london(2027, 3, 1, 9)},
        {"meeting_place": "Room 5"},
        {"state": AppraisalState.READY},  # moves nothing
        {"meeting_at": None, "meeting_place": ""},
        {"state": AppraisalState.CANCELLED},
    ):
        change(one, **fields)
        file, event = download(browser, one)
        versions.append((event["uid"], event["sequence"], str(file["method"]), str(event["status"])))
    uid = versions[0][0]
    assert uid.startswith(f"{one.calendar_uid}@")
    assert versions == [(uid, number, "PUBLISH", "CONFIRMED") for number in (0, 1, 2, 3, 3, 4)] + [
        (uid, 5, "CANCEL", "CANCELLED")
    ]


def test_the_appraiser_gets_the_same_entry_with_their_own_page(sign_in, one):
    own = download(sign_in(one.clinician.user), one)[1]
    theirs = download(sign_in(one.appraiser), one)[1]
    assert own["uid"] == theirs["uid"]
    assert theirs["url"].endswith(f"/appraisals/appraisees/{one.pk}")


def make(browser):
    """The path of the address that the page shows once."""
    page = browser.post(PAGE)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    return "/calendar/" + page.text.partition("/calendar/")[2].partition(".ics")[0] + ".ics"


def test_the_feed_says_when_and_not_what(sign_in, one):
    change(one, meeting_at=london(2027, 3, 1, 9), meeting_place="Ward 7")
    other = appraisal(clinician_user(one.clinician.organisation), rule=one.rule, due_on=DUE, appraiser=one.appraiser)
    appraisal(clinician_user(one.clinician.organisation), rule=one.rule, due_on=DUE)  # nobody's here
    path = make(sign_in(one.appraiser))
    response = Client().get(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Referrer-Policy"] == "no-referrer"
    file, events = read_back(response.content)
    assert [(event["summary"], event["uid"].partition("@")[0]) for event in events] == [
        ("Appointment (leadership registry)", str(one.calendar_uid)),
        ("Due date (leadership registry)", str(other.calendar_uid)),
    ]
    for word in (b"ppraisal:", b"Medical", b"Ward 7", one.clinician.family_name.encode()):
        assert word not in response.content
    assert file["method"] == "PUBLISH"


def test_somebody_without_appraisals_has_an_empty_calendar(sign_in):
    path = make(sign_in(clinician_user(OrganisationFactory()).user))
    file, events = read_back(Client().get(path).content)
    assert events == []
    assert (file["version"], str(file["prodid"])) == ("2.0", "-//Clinical leadership registry//EN")


def test_the_feed_takes_as_many_queries_for_many_as_for_one(sign_in, one, django_assert_num_queries):
    path = make(sign_in(one.appraiser))
    for _ in range(3):
        with django_assert_num_queries(5):
            Client().get(path)
        appraisal(clinician_user(one.clinician.organisation), rule=one.rule, due_on=DUE, appraiser=one.appraiser)


def test_an_address_is_shown_once_and_kept_as_a_hash(sign_in, one):
    browser = sign_in(one.appraiser)
    assert "Make an address" in browser.get(PAGE).text
    token = make(browser).removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 43
    assert token not in browser.get(PAGE).text
    assert token not in str(list(CalendarLink.objects.values())) + str(list(AuditEvent.objects.values()))


def test_a_new_address_ends_the_old_one(sign_in, one):
    browser = sign_in(one.appraiser)
    old, new = make(browser), make(browser)
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]


def test_a_revoked_address_and_one_that_never_was_get_the_same_answer(sign_in, one):
    browser = sign_in(one.appraiser)
    path = make(browser)
    assert "End the address" in browser.get(REVOKE).text
    assert Client().get(path).status_code == 200
    assert browser.post(REVOKE).url == PAGE
    answers = [Client().get(address) for address in (path, "/calendar/" + "x" * 43 + ".ics", "/calendar/.ics.ics")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'nonce="[^"]+"', "", answer.text) for answer in answers}) == 1
    assert browser.get(REVOKE).url == PAGE


def test_an_account_that_is_closed_has_no_feed(sign_in, one):
    path = make(sign_in(one.appraiser))
    one.appraiser.is_active = False
    one.appraiser.save()
    assert Client().get(path).status_code == 404


def test_addresses_of_feeds_are_not_in_the_log():
    line = without_keys(None, "", {"event": "Not Found: /calendar/secret.ics", "path": "/account/calendar/revoke"})
    assert line == {"event": "Not Found: /calendar/…", "path": "/account/calendar/revoke"}


@pytest.mark.parametrize("role", [Role.HR_OFFICER, Role.APPRAISER, Role.CLINICIAN])
def test_nobody_else_gets_the_file(sign_in, one, role):
    stranger = user_with(role, one.clinician.organisation)
    grant(stranger, Role.CLINICIAN, one.clinician.organisation) if role != Role.CLINICIAN else None
    assert sign_in(stranger).get(f"/appraisals/{one.pk}/calendar.ics").status_code == 404
