"""A pair that has gone quiet gets a kind word, in time and not too often."""

import datetime

import pytest

from mentoring import quiet_news, steps, tasks
from mentoring.models import Relationship
from mentoring.states import RelationshipState
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(trust):
    return user_with(Role.MENTOR, trust, name="Mo Mentor", email="mentor@trust.example")


def paired(mentor, nurse, days):
    return make.pair(mentoring.offering(mentor), nurse, days=days)


def in_days(days):
    return today() + datetime.timedelta(days=days)


def messages():
    return list(Message.objects.filter(kind=quiet_news.KIND_NAME).order_by("pk"))


def words():
    return list(quiet_news.compose([Outgoing(one, (one,)) for one in messages()]).values())


@pytest.mark.parametrize(("days", "is_quiet"), [(41, False), (42, True), (400, True)])
def test_pair_is_quiet_six_weeks_after_it_began(mentor, nurse, days, is_quiet):
    paired(mentor, nurse, days)
    assert Relationship.objects.quiet(today()).exists() == is_quiet


def test_session_begins_the_six_weeks_anew(mentor, nurse):
    row = paired(mentor, nurse, 100)
    make.logged(row, held_on=make.days_ago(80))
    make.logged(row, held_on=make.days_ago(41))
    assert not Relationship.objects.quiet(today()).exists()
    (found,) = Relationship.objects.quiet(in_days(1))
    assert found.quiet_since == make.days_ago(41)


def test_pair_with_a_session_to_come_is_not_quiet_until_it_is_over(mentor, nurse):
    row = paired(mentor, nurse, 60)
    make.planned(row, days=7)
    assert not Relationship.objects.quiet(today()).exists()
    assert not Relationship.objects.quiet(in_days(7)).exists()
    assert Relationship.objects.quiet(in_days(8)).exists()


def test_pair_that_has_ended_is_never_quiet(mentor, nurse):
    row = paired(mentor, nurse, 60)
    row.ended_at = row.started_at
    steps.move(row, RelationshipState.ENDED, by=None, also=("ended_at",))
    assert not Relationship.objects.quiet(today()).exists()


def test_each_of_the_two_gets_one_message_and_two_more_six_weeks_apart(mentor, nurse):
    paired(mentor, nurse, 42)
    for days in range(400):
        if days % 42 in (0, 1, 41):
            quiet_news.plan(in_days(days))
    assert len(messages()) == 6
    assert {(one.recipient_id, one.planned_for) for one in messages()} == {
        (user.pk, in_days(days)) for user in (mentor, nurse.user) for days in (0, 42, 84)
    }
    assert {one.organisation_id for one in messages()} == {None}


def test_a_new_quiet_time_is_told_anew(mentor, nurse):
    row = paired(mentor, nurse, 200)
    quiet_news.plan(today())
    make.logged(row, held_on=today())
    quiet_news.plan(in_days(41))
    assert len(messages()) == 2
    quiet_news.plan(in_days(42))
    assert len(messages()) == 4


def test_running_twice_plans_once(mentor, nurse):
    paired(mentor, nurse, 60)
    for _ in range(2):
        tasks.plan_quiet_news()
    assert len(messages()) == 2
    assert {made.to for made in words()} == {mentor.email, nurse.user.email}
    assert all("/mentoring/pairs/" in made.text for made in words())


def test_message_that_a_session_has_overtaken_is_left_out(mentor, nurse):
    row = paired(mentor, nurse, 60)
    quiet_news.plan(today())
    make.planned(row)
    assert words() == []
    row.planned.update(is_next=False)
    assert len(words()) == 2
    make.logged(row)
    assert words() == []


def test_nobody_is_told_who_cannot_mentor_any_more_or_has_no_account(mentor, nurse):
    paired(mentor, nurse, 60)
    quiet_news.plan(today())
    mentor.role_grants.all().delete()
    assert [made.to for made in words()] == [nurse.user.email]
    nurse.user.is_active = False
    nurse.user.save()
    Message.objects.all().delete()
    quiet_news.plan(today())
    assert messages() == []


def test_messages_of_a_pair_are_kept_until_it_has_ended(mentor, nurse):
    row = paired(mentor, nurse, 60)
    assert quiet_news.over([row.pk]) == set()
    row.ended_at = row.started_at
    steps.move(row, RelationshipState.ENDED, by=None, also=("ended_at",))
    assert quiet_news.over([row.pk]) == {row.pk}
