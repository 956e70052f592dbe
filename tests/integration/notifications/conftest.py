"""A mail server, and a kind of message of the tests' own."""

import pytest

from registry.notifications import kinds
from tests.factories.messages import KIND, SpokenKind
from tests.fakes.smtp import smtp_server


@pytest.fixture
def post(settings):
    settings.EMAIL_TIMEOUT = 0.5
    with smtp_server(settings) as mailbox:
        yield mailbox


@pytest.fixture(autouse=True)
def spoken(monkeypatch):
    kind = SpokenKind()
    monkeypatch.setitem(kinds.KINDS, KIND, kind.kind)
    return kind


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """What a commit would start in the background is started by these tests themselves."""
    monkeypatch.setattr("registry.notifications.tasks.drain.apply_async", lambda **options: None)
