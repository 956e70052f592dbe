"""Building a list: who is looked at, what is stored, and that the same inputs give the same bytes."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from registry.accounts.actions import withdraw_consent
from registry.boards import scoring
from registry.boards.actions import builds, decisions, vacancies
from registry.boards.building import facts_of_pool
from registry.boards.models import Shortlist, ShortlistEntry
from registry.boards.specification import Specification
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import LeadershipRoleFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def hr(trust):
    return boards.hr_officer(trust)


def listed(shortlist):
    return [entry.clinician for entry in boards.candidates(shortlist)]


def test_pool_is_whoever_consents_for_this_organisation(trust, hr):
    neighbour, far = OrganisationFactory(region="Y62"), OrganisationFactory(region="Y56")
    inside = {
        boards.candidate(trust, consent="trust"),
        boards.candidate(trust, consent="region"),
        boards.candidate(trust, consent="national"),
        boards.candidate(neighbour, consent="region"),
        boards.candidate(neighbour, consent="national"),
        boards.candidate(far, consent="national"),
    }
    for place, reach in ((trust, ""), (neighbour, "trust"), (neighbour, ""), (far, "trust"), (far, "region")):
        boards.candidate(place, consent=reach)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    assert {entry.clinician for entry in shortlist.entries.all()} == inside
    assert shortlist.considered == 6


def test_organisation_without_a_region_reaches_its_own_people_only(hr, trust):
    own, other = boards.candidate(trust, consent="region"), OrganisationFactory(region="Y56")
    boards.candidate(other, consent="region")
    trust.region_links.all().delete()
    other.region_links.all().delete()
    assert listed(boards.built(boards.opened(trust, hr), hr)) == [own]


def test_list_is_in_order_of_the_totals(trust, hr):
    people = [boards.candidate(trust, levels=(level, 24, 24)) for level in (12, 48, 36)]
    shortlist = boards.built(boards.opened(trust, hr), hr)
    assert listed(shortlist) == [people[1], people[2], people[0]]
    assert [entry.total for entry in boards.candidates(shortlist)] == [48 * 5 + 72, 36 * 5 + 72, 12 * 5 + 72]


def test_stored_contributions_sum_to_the_stored_total(trust, hr):
    for level in (0, 17, None):
        boards.candidate(trust, levels=(level, 24, 24))
    asked = {"years_weight": 3, "band_weight": 2, "leading_weight": 1}
    for entry in boards.candidates(boards.built(boards.opened(trust, hr, **asked), hr)):
        assert entry.total == sum(item["points"] for item in entry.contributions)


def test_everybody_else_has_the_criteria_not_met(trust, hr):
    boards.candidate(trust, registered=False, levels=(12, 24, 24))
    shortlist = boards.built(boards.opened(trust, hr, levels={1: (2, 5)}), hr)
    entry = shortlist.entries.get()
    assert (entry.first_failed, entry.position) == ("registration", None)
    assert [(f["criterion"], f["found"]) for f in entry.failures] == [
        ("registration", "No registration on record"),
        ("domain-1", "1.00 out of 4"),
    ]


def test_registration_status_counts(trust, hr):
    fine, limited = boards.candidate(trust), boards.candidate(trust, registered=False)
    RegistrationFactory(clinician=limited, status="conditions")
    from registry.kernel.events import selection_facts_changed

    selection_facts_changed.send(type(limited), clinician_ids=[limited.pk])
    assert listed(boards.built(boards.opened(trust, hr), hr)) == [fine]
    assert set(listed(boards.built(boards.opened(trust, hr, registration="conditions"), hr))) == {fine, limited}


def test_levels_of_another_framework_or_layout_do_not_count(trust, hr):
    same, other, moved = (boards.candidate(trust, levels=None) for _ in range(3))
    framework = boards.FrameworkVersionFactory()
    boards.FrameworkVersionFactory(
        code="TLF", version="2020", effective_from=datetime.date(2020, 1, 1), domains=["Other", "Order"]
    )
    boards.agree(same, (24, 24, 24))
    boards.agree(other, (48, 48, 48), framework="ELSE")
    boards.agree(moved, (48, 48, 48), version="2020")
    facts = {person.key: person.levels[:3] for person in facts_of_pool(trust.pk, framework, today())}
    assert facts == {same.pk: (24, 24, 24), other.pk: (None,) * 3, moved.pk: (None,) * 3}


def test_leadership_is_counted_up_to_the_day_of_the_list(trust):
    person = boards.candidate(trust)
    day = today()
    LeadershipRoleFactory(clinician=person, started_on=day - datetime.timedelta(days=9))
    from registry.kernel.events import selection_facts_changed

    selection_facts_changed.send(type(person), clinician_ids=[person.pk])
    (facts,) = facts_of_pool(trust.pk, None, day)
    assert (facts.leadership_days, facts.leading) == (10, True)
    (later,) = facts_of_pool(trust.pk, None, day + datetime.timedelta(days=5))
    assert later.leadership_days == 15


def test_pool_is_read_in_the_same_queries_however_many_people(trust, django_assert_num_queries):
    framework = boards.FrameworkVersionFactory()
    for people in (1, 3):
        for _ in range(people):
            boards.candidate(trust)
        with django_assert_num_queries(3):
            list(facts_of_pool(trust.pk, framework, today()))


def test_same_inputs_give_the_same_bytes_and_the_same_order(trust, hr):
    for level in (12, 24, 24, 24, 36):
        boards.candidate(trust, levels=(level, 24, 24))
    boards.candidate(trust, registered=False)
    vacancy = boards.opened(trust, hr)
    first, second = boards.built(vacancy, hr), boards.built(vacancy, hr)
    assert first.built_sha256 == second.built_sha256
    assert listed(first) == listed(second)


def test_other_inputs_give_other_bytes(trust, hr):
    person = boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    before = boards.built(vacancy, hr)
    boards.agree(person, (25, 24, 24))
    assert boards.built(vacancy, hr).built_sha256 != before.built_sha256


def test_list_stores_what_it_was_built_from(trust, hr):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr, professions=["nurse"], minimum_years=0, years_weight=2)
    shortlist = boards.built(vacancy, hr)
    asked = Specification.from_plain(shortlist.inputs)
    assert [item.code for item in asked.professions] == ["nurse"]
    assert [(d.name, d.minimum, d.weight) for d in asked.domains] == [
        ("Personal qualities", 0, 5),
        ("Working with others", 0, 3),
        ("Managing services", 0, 0),
    ]
    assert (shortlist.scorer_version, shortlist.as_of) == (scoring.SCORER_VERSION, today())
    assert shortlist.entries.get().facts["levels"][:3] == [24, 24, 24]


def test_withdrawal_while_the_list_is_built_leaves_the_person_out(trust, hr):
    stays, goes = boards.candidate(trust), boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    shortlist = builds.request_build(vacancy=vacancy, by=hr)
    original = builds.scoring.score

    def withdraw_then_score(facts, asked):
        if facts.key == goes.pk:
            withdraw_consent(user=goes.user, by=goes.user)
        return original(facts, asked)

    builds.scoring.score = withdraw_then_score
    try:
        builds.build(shortlist_id=shortlist.pk)
    finally:
        builds.scoring.score = original
    assert [entry.clinician for entry in ShortlistEntry.objects.filter(shortlist=shortlist)] == [stays]


def test_second_delivery_of_a_build_changes_nothing(trust, hr):
    boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    before = list(shortlist.entries.values_list("pk", "reference"))
    builds.build(shortlist_id=shortlist.pk)
    assert list(shortlist.entries.values_list("pk", "reference")) == before


def test_rebuild_replaces_the_list_and_keeps_the_old_one_with_its_decisions(trust, hr):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    old = boards.built(vacancy, hr)
    boards.decide_all(old, hr)
    new = boards.built(vacancy, hr)
    old.refresh_from_db()
    assert (old.status, new.status, new.number) == ("replaced", "built", 2)
    assert boards.candidates(old)[0].outcome == "include"
    assert boards.candidates(new)[0].outcome is None
    with pytest.raises(WrongState):
        boards.decide_all(old, hr)


def test_one_build_at_a_time(trust, hr):
    vacancy = boards.opened(trust, hr)
    builds.request_build(vacancy=vacancy, by=hr)
    with pytest.raises(WrongState):
        builds.request_build(vacancy=vacancy, by=hr)


def test_build_given_up_long_ago_can_be_asked_for_again(trust, hr, time_machine):
    vacancy = boards.opened(trust, hr)
    stuck = builds.request_build(vacancy=vacancy, by=hr)
    time_machine.move_to(timezone.now() + builds.GIVEN_UP_AFTER + datetime.timedelta(minutes=1))
    builds.request_build(vacancy=vacancy, by=hr)
    stuck.refresh_from_db()
    assert (stuck.status, stuck.failure) == ("failed", builds.STOPPED)
    builds.build(shortlist_id=stuck.pk)
    assert not stuck.entries.exists()


def test_build_that_takes_its_worker_down_is_not_tried_for_ever(trust, hr):
    shortlist = builds.request_build(vacancy=boards.opened(trust, hr), by=hr)
    Shortlist.objects.filter(pk=shortlist.pk).update(attempts=builds.ATTEMPTS)
    builds.build(shortlist_id=shortlist.pk)
    shortlist.refresh_from_db()
    assert (shortlist.status, shortlist.failure) == ("failed", builds.STOPPED)


def test_vacancy_closed_while_its_list_is_built_has_no_list(trust, hr):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    shortlist = builds.request_build(vacancy=vacancy, by=hr)
    vacancies.close_vacancy(vacancy=vacancy, reason="The post was withdrawn", by=hr)
    builds.build(shortlist_id=shortlist.pk)
    shortlist.refresh_from_db()
    assert shortlist.status == "failed"
    assert not shortlist.entries.exists()


def test_list_is_not_built_for_a_draft_or_after_publication(trust, hr):
    with pytest.raises(WrongState):
        builds.request_build(vacancy=boards.draft(trust, hr), by=hr)
    shortlist = boards.published(trust, by=hr)
    with pytest.raises(WrongState):
        builds.request_build(vacancy=shortlist.vacancy, by=hr)


def test_database_keeps_a_build_as_it_was(trust, hr):
    boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    for change in (
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(inputs={}),
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(as_of=today() - datetime.timedelta(days=1)),
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(built_sha256="0" * 64),
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(status="published"),
        lambda: shortlist.entries.update(total=9999),
        lambda: shortlist.entries.update(contributions=[]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_failure_while_building_leaves_no_entries_and_a_sentence(trust, hr, monkeypatch):
    from registry.boards import tasks

    boards.candidate(trust)
    shortlist = builds.request_build(vacancy=boards.opened(trust, hr), by=hr)
    monkeypatch.setattr(builds, "built_sha256", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.build_shortlist(shortlist.pk)
    shortlist.refresh_from_db()
    assert (shortlist.status, shortlist.failure) == ("failed", tasks.BROKE)
    assert not shortlist.entries.exists()
    monkeypatch.undo()
    assert boards.built(shortlist.vacancy, hr).status == "built"


def test_unreachable_broker_is_a_failure_with_a_sentence(trust, hr, monkeypatch, django_capture_on_commit_callbacks):
    from kombu.exceptions import OperationalError

    from registry.boards.tasks import build_shortlist

    def refuse(pk):
        raise OperationalError("no broker")

    monkeypatch.setattr(build_shortlist, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        shortlist = builds.request_build(vacancy=boards.opened(trust, hr), by=hr)
    shortlist.refresh_from_db()
    assert (shortlist.status, shortlist.failure) == ("failed", builds.NOT_STARTED)


def test_vacancy_without_a_framework_has_a_list(trust, hr):
    leading, waiting = boards.candidate(trust), boards.candidate(trust, levels=None)
    vacancy = boards.opened(trust, hr, framework=None, leading_weight=2)
    assert set(listed(boards.built(vacancy, hr))) == {leading, waiting}


def test_list_of_nobody_is_built_and_cannot_be_published(trust, hr):
    shortlist = boards.built(boards.opened(trust, hr), hr)
    assert (shortlist.considered, shortlist.eligible) == (0, 0)
    with pytest.raises(WrongState):
        decisions.publish(shortlist=shortlist, by=hr)
