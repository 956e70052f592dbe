"""Opening many accounts at once: the rules of one, in sets."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.actions import open_accounts
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.kernel.errors import NotAllowed
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return OrganisationFactory()


@pytest.fixture
def officer(here):
    return user_with(Role.HR_OFFICER, here)


def test_open_accounts_keeps_the_account_there_is_whatever_the_case(here, officer):
    there_already = user_with(Role.CLINICIAN, here, email="Ada@trust.example")
    users = open_accounts(
        people=[("ada@TRUST.example", "Ada Other"), ("bea@trust.example", "Bea")],
        role=Role.CLINICIAN,
        organisation=here,
        by=officer,
    )
    assert users["ada@trust.example"] == there_already
    assert User.objects.get(pk=there_already.pk).name == there_already.name
    assert RoleGrant.objects.filter(user=there_already).count() == 1
    assert users["bea@trust.example"].has_usable_password() is False
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("bea@trust.example", True, True)]


def test_open_accounts_grants_nothing_that_is_not_held(here, officer):
    for by, role in (
        (officer, Role.ADMINISTRATOR),
        (clinician_user(here).user, Role.CLINICIAN),
        (user_with(Role.HR_OFFICER, OrganisationFactory()), Role.CLINICIAN),
    ):
        with pytest.raises(NotAllowed):
            open_accounts(people=[("x@trust.example", "X")], role=role, organisation=here, by=by)
    assert not User.objects.filter(email="x@trust.example").exists()


def test_open_accounts_costs_the_same_for_one_and_three(here, officer):
    def queries(*names):
        people = [(f"{name}@trust.example", name) for name in names]
        with CaptureQueriesContext(connection) as found:
            open_accounts(people=people, role=Role.CLINICIAN, organisation=here, by=officer)
        return len(found)

    queries("warm")
    assert queries("a") == queries("b", "c", "d")
