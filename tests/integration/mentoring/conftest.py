"""A trust with a nurse and a programme lead, and a second trust beside it."""

import pytest

from registry.accounts.roles import Role
from tests.factories import mentoring, mentoring_relationships
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with


@pytest.fixture
def trust(db):
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture
def elsewhere(db):
    return OrganisationFactory(name="Secret Trust")


@pytest.fixture
def lead(trust):
    return user_with(Role.PROGRAMME_LEAD, trust, name="Lee Lead")


@pytest.fixture
def nurse(trust):
    return clinician_user(trust, given_name="Ada", family_name="Nurse")


@pytest.fixture
def foreign(elsewhere):
    return clinician_user(elsewhere, family_name="Foreign", profession="doctor")


@pytest.fixture
def mentor(trust):
    return user_with(Role.MENTOR, trust, name="Mo Mentor")


@pytest.fixture
def profile(mentor):
    return mentoring.offering(mentor, kinds=["mentor", "manager"], about="Twenty years of wards.")


@pytest.fixture
def proposal(profile, nurse):
    return mentoring_relationships.proposed(profile, mentoring.looking(nurse, aim="Secret wish."))


@pytest.fixture
def pair(profile, nurse):
    return mentoring_relationships.under_way(profile, mentoring.looking(nurse, aim="Secret wish."))
