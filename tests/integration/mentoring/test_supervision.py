"""A coach's log of supervision: theirs alone, but for whether it is up to date."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.actions import supervision
from mentoring.models import MentorProfile, Supervision
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed
from registry.kernel.permissions import Permission as P
from tests.factories import mentoring as make
from tests.factories import mentoring_pairs as pairs
from tests.factories.people import user_with
from tests.races import at_once

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def noted(day=None, **changes):
    day = day or today()
    parts = {"held_on-day": day.day, "held_on-month": day.month, "held_on-year": day.year}
    return {"kind": "super", "minutes": "90"} | parts | changes


def test_noting_and_removing_what_one_did(client, mentor, profile):
    client.force_login(mentor)
    assert client.post(to("supervision"), noted()).status_code == 302
    said = "1 of 2 sessions of supervision, and 0 of 2 of professional development"
    assert said in client.get(to("supervision")).text
    assert said in client.get(to("mine")).text
    client.post(to("remove_supervision", Supervision.objects.get().pk))
    assert not Supervision.objects.exists()


def test_a_year_ago_counts_no_more(client, mentor, profile):
    pairs.supervised(profile, days_ago=365)
    pairs.supervised(profile, "cpd", days_ago=364)
    client.force_login(mentor)
    assert "0 of 2 sessions of supervision, and 1 of 2 of professional" in client.get(to("supervision")).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "rest"}, "Choose what it was from the list."),
        ({"minutes": "4"}, "Enter 5 minutes or more."),
        ({"minutes": "481"}, "Enter 480 minutes or fewer."),
        ({"minutes": "long"}, "Enter a whole number"),
        ({"held_on-year": "2999"}, "today or in the past"),
        ({"held_on-year": "1989"}, "1990 or later"),
        ({"held_on-day": ""}, "Enter a real date"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(client, mentor, profile, changes, said):
    client.force_login(mentor)
    assert said in client.post(to("supervision"), noted(**changes)).text
    assert not Supervision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_taps_note_it_once(mentor, profile):
    def note():
        return supervision.log(profile=profile, held_on=today(), kind="cpd", minutes=60, by=mentor)

    refused = [one for one in at_once(note, note) if isinstance(one, Invalid)]
    assert len(refused) == 1
    assert Supervision.objects.count() == 1


def test_nobody_else_notes_removes_or_reads_it(client, trust, profile, lead):
    row = pairs.supervised(profile)
    other = user_with(Role.MENTOR, trust)
    make.offering(other)
    for user in (lead, other, user_with(Role.ADMINISTRATOR)):
        for act in (
            lambda user=user: supervision.remove(supervision=row, by=user),
            lambda user=user: supervision.log(profile=profile, held_on=today(), kind="cpd", minutes=60, by=user),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert not any(Supervision.visible_to(user, permission).exists() for permission in P)
    client.force_login(other)
    assert client.post(to("remove_supervision", row.pk)).status_code == 404


def test_leads_see_of_coaches_alone_whether_it_is_up_to_date(client, trust, lead):
    done = [("super", 10), ("super", 20), ("cpd", 30), ("cpd", 40)]
    for name, kinds, sessions in (
        ("Cara Coach", ["coach"], done),
        ("Cody Coach", ["coach"], done[:3]),
        ("Mia Mentor", ["mentor"], []),
    ):
        profile = make.offering(user_with(Role.MENTOR, trust, name=name), kinds=kinds)
        for kind, days in sessions:
            pairs.supervised(profile, kind, days_ago=days)
    states = dict(MentorProfile.objects.with_supervision(today()).values_list("user__name", "in_supervision"))
    assert states == {"Cara Coach": True, "Cody Coach": False, "Mia Mentor": False}
    client.force_login(lead)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(to("mentors")).text
    assert (page.count("Up to date"), page.count("Not up to date"), page.count("Not a coach")) == (1, 1, 1)
    assert not any("held_on" in query["sql"].split("FROM")[0] and "COUNT" not in query["sql"] for query in queries)
    assert str((today() - datetime.timedelta(days=10)).year) not in page or "minutes" not in page.lower()
