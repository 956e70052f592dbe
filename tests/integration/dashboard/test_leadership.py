"""Agreed levels on the profile and on the own home page: for whom they are meant, and nobody else."""

import pytest

from registry.accounts.roles import Role
from registry.dashboard.pictures import assessments
from tests.factories.competency import agreed, framework, submitted
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse():
    return clinician_user(OrganisationFactory())


@pytest.fixture
def assessment(nurse):
    return agreed(nurse, framework())


def test_own_home_page_draws_the_last_agreed_levels(sign_in, nurse, assessment):
    text = sign_in(nurse.user).get("/").text
    assert "<svg" in text
    assert f'href="/leadership/results/{assessment.pk}"' in text
    assert "See where you stand" not in text


def test_profile_links_agreed_levels_for_the_person_and_hr(sign_in, nurse, assessment):
    link = f'href="/leadership/results/{assessment.pk}"'
    assert link in sign_in(nurse.user).get("/people/me").text
    hr = user_with(Role.HR_OFFICER, nurse.organisation)
    assert link in sign_in(hr).get(f"/people/{nurse.pk}").text


def test_colleague_sees_none_of_it(sign_in, nurse, assessment):
    colleague = clinician_user(nurse.organisation)
    grant(colleague.user, Role.APPRAISER, nurse.organisation)
    text = sign_in(colleague.user).get("/").text + sign_in(colleague.user).get("/people/me").text
    assert f"/leadership/results/{assessment.pk}" not in text


def test_appraiser_sees_what_was_sent_to_them_by_framework(sign_in, nurse, assessment):
    colleague = clinician_user(nurse.organisation)
    submitted(colleague, assessment.version, appraiser=assessment.appraiser)
    picture = assessments(assessment.appraiser)
    assert [(bar.label, bar.values) for bar in picture.bars] == [(assessment.version.name, (1, 1))]
    assert picture.title in sign_in(assessment.appraiser).get("/").text
    stranger = user_with(Role.APPRAISER, nurse.organisation)
    assert assessments(stranger).bars == ()
    assert picture.empty in sign_in(stranger).get("/").text


def test_hr_finds_the_way_back_from_a_result_and_the_way_to_expectations(sign_in, nurse, assessment):
    client = sign_in(user_with(Role.HR_OFFICER, nurse.organisation))
    assert f'href="/people/{nurse.pk}"' in client.get(f"/leadership/results/{assessment.pk}").text
    assert 'href="/leadership/expectations/"' in client.get("/").text


def test_role_without_a_picture_is_shown_to_the_frameworks(sign_in, nurse):
    text = sign_in(user_with(Role.MENTOR, nurse.organisation)).get("/").text
    assert "Read the leadership frameworks" in text
