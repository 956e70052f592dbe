"""What leads are told of pairs and sets at their organisations: whole months, and nothing about a few."""

import pytest

from programmes.actions import learning_sets
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.scope import EVERYTHING, NOTHING, Scope
from registry.session_log.activity import activity
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories import programmes_taking_part as taking
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust(db):
    return OrganisationFactory()


def pairs(trust, count, **said):
    profile = mentoring.offering(user_with(Role.MENTOR, trust), capacity=12)
    for _ in range(count):
        make.logged(make.pair(profile, clinician_user(trust)), **said)


def told(scope, name="Pairs"):
    day = today()
    return next(one for one in activity(scope, year=day.year, month=day.month) if one.name == name)


def at(*organisations):
    return Scope(organisation_ids=frozenset(organisation.pk for organisation in organisations))


def test_pairs_of_an_organisation_are_told_from_five_on(trust):
    pairs(trust, 4)
    assert told(at(trust)).groups is None
    pairs(trust, 3, minutes=30)
    found = told(at(trust))
    assert (found.groups, found.sessions, found.minutes) == (7, 7, 4 * 60 + 3 * 30)
    assert {theme.value: count for theme, count in found.themes.items()} == {"career": 5, "wellbeing": 5}


def test_pairs_of_another_organisation_and_of_nobody_are_not_told(trust):
    pairs(trust, 6)
    assert told(at(OrganisationFactory())).groups is None
    assert told(NOTHING).groups is None
    assert told(EVERYTHING).groups == 6


def test_pair_counts_where_either_of_the_two_works_and_once(trust):
    other = OrganisationFactory()
    profile = mentoring.offering(user_with(Role.MENTOR, trust), capacity=12)
    for _ in range(5):
        make.logged(make.pair(profile, clinician_user(other)))
    assert [told(scope).sessions for scope in (at(trust), at(other), at(trust, other))] == [5, 5, 5]


def test_meetings_of_sets_count_once_they_are_over(trust):
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    cohort = taking.running(trust, by=lead)
    for _ in range(5):
        place = taking.person(cohort)
        members = taking.a_set(cohort, [place, taking.person(cohort)])
        learning_sets.meet(learning_set=members, held_on=today(), minutes=90, themes=["team"], by=place.clinician.user)
        learning_sets.meet(learning_set=members, held_on=make.days_ago(-1), by=place.clinician.user)
    found = told(at(trust), "Action-learning sets")
    assert (found.groups, found.sessions, found.minutes, found.themes) == (5, 5, 450, {})
