"""What we rely on of GOV.UK Notify, asked of the fake always, and of the real service where its key is given.

NOTIFY_CONTRACT_KEY (a test key) and NOTIFY_CONTRACT_TEMPLATE (an e-mail template `((subject))`, `((body))`) name it.
"""

import os
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings as ours
from notifications_python_client import authentication

from registry.notifications.channels import Notify, Refused, ServerTrouble
from registry.notifications.kinds import Words
from tests.fakes.notify import notify_service

WORDS = Words(to="simulate-delivered@notifications.service.gov.uk", subject="A subject", text="A text")
REAL = [
    pytest.param(key, id="real", marks=pytest.mark.allow_hosts([urlsplit(ours.NOTIFY_BASE_URL).hostname]))
    for key in [os.environ.get("NOTIFY_CONTRACT_KEY")]
    if key
]


@pytest.fixture(params=[pytest.param(None, id="fake"), *REAL])
def service(request, settings):
    """The settings of one of the two."""
    if request.param is None:
        with notify_service(settings):
            yield settings
        return
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID = request.param, os.environ["NOTIFY_CONTRACT_TEMPLATE"]
    yield settings


def send(words=WORDS):
    out = Notify()
    out.open()
    try:
        out.send(words, uuid.uuid4())
    finally:
        out.close()


def test_a_message_is_taken(service):
    send()


@pytest.mark.parametrize("address", ["nobody", "no body@x.example", "nobody@nowhere"])
def test_what_is_no_address_is_refused_for_good(service, address):
    with pytest.raises(Refused, match="email_address Not a valid email address"):
        send(Words(to=address, subject="A subject", text="A text"))


def test_a_key_with_another_secret_is_our_trouble(service):
    service.NOTIFY_API_KEY = service.NOTIFY_API_KEY[:-36] + str(uuid.uuid4())
    with pytest.raises(ServerTrouble, match="Invalid token"):
        send()


def test_a_key_of_another_service_is_our_trouble(service):
    key = service.NOTIFY_API_KEY
    service.NOTIFY_API_KEY = f"{key[:-73]}{uuid.uuid4()}{key[-37:]}"
    with pytest.raises(ServerTrouble, match="Invalid token: service not found"):
        send()


@pytest.mark.parametrize("template", [str(uuid.uuid4()), "the-reminder"])
def test_a_template_that_is_not_there_is_our_trouble(service, template):
    service.NOTIFY_TEMPLATE_ID = template
    with pytest.raises(ServerTrouble, match="emplate"):
        send()


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_clock_of_ours_that_is_wrong_is_our_trouble(service, minutes, monkeypatch):
    now = authentication.epoch_seconds
    monkeypatch.setattr(authentication, "epoch_seconds", lambda: now() + 60 * minutes)
    with pytest.raises(ServerTrouble, match="clock must be accurate to within 30 seconds"):
        send()
