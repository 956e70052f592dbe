"""Two people doing it at once, each in a transaction of their own."""

import pytest

from registry.boards.actions import builds, decisions, vacancies
from registry.boards.models import EntryDecision, PublishedEntry, Shortlist
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results):
    return [result for result in results if isinstance(result, Exception)]


@pytest.fixture
def scene(monkeypatch):
    """A trust with two officers and a built list of two candidates; no worker."""
    from registry.boards.tasks import build_shortlist

    monkeypatch.setattr(build_shortlist, "delay", lambda pk: None)
    trust = OrganisationFactory(region="Y62")
    one, two = boards.hr_officer(trust), boards.hr_officer(trust)
    for level in (12, 24):
        boards.candidate(trust, levels=(level, 24, 24))
    return boards.built(boards.opened(trust, one), one), one, two


def test_two_decisions_at_once_leave_one_and_tell_the_other(scene):
    shortlist, one, two = scene
    entry = boards.candidates(shortlist)[0]

    def decide(by, outcome):
        return lambda: decisions.decide(entry=entry, outcome=outcome, reason="A reason in words", seen=None, by=by)

    results = at_once(decide(one, "include"), decide(two, "exclude"))
    assert len(refusals(results)) == 1
    assert EntryDecision.objects.count() == 1


def test_two_publications_at_once_publish_once(scene):
    shortlist, one, two = scene
    boards.decide_all(shortlist, one)
    results = at_once(
        lambda: decisions.publish(shortlist=shortlist, by=one), lambda: decisions.publish(shortlist=shortlist, by=two)
    )
    assert len(refusals(results)) == 1
    assert PublishedEntry.objects.count() == 2


def test_decision_and_publication_at_once_never_publish_something_else_than_decided(scene):
    shortlist, one, two = scene
    boards.decide_all(shortlist, one)
    entry = boards.candidates(shortlist)[0]
    results = at_once(
        lambda: decisions.publish(shortlist=shortlist, by=one),
        lambda: decisions.decide(
            entry=entry, outcome="exclude", reason="A change of mind", seen=entry.decision_id, by=two
        ),
    )
    published = PublishedEntry.objects.filter(entry=entry).exists()
    assert published == (boards.candidates(shortlist)[0].outcome == "include")
    assert len(refusals(results)) == (1 if published else 0)


def test_two_requests_at_once_build_one_list(scene):
    shortlist, one, two = scene
    results = at_once(
        lambda: builds.request_build(vacancy=shortlist.vacancy, by=one),
        lambda: builds.request_build(vacancy=shortlist.vacancy, by=two),
    )
    assert len(refusals(results)) == 1
    assert Shortlist.objects.filter(status="waiting").count() == 1


def test_two_deliveries_at_once_build_one_list(scene):
    shortlist, one, _ = scene
    newer = builds.request_build(vacancy=shortlist.vacancy, by=one)
    results = at_once(lambda: builds.build(shortlist_id=newer.pk), lambda: builds.build(shortlist_id=newer.pk))
    assert refusals(results) == []
    newer.refresh_from_db()
    assert (newer.status, newer.entries.count()) == ("built", 2)


def test_opening_and_specifying_at_once_leave_what_was_opened(scene):
    shortlist, one, two = scene
    vacancy = boards.draft(shortlist.vacancy.organisation, one, years_weight=1)
    results = at_once(
        lambda: vacancies.open_vacancy(vacancy=vacancy, by=one),
        lambda: vacancies.specify(vacancy=vacancy, values={"years_weight": 9}, regions=[], levels={}, by=two),
    )
    vacancy.refresh_from_db()
    vacancy.specification.refresh_from_db()
    assert vacancy.status == "open"
    assert vacancy.specification.years_weight == (1 if refusals(results) else 9)
