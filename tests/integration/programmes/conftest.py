"""What nearly every test of programmes begins with: a trust, and the lead who runs its programmes."""

import pytest

from registry.accounts.roles import Role
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return user_with(Role.PROGRAMME_LEAD, trust, name="Lena Lead")
