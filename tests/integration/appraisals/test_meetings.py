"""A meeting that is set, moved or called off is told to both, once for each change, with what their calendars need."""

import datetime

import pytest
from django.utils import timezone
from icalendar import Calendar

from registry.accounts.roles import Role
from registry.appraisals.actions import assigning, conducting, obligations
from registry.kernel.clock import today
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories.appraisals import sent
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db

AT = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0) + datetime.timedelta(days=7)


@pytest.fixture
def two():
    """A nurse, their appraiser, and an appraisal that was sent."""
    trust = OrganisationFactory()
    hr, appraiser = user_with(Role.HR_OFFICER, trust), user_with(Role.APPRAISER, trust)
    nurse = clinician_user(trust, appraiser=appraiser)
    return nurse, appraiser, sent(nurse, by=hr), hr


def entry(message):
    """Method and entry of the calendar file that came with a message."""
    (attached,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    file = Calendar.from_ical(attached.get_payload(decode=True))
    return str(file["method"]), file.walk("VEVENT")[0]


def test_both_are_told_where_and_when(two, settings):
    nurse, appraiser, row, _ = two
    conducting.set_meeting(appraisal=row, at=AT, place="Room 4", by=appraiser)
    with smtp_server(settings) as post:
        drain()
    assert {message["To"] for message in post.messages} == {nurse.user.email, appraiser.email}
    for message in post.messages:
        method, event = entry(message)
        assert (method, event["location"], event.decoded("dtstart")) == ("PUBLISH", "Room 4", AT)


def test_a_meeting_moved_before_anybody_was_told_is_told_once(two, settings):
    nurse, appraiser, row, _ = two
    conducting.set_meeting(appraisal=row, at=AT, place="Room 4", by=appraiser)
    conducting.set_meeting(appraisal=row, at=AT, place="Room 5", by=appraiser)
    with smtp_server(settings) as post:
        drain()
    assert sorted(message["To"] for message in post.messages) == sorted([nurse.user.email, appraiser.email])
    assert {str(entry(message)[1]["location"]) for message in post.messages} == {"Room 5"}


def test_a_new_version_of_the_same_entry_says_that_it_is_called_off(two, settings):
    _, appraiser, row, _ = two
    with smtp_server(settings) as post:
        conducting.set_meeting(appraisal=row, at=AT, by=appraiser)
        drain()
        conducting.cancel_meeting(appraisal=row, by=appraiser)
        drain()
    (_, before), (_, after) = entry(post.messages[0]), entry(post.messages[-1])
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]
    assert "called off" in post.messages[-1]["Subject"]
    row.refresh_from_db()
    assert after.decoded("dtstart") == row.due_on


def test_the_entry_of_a_cancelled_appraisal_is_taken_out_of_both_calendars(two, settings):
    nurse, appraiser, row, hr = two
    with smtp_server(settings) as post:
        conducting.set_meeting(appraisal=row, at=AT, by=appraiser)
        drain()
        post.messages.clear()
        obligations.end(obligation=row.obligation, ended_on=today(), reason="Left the trust.", by=hr)
        drain()
    assert {message["To"] for message in post.messages} == {nurse.user.email, appraiser.email}
    assert [entry(message)[0] for message in post.messages] == ["CANCEL", "CANCEL"]
    assert not any("Left the trust" in str(message) for message in post.messages)


def test_a_new_appraiser_gets_the_entry_and_the_one_before_takes_it_out(two, settings):
    nurse, appraiser, row, hr = two
    other = user_with(Role.APPRAISER, nurse.organisation)
    with smtp_server(settings) as post:
        conducting.set_meeting(appraisal=row, at=AT, place="Room 4", by=appraiser)
        drain()
        before = entry(post.messages[0])[1]
        post.messages.clear()
        assigning.assign_appraiser(seen={row.pk: appraiser.pk}, appraiser=other, reason="", by=hr)
        drain()
    said = {message["To"]: message for message in post.messages}
    assert {to: entry(message)[0] for to, message in said.items()} == {
        nurse.user.email: "PUBLISH",
        other.email: "PUBLISH",
        appraiser.email: "CANCEL",
    }
    farewell = entry(said[appraiser.email])[1]
    assert (farewell["uid"], farewell["status"]) == (before["uid"], "CANCELLED")
    assert farewell["sequence"] > before["sequence"]
    assert said[appraiser.email]["Subject"] == "An appraisal meeting is not yours any more"
    assert f"/appraising/{row.pk}" not in str(said[appraiser.email])


def test_an_appraiser_who_gets_it_back_is_told_only_that(two, settings):
    nurse, appraiser, row, hr = two
    other = user_with(Role.APPRAISER, nurse.organisation)
    conducting.set_meeting(appraisal=row, at=AT, by=appraiser)
    assigning.assign_appraiser(seen={row.pk: appraiser.pk}, appraiser=other, reason="", by=hr)
    assigning.assign_appraiser(seen={row.pk: other.pk}, appraiser=appraiser, reason="", by=hr)
    with smtp_server(settings) as post:
        drain()
    assert {message["To"]: entry(message)[0] for message in post.messages} == {
        nurse.user.email: "PUBLISH",
        appraiser.email: "PUBLISH",
        other.email: "CANCEL",
    }


def test_nobody_is_told_of_a_new_appraiser_without_a_meeting(two):
    nurse, appraiser, row, hr = two
    other = user_with(Role.APPRAISER, nurse.organisation)
    assigning.assign_appraiser(seen={row.pk: appraiser.pk}, appraiser=other, reason="", by=hr)
    assert not Message.objects.filter(kind="appraisal_meeting").exists()


def test_nobody_is_told_of_an_appraisal_cancelled_before_a_meeting_was_set(two):
    _, _, row, hr = two
    obligations.end(obligation=row.obligation, ended_on=today(), reason="Left.", by=hr)
    assert not Message.objects.filter(kind="appraisal_meeting").exists()
