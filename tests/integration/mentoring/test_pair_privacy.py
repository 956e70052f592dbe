"""What two people agree, aim for and write is theirs: no lead, no administrator, no history and no audit has it."""

import pytest
from django.db import connection
from django.urls import reverse

from mentoring.actions import ending
from mentoring.actions.ending import Said
from mentoring.models import Agreement, Evaluation, Goal, Relationship
from mentoring.terms import Point
from registry.accounts.roles import Role
from registry.kernel.permissions import Permission as P
from registry.kernel.scope import EVERYTHING, Scope
from tests.factories import mentoring as make
from tests.factories import mentoring_pairs as pairs
from tests.factories import mentoring_relationships as matched
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db
SECRET = "Secret"
# Where each of the words is kept, and nowhere else.
KEPT_IN = {"mentoring_mentoringrequest", "mentoring_agreement", "mentoring_goal", "mentoring_evaluation"}


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


@pytest.fixture
def full(profile, nurse):
    """A pair with words of every sort."""
    row = matched.under_way(profile, make.looking(nurse, aim="Secret wish."), started_at=pairs.days_ago(100))
    pairs.agreed(row)
    pairs.goal(row)
    type(row.agreement).objects.update(ends_on=pairs.days_ago(0).date())
    for user in (profile.user, nurse.user):
        said = Said(helpful=2, aims_met=2, would_again=False, words="Secret words.")
        ending.evaluate(relationship=Relationship.objects.get(), point=Point.MIDPOINT, said=said, by=user)
    return row


def test_nobody_but_the_two_reads_their_words_whatever_they_may(full, lead, foreign, mentor, nurse, trust):
    others = [lead, foreign.user, *(user_with(role) for role in (Role.ADMINISTRATOR, Role.NATIONAL_LEAD, Role.AUDITOR))]
    others += [user_with(Role.HR_OFFICER, trust), user_with(Role.MENTOR, trust), clinician_user(trust).user]
    for model in (Agreement, Goal, Evaluation):
        for permission in P:
            assert not any(model.visible_to(user, permission).exists() for user in others), (model, permission)
        assert all(model.visible_to(user, P.MENTORING_OFFER).exists() for user in (mentor, nurse.user))
        for scope in (EVERYTHING, Scope(organisation_ids=frozenset({trust.pk}))):
            assert not model.objects.all().within(scope).exists()


def test_a_mentor_whose_role_is_taken_away_reads_nothing_any_more(client, full, mentor):
    mentor.role_grants.all().delete()
    mentor.__dict__.pop("grants", None)
    mentor.__dict__.pop("_scopes", None)
    assert not Agreement.visible_to(mentor, P.MENTORING_OFFER).exists()
    client.force_login(type(mentor).objects.get(pk=mentor.pk))
    assert client.get(to("pair", full.pk)).status_code == 404


def test_leads_see_that_it_is_there_and_nothing_of_it(client, full, lead):
    client.force_login(lead)
    pages = [client.get(to(name)).text for name in ("relationships", "answers", "mentors", "requests")]
    assert "Ada Nurse" in pages[0]
    assert "Mo Mentor" in pages[0]
    assert SECRET not in "".join(pages)
    for name, *more in (("pair",), ("agreement",), ("agree",), ("add_goal",), ("first_meeting",), ("end",)):
        assert client.get(to(name, full.pk, *more)).status_code == 404
    assert client.get(to("relationships") + "?state=active").text.count("Ada Nurse") == 1
    assert "Ada Nurse" not in client.get(to("relationships") + "?state=ended").text


def test_leads_of_elsewhere_do_not_know_that_it_is_there(client, full, elsewhere):
    client.force_login(user_with(Role.PROGRAMME_LEAD, elsewhere))
    assert "Ada Nurse" not in client.get(to("relationships")).text
    assert client.get(to("end_for", full.pk)).status_code == 404


def test_their_words_are_in_their_own_tables_and_in_no_history_or_audit(full):
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS one WHERE one::text LIKE %s', [f"%{SECRET}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    assert found == KEPT_IN


def test_of_what_did_not_come_about_the_wish_is_read_no_more(client, proposal, mentor):
    from mentoring.actions import answering

    client.force_login(mentor)
    assert "Secret wish." in client.get(to("pair", proposal.pk)).text
    answering.decline(relationship=proposal, because="time", by=mentor)
    page = client.get(to("pair", proposal.pk)).text
    assert "did not come about" in page
    assert "Secret wish." not in page
