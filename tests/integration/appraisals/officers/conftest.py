"""A trust with an officer, a second trust that is always there, and the rule of a yearly appraisal."""

import pytest

from registry.accounts.roles import Role
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import in_days
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with


@pytest.fixture
def trust():
    return OrganisationFactory(name="Northshire Trust", ods_code="AAA")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust, name="Harriet Officer")


@pytest.fixture
def rule():
    return CycleRuleFactory()


@pytest.fixture(autouse=True)
def foreign(rule):
    """Somebody at another trust who is overdue: on nobody's page here, in nobody's figures."""
    person = clinician_user(OrganisationFactory(name="Secret Trust", ods_code="BBB"), family_name="Foreign")
    return appraisal(person, rule=rule, due_on=in_days(-10))


@pytest.fixture
def nurse(trust):
    return clinician_user(trust, family_name="Nurse", department="Ward 4")
