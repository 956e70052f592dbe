"""How a post divides between practitioner, partner and leader: three numbers that add up to 100, over time."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.clinicians import actions
from registry.clinicians.models import RoleMix
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PostFactory, RoleMixFactory, clinician_user, user_with

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 1, 8)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def nurse(trust):
    return clinician_user(trust)


@pytest.fixture
def post(nurse):
    return PostFactory(clinician=nurse)


def address(post):
    return reverse("clinicians:role_mix", args=[post.clinician_id, post.pk])


def sent(practitioner=60, partner=25, leader=15, day=DAY):
    date = {"from_date-day": day.day, "from_date-month": day.month, "from_date-year": day.year}
    return {"practitioner": practitioner, "partner": partner, "leader": leader} | date


def save(post, by, day=DAY, parts=(60, 25, 15)):
    names = ("practitioner", "partner", "leader")
    return actions.save_role_mix(post=post, from_date=day, **dict(zip(names, parts, strict=True)), by=by)


def test_clinician_says_how_a_post_divides_and_sees_it_over_time(sign_in, nurse, post):
    browser = sign_in(nurse.user)
    assert browser.post(address(post), sent()).url == address(post)
    browser.post(address(post), sent(40, 30, 30, datetime.date(2025, 1, 6)))
    page = browser.get(address(post)).text
    assert page.index("8 January 2024") < page.index("6 January 2025")
    assert '<rect x="60" width="25" height="10"' in page
    assert '<rect x="85" width="15" height="10"' in page
    assert "Practitioner 40, partner 30, leader 30 (in 100, since 6 January 2025)" in browser.get("/people/me").text
    assert [str(mix) for mix in post.mixes.all()] == [
        "Practitioner 60, partner 25, leader 15",
        "Practitioner 40, partner 30, leader 30",
    ]


def test_same_day_again_replaces_what_was_said(nurse, post):
    save(post, nurse.user)
    save(post, nurse.user, parts=(50, 50, 0))
    assert RoleMix.objects.get().partner == 50


def test_numbers_that_do_not_add_up_say_their_sum_beside_the_field(sign_in, nurse, post):
    page = sign_in(nurse.user).post(address(post), sent(60, 25, 10)).text
    assert page.count("The three numbers must add up to 100; these add up to 95.") == 2  # summary and field
    assert 'href="#id_practitioner"' in page
    assert 'value="25"' in page
    assert not RoleMix.objects.exists()


@pytest.mark.parametrize("wrong", ["", "-1", "101", "50.5", "half", "\0", "9" * 40])
def test_part_that_is_no_whole_number_is_refused_in_words(sign_in, nurse, post, wrong):
    page = sign_in(nurse.user).post(address(post), sent(partner=wrong)).text
    assert "Enter a whole number from 0 to 100." in page


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (datetime.date(2019, 12, 31), "when the post began, or later"),
        (datetime.date(2025, 6, 2), "when the post ended, or earlier"),
    ],
)
def test_day_is_within_the_post(nurse, post, day, message):
    post.ended_on = datetime.date(2025, 6, 1)
    post.save()
    with pytest.raises(Invalid, match=message):
        save(post, nurse.user, day)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        (
            {"started_on": DAY + datetime.timedelta(days=1)},
            "started_on",
            "since 8 January 2024. Remove it first, or enter an earlier date.",
        ),
        (
            {"ended_on": datetime.date(2025, 1, 5)},
            "ended_on",
            "since 6 January 2025. Remove it first, or enter a later date.",
        ),
    ],
)
def test_post_keeps_the_days_of_its_mixes(sign_in, nurse, post, changes, field, message):
    save(post, nurse.user)
    save(post, nurse.user, datetime.date(2025, 1, 6))
    held = {
        name: getattr(post, name) for name in ("title", "organisation_id", "band", "started_on", "ended_on")
    } | changes
    sent = {"title": post.title, "organisation": post.organisation_id, "band": post.band}
    for name in ("started_on", "ended_on"):
        if day := held[name]:
            sent |= {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}
    page = sign_in(nurse.user).post(reverse("clinicians:change_entry", args=[nurse.pk, "posts", post.pk]), sent).text
    assert page.count(message) == 2  # summary and field
    assert f'href="#id_{field}-day"' in page
    post.started_on, post.ended_on = DAY, datetime.date(2025, 1, 6)
    actions.save_entry(entry=post, by=nurse.user)


def test_day_to_come_is_refused(nurse, post):
    with pytest.raises(Invalid, match="today or earlier"):
        save(post, nurse.user, today() + datetime.timedelta(days=1))


@pytest.mark.parametrize("parts", [(60, 25, 10), (101, 0, -1), (0, 0, 0)])
def test_database_keeps_the_sum(post, parts):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleMixFactory(post=post, practitioner=parts[0], partner=parts[1], leader=parts[2])


def test_database_keeps_one_mix_for_a_day(post):
    RoleMixFactory(post=post)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleMixFactory(post=post)


def test_removing_asks_first_and_says_when_it_is_gone(sign_in, nurse, post):
    mix = save(post, nurse.user)
    browser = sign_in(nurse.user)
    there = reverse("clinicians:remove_role_mix", args=[nurse.pk, post.pk, mix.pk])
    assert "Remove this role mix?" in browser.get(there).text
    assert browser.post(there).url == address(post)
    assert browser.post(there).status_code == 404
    with pytest.raises(WrongState):
        actions.remove_role_mix(mix=mix, by=nurse.user)


def test_only_the_person_and_their_employer_say_it(nurse, post, trust):
    save(post, user_with(Role.HR_OFFICER, trust))
    for other in (
        clinician_user(trust).user,
        user_with(Role.APPRAISER, trust),
        user_with(Role.HR_OFFICER, OrganisationFactory()),
    ):
        with pytest.raises(NotAllowed):
            save(post, other)


def test_page_asks_the_same_queries_for_one_and_three_mixes(sign_in, nurse, post):
    browser, counts = sign_in(nurse.user), []
    for days in ([DAY], [datetime.date(2025, 1, 6), datetime.date(2026, 1, 5)]):
        for day in days:
            RoleMixFactory(post=post, from_date=day)
        browser.get(address(post))
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(post))
        counts.append(len(queries))
    assert counts[0] == counts[1]
