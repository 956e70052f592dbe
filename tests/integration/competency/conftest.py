"""People and frameworks that most tests of this room start from."""

import pytest

from tests.factories.competency import appraiser_at, tiny
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def nurse(trust):
    return clinician_user(trust)


@pytest.fixture
def appraiser(trust):
    return appraiser_at(trust, name="Grace Appraiser")


@pytest.fixture
def nurse_has_the_appraiser(nurse, appraiser):
    nurse.appraiser = appraiser
    nurse.save()


@pytest.fixture
def version():
    return tiny()
