"""A facilitator, beside the people and the framework most tests of this room start from."""

import pytest

from tests.factories.feedback import facilitator_at


@pytest.fixture
def facilitator(trust):
    return facilitator_at(trust, name="Farah Idris", email="farah@trust.example")
