"""A trust with two HR officers and a nurse, and a second trust beside it."""

import pytest

from registry.accounts.roles import Role
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with


@pytest.fixture
def trust(db):
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture
def elsewhere(db):
    return OrganisationFactory(name="Secret Trust")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust, name="Priya HR")


@pytest.fixture
def nurse(trust):
    return clinician_user(trust, given_name="Ada", family_name="Nurse")


@pytest.fixture
def foreign(elsewhere):
    return clinician_user(elsewhere, family_name="Foreign", profession="doctor")


@pytest.fixture
def foreign_hr(elsewhere):
    return user_with(Role.HR_OFFICER, elsewhere, name="Foreign HR")
