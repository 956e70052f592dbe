"""Which board posts a clinician may develop towards: never a vacancy that their consent does not reach."""

import datetime

import pytest

from registry.accounts.actions import give_consent
from registry.accounts.models import ConsentReach
from registry.boards.actions import vacancies
from registry.boards.targets import offered, posts_in_general
from registry.kernel.clock import today
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def trusts():
    """The clinician's own, one in the same region, and one elsewhere; each has a vacancy open."""
    found = {name: OrganisationFactory(region=code) for name, code in (("own", "Y62"), ("near", "Y62"), ("far", "Y56"))}
    for name, trust in found.items():
        boards.opened(trust, boards.hr_officer(trust), title=f"Chief nurse, {name}", levels={1: (2, 5)})
    return found


def titles(clinician):
    return [target.title for target in offered(clinician.user, clinician) if target.key.startswith("vacancy")]


@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        (None, ["own"]),
        (ConsentReach.OWN_TRUST, ["own"]),
        (ConsentReach.REGION, ["own", "near"]),
        (ConsentReach.NATIONAL, ["own", "near", "far"]),
    ],
)
def test_vacancies_elsewhere_are_offered_only_within_reach_of_consent(trusts, reach, seen):
    nurse = clinician_user(trusts["own"])
    if reach:
        give_consent(user=nurse.user, reach=reach, by=nurse.user)
    assert titles(nurse) == [f"Chief nurse, {name}" for name in seen]


def test_only_vacancies_open_to_candidates_are_offered(trusts, time_machine):
    nurse, officer = clinician_user(trusts["own"]), boards.hr_officer(trusts["own"])
    boards.draft(trusts["own"], officer, title="Still a draft", levels={1: (2, 5)})
    closed = boards.opened(trusts["own"], officer, title="Closed", levels={1: (2, 5)})
    vacancies.close_vacancy(vacancy=closed, reason="Filled by somebody else.", by=officer)
    assert titles(nurse) == ["Chief nurse, own"]
    time_machine.move_to(today() + datetime.timedelta(days=3650))
    assert titles(nurse) == []


def test_posts_in_general_come_after_the_vacancies(trusts):
    nurse = clinician_user(trusts["own"])
    assert list(offered(nurse.user, nurse))[1:] == list(posts_in_general())


def test_target_is_the_person_specification_as_it_stands(trusts):
    nurse = clinician_user(trusts["own"])
    (target,) = [one for one in offered(nurse.user, nurse) if one.key.startswith("vacancy")]
    assert (target.organisation, target.framework, target.version) == (str(trusts["own"]), "TLF", "2011")
    assert (target.levels, target.weights) == ({"1": 2}, {"1": 5})


def test_vacancy_that_asks_for_no_level_is_nothing_to_measure_against(trusts):
    boards.opened(trusts["own"], boards.hr_officer(trusts["own"]), title="Asks for nothing")
    assert titles(clinician_user(trusts["own"])) == ["Chief nurse, own"]
