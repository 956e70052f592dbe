"""Officers send messages again that could not be delivered: their own organisation's, traced, and never feedback's."""

import pytest

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.notifications import outbox
from registry.notifications.actions import send_again, send_all_again
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from registry.notifications.outbox import MOST_ATTEMPTS
from tests.factories import messages
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def officer(trust):
    return user_with(Role.HR_OFFICER, trust)


def failed(organisation, number=1, **fields):
    """Messages that could not be delivered."""
    rows = messages.waiting(number, organisation=organisation, **fields)
    if organisation is None:
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(organisation=None)
    batch = [outgoing.head for outgoing in outbox.claim(number)]
    outbox.finish(batch[0].taken_by, failed={head.pk: "550 No such person" for head in batch})
    return list(Message.objects.filter(pk__in=[row.pk for row in rows]))


def test_a_failed_message_is_tried_anew_from_the_start(trust, officer, post):
    (row,) = failed(trust)
    Message.objects.update(attempts=MOST_ATTEMPTS)
    send_again(message=row, by=officer)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error, row.finished_at) == ("waiting", 0, "", None)
    assert drain().sent == 1
    event = AuditEvent.objects.get(verb="message.sent_again")
    assert (event.actor_id, event.subject_id, event.organisation_id) == (officer.pk, row.pk, trust.pk)


def test_one_that_is_no_longer_failed_is_refused(trust, officer):
    (row,) = failed(trust)
    send_again(message=row, by=officer)
    with pytest.raises(WrongState, match="on its way again"):
        send_again(message=row, by=officer)


def test_nobody_sends_again_what_is_not_their_organisations(trust, officer):
    elsewhere = OrganisationFactory()
    (theirs,) = failed(elsewhere)
    (own,) = failed(trust, step="second")
    with pytest.raises(NotAllowed):
        send_again(message=theirs, by=officer)
    for role in (Role.CLINICIAN, Role.APPRAISER, Role.FACILITATOR, Role.AUDITOR):
        other = user_with(role, trust if role != Role.AUDITOR else None)
        with pytest.raises(NotAllowed):
            send_again(message=own, by=other)
        with pytest.raises(NotAllowed):
            send_all_again(by=other)
    assert send_all_again(by=officer) == 1
    theirs.refresh_from_db()
    assert theirs.state == "failed"


def test_a_message_of_no_organisation_is_seen_and_sent_by_no_officer(trust, officer):
    (private,) = failed(None)
    for person in (officer, user_with(Role.ADMINISTRATOR)):
        assert not Message.visible_to(person, Permission.MESSAGE_RETRY).exists()
        assert send_all_again(by=person) == 0
        with pytest.raises(NotAllowed):
            send_again(message=private, by=person)


def test_a_message_removed_meanwhile_is_not_there(trust, officer):
    (row,) = failed(trust)
    outbox.withdraw(messages.KIND, [row.about_id])
    with pytest.raises(NotAllowed):
        send_again(message=row, by=officer)
