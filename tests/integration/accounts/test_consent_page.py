"""Consent to be considered for board posts: one's own, dated, withdrawn at once."""

import pytest

from registry.accounts.models import Consent
from registry.accounts.roles import Role
from registry.standing.models import Standing
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db
PAGE, WITHDRAW = "/account/board-posts", "/account/board-posts/withdraw"


@pytest.fixture
def nurse():
    return clinician_user(OrganisationFactory())


def test_consent_is_given_changed_and_kept(sign_in, nurse):
    browser = sign_in(nurse.user)
    assert "You are not being considered" in browser.get(PAGE).text
    for reach in ("trust", "national"):
        assert browser.post(PAGE, {"reach": reach}).url == PAGE
        assert Standing.objects.get(clinician=nurse).consent == reach
    assert [(c.reach, c.withdrawn_at is None) for c in Consent.objects.order_by("pk")] == [
        ("trust", False),
        ("national", True),
    ]
    text = browser.get(PAGE).text
    assert "Anywhere in England" in text
    assert "In force" in text


def test_withdrawal_is_confirmed_and_takes_effect_at_once(sign_in, nurse):
    browser = sign_in(nurse.user)
    browser.post(PAGE, {"reach": "region"})
    assert "Withdraw my consent" in browser.get(WITHDRAW).text
    assert Standing.objects.get(clinician=nurse).consent == "region"
    assert browser.post(WITHDRAW).url == PAGE
    assert Standing.objects.get(clinician=nurse).consent == ""
    assert browser.get(WITHDRAW).url == PAGE


@pytest.mark.parametrize("reach", ["", "world", "trust\0"])
def test_nonsense_is_refused_beside_the_field(sign_in, nurse, reach):
    response = sign_in(nurse.user).post(PAGE, {"reach": reach})
    assert response.status_code == 200
    assert 'href="#id_reach"' in response.text
    assert not Consent.objects.exists()


def test_history_is_ones_own(sign_in, nurse):
    sign_in(nurse.user).post(PAGE, {"reach": "national"})
    colleague = clinician_user(nurse.organisation)
    assert "What you agreed, and when" not in sign_in(colleague.user).get(PAGE).text


@pytest.mark.parametrize("role", [Role.HR_OFFICER, Role.APPRAISER, Role.AUDITOR])
def test_page_does_not_exist_for_who_keeps_no_profile(sign_in, role):
    assert sign_in(user_with(role, OrganisationFactory())).get(PAGE).status_code == 404
