"""People that most tests of this room start from."""

import pytest

from registry.accounts.roles import Role
from tests.factories.competency import appraiser_at
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust, name="Hana HR")


@pytest.fixture
def appraiser(trust):
    return appraiser_at(trust, name="Grace Appraiser")


@pytest.fixture
def nurse(trust, appraiser):
    return clinician_user(trust, appraiser=appraiser)
