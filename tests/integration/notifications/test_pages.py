"""The inbox and the page of what could not be delivered: each sees their own, in words, at a fixed price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.notifications import kinds
from registry.notifications.kinds import Kind
from registry.notifications.models import Message
from registry.notifications.presenters import in_plain_words, needs_now
from registry.notifications.states import Channel
from tests.factories import messages
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def nurse(trust):
    return user_with(Role.CLINICIAN, trust, name="Ada Nurse")


@pytest.fixture
def officer(trust):
    return user_with(Role.HR_OFFICER, trust)


def test_an_inbox_has_ones_own_messages_the_newest_first(sign_in, nurse, officer, trust):
    messages.sent(nurse, trust, about_id=1)
    messages.sent(nurse, trust, about_id=2, channel=Channel.INBOX)
    messages.sent(officer, trust, about_id=3)
    page = sign_in(nurse).get("/messages/").content.decode()
    assert page.index("About 2") < page.index("About 1")
    assert "About 3" not in page


def test_what_waits_is_dropped_or_secret_is_in_no_inbox(sign_in, nurse, trust, monkeypatch):
    monkeypatch.setitem(kinds.KINDS, "secret", Kind("secret", "Secret", lambda batch: {}, in_inbox=False))
    rows = [messages.sent(nurse, trust, about_id=number) for number in range(1, 4)]
    Message.objects.filter(pk=rows[0].pk).update(state="waiting", finished_at=None)
    Message.objects.filter(pk=rows[1].pk).update(state="dropped")
    Message.objects.filter(pk=rows[2].pk).update(kind="secret")
    page = sign_in(nurse).get("/messages/").content.decode()
    assert "You have no messages yet." in page
    assert "unread" not in page
    for row in rows:
        assert sign_in(nurse).get(f"/messages/{row.pk}").status_code == 404


def test_unread_is_said_in_words_and_counted_in_the_header_until_it_is_opened(sign_in, nurse, trust):
    first = messages.sent(nurse, trust, about_id=1)
    messages.sent(nurse, trust, about_id=2)
    browser = sign_in(nurse)
    page = browser.get("/messages/").content.decode()
    assert "Messages (2 unread)" in page
    assert page.count("Unread\n") == 2
    opened = browser.get(f"/messages/{first.pk}").content.decode()
    assert "Messages (1 unread)" in opened
    first.refresh_from_db()
    read_at = first.read_at
    browser.get(f"/messages/{first.pk}")
    first.refresh_from_db()
    assert first.read_at == read_at


def test_a_message_is_read_as_it_would_be_written_today(sign_in, nurse, trust, spoken):
    row = messages.sent(nurse, trust, about_id=7)
    messages.folded(row, step="<second>")
    page = sign_in(nurse).get(f"/messages/{row.pk}").content.decode()
    assert "About 7" in page
    assert "Part first\nPart &lt;second&gt;" in page
    assert 'href="/about/7"' in page
    spoken.unneeded = {7}
    page = sign_in(nurse).get(f"/messages/{row.pk}").content.decode()
    assert "No longer needed: what it was about has been done, or has changed since." in page
    assert "Test message: no longer needed" in sign_in(nurse).get("/messages/").content.decode()


def test_one_that_cannot_be_put_into_words_spoils_no_page(sign_in, nurse, officer, trust, spoken):
    row = messages.sent(nurse, trust, about_id=1)
    messages.sent(nurse, trust, about_id=2)
    messages.failed(trust, about_id=1)
    spoken.breaks = {1}
    page = sign_in(nurse).get("/messages/").content.decode()
    assert "Test message: this message cannot be shown at the moment." in page
    assert "About 2" in page
    assert "cannot be shown at the moment" in sign_in(nurse).get(f"/messages/{row.pk}").content.decode()
    assert "cannot be shown at the moment" in sign_in(officer).get("/messages/failed").content.decode()


def test_what_failed_by_mail_is_in_the_inbox_and_says_so(sign_in, nurse, trust):
    row = messages.sent(nurse, trust)
    Message.objects.update(state="failed")
    page = sign_in(nurse).get(f"/messages/{row.pk}").content.decode()
    assert "We could not deliver this to your e-mail address." in page


def test_officers_see_what_failed_at_their_organisation_and_why(sign_in, officer, nurse, trust):
    messages.failed(trust, about_id=4)
    messages.failed(OrganisationFactory(), about_id=5)
    private = messages.failed(None, about_id=6)
    page = sign_in(officer).get("/messages/failed").content.decode()
    assert messages.address(4) in page
    assert "There is no such mailbox, or it takes nothing from us. Check the address." in page
    assert "Tried once. It said: 550 No such person" in page
    assert messages.address(5) not in page
    assert messages.address(6) not in page
    assert "Messages are delivered at least once." in page
    assert sign_in(nurse).get("/messages/failed").status_code == 404
    assert sign_in(officer).post(f"/messages/failed/{private.pk}/again").status_code == 404


def test_one_and_all_are_sent_again(sign_in, officer, trust):
    rows = [messages.failed(trust, about_id=number) for number in range(1, 4)]
    browser = sign_in(officer)
    page = browser.post(f"/messages/failed/{rows[0].pk}/again", follow=True).content.decode()
    assert "The message goes out again, if it is still needed." in page
    assert browser.post(f"/messages/failed/{rows[0].pk}/again").status_code == 404
    page = browser.post("/messages/failed/again", follow=True).content.decode()
    assert "2 messages go out again, as far as they are still needed." in page
    assert "Every message has been delivered, or is on its way." in page
    assert set(Message.objects.values_list("state", "attempts")) == {("waiting", 0)}
    assert AuditEvent.objects.filter(verb="message.sent_again", organisation_id=trust.pk).count() == 3


def test_an_officers_home_page_counts_what_failed(officer, nurse, trust):
    assert needs_now(officer) == []
    messages.failed(trust, about_id=1)
    messages.failed(None, about_id=2)
    (need,) = needs_now(officer)
    assert (need.text, need.count, need.href) == ("Message could not be delivered", 1, "/messages/failed")
    assert needs_now(nurse) == []


@pytest.mark.parametrize("address", ["/messages/", "/messages/failed"])
def test_lists_hold_their_query_count(sign_in, officer, trust, address):
    counts = []
    for number in (1, 2, 3):
        messages.sent(officer, trust, about_id=number)
        messages.failed(trust, about_id=number)
        browser = sign_in(officer)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        ("550 5.1.1 unknown", "There is no such mailbox, or it takes nothing from us. Check the address."),
        ("554 refused", "The mail server refused the message."),
        ("451 Greylisted", "The mail server asked to try later, each time we tried."),
        ("There is no e-mail address.", "There is no e-mail address."),
    ],
)
def test_what_a_mail_server_said_is_told_in_plain_words(error, meaning):
    assert in_plain_words(error) == meaning
