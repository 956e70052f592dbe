"""Messages by GOV.UK Notify: in its template, recognisable, and through its troubles."""

import pytest

from registry.notifications.channels import message_id
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories import messages
from tests.factories.messages import address
from tests.fakes.notify import notify_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def notify(settings):
    with notify_service(settings) as service:
        yield service


def states():
    return list(Message.objects.order_by("pk").values_list("state", "attempts"))


def test_a_message_is_its_subject_and_its_text(notify):
    (row,) = messages.waiting(1)
    assert drain().sent == 1
    (taken,) = notify.messages
    assert taken["email_address"] == address(1)
    assert taken["content"] == {"subject": "About 1", "body": "Part first"}
    assert taken["reference"] == message_id(row.reference)


def test_an_address_that_is_none_fails_and_the_others_go(notify):
    messages.waiting(3)
    notify.answers = [(400, "ValidationError", "email_address Not a valid email address")]
    tally = drain()
    assert (tally.sent, tally.failed) == (2, 1)
    assert Message.objects.get(state="failed").last_error == "email_address Not a valid email address"


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
        (400, "BadRequestError", "Can't send to this recipient when service is in trial mode - see https://x.example"),
        (400, "BadRequestError", "Missing personalisation: body"),
        (403, "AuthError", "Invalid token: API key not found"),
        (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
        (429, "TooManyRequestsError", "Exceeded send limits (250000) for today"),
        (500, "Exception", "Internal server error"),
        (503, "Exception", "Not available"),
    ],
)
def test_trouble_of_the_service_or_with_our_account_counts_for_no_message(notify, status, error, said):
    messages.waiting(3)
    notify.answers = [(status, error, said)] * 2
    assert drain().sent == 0
    assert states() == [("waiting", 0)] * 3
    assert set(Message.objects.values_list("last_error", flat=True)) == {said}


def test_a_service_that_is_away_loses_nothing(settings):
    with notify_service(settings):
        pass
    messages.waiting(2)
    assert drain().sent == 0
    assert states() == [("waiting", 0)] * 2
