"""Fixtures every test may use."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _clean_cache():
    """Rate limits, throttles and progress live in Redis; one test must not see another's."""
    cache.clear()
    yield


@pytest.fixture
def sign_in(client):
    """A browser's client, signed in as the given user."""

    def _sign_in(user):
        client.force_login(user)
        return client

    return _sign_in
