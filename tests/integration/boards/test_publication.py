"""What a published list serves: everything included, nobody who has withdrawn, and hashes that verify."""

import json

import pytest
from django.db import DatabaseError, transaction

from registry.accounts.actions import give_consent, withdraw_consent
from registry.accounts.models import ConsentReach
from registry.boards import freezing
from registry.boards.models import PublishedEntry, Shortlist
from registry.boards.publication import etag, published_bytes, published_content
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


def reloaded(shortlist):
    return Shortlist.objects.select_related("vacancy").get(pk=shortlist.pk)


def test_published_content_verifies_and_holds_the_included(trust):
    shortlist = boards.published(trust, people=3, exclude={2})
    content = published_content(reloaded(shortlist))
    assert freezing.verify(content)
    assert [entry["candidate"]["rank"] for entry in content["entries"]] == [1, 3]
    assert content["header"]["counts"] == {
        "considered": 3,
        "eligible": 3,
        "included": 2,
        "excluded": 1,
        "not_eligible": [],
    }


def test_published_totals_are_the_sums_of_the_contributions_shown(trust):
    content = published_content(reloaded(boards.published(trust)))
    for entry in content["entries"]:
        candidate = entry["candidate"]
        assert candidate["total"] == sum(item["points"] for item in candidate["contributions"])
        assert all(item["points"] == item["weight"] * item["figure"] for item in candidate["contributions"])


def test_published_list_verifies_with_the_standard_library_alone(trust):
    served = json.loads(published_bytes(reloaded(boards.published(trust))))

    def canonical(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    hashes = [freezing.sha256(canonical(entry["candidate"])) for entry in served["entries"]]
    assert hashes == [entry["sha256"] for entry in served["entries"]]
    assert freezing.sha256(canonical(served["header"]) + "".join(f"\n{h}" for h in hashes).encode()) == served["sha256"]


def test_withdrawal_after_publication_is_served_as_a_hash_and_the_list_still_verifies(trust):
    shortlist = reloaded(boards.published(trust))
    tag = etag(shortlist)
    gone = shortlist.entries.get(position=1).clinician
    withdraw_consent(user=gone.user, by=gone.user)
    content = published_content(shortlist)
    assert content["entries"][0] == {"withdrawn": True, "sha256": content["entries"][0]["sha256"]}
    assert content["entries"][1]["withdrawn"] is False
    assert freezing.verify(content)
    assert gone.family_name not in json.dumps(content)
    assert etag(shortlist) != tag


def test_consent_narrowed_to_another_trust_after_publication_is_no_longer_served(trust):
    elsewhere = boards.candidate(OrganisationFactory(region="Y56"), levels=(48, 48, 48))
    shortlist = reloaded(boards.published(trust))
    give_consent(user=elsewhere.user, reach=ConsentReach.REGION, by=elsewhere.user)
    content = published_content(shortlist)
    assert [entry["withdrawn"] for entry in content["entries"]] == [True, False, False]
    assert freezing.verify(content)


def test_erased_person_leaves_only_a_hash(trust):
    shortlist = reloaded(boards.published(trust))
    entry = shortlist.entries.get(position=1)
    entry.clinician.delete()
    entry.refresh_from_db()
    assert (entry.clinician_id, entry.facts, entry.contributions) == (None, {}, [])
    assert [decision.reason for decision in entry.decisions.all()] == [""]
    assert PublishedEntry.objects.get(entry=entry).content is None
    assert freezing.verify(published_content(shortlist))


def test_published_list_cannot_be_changed_even_by_sql(trust):
    shortlist = boards.published(trust)
    for change in (
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(sha256="0" * 64),
        lambda: Shortlist.objects.filter(pk=shortlist.pk).update(status="built"),
        lambda: Shortlist.objects.filter(pk=shortlist.pk).delete(),
        lambda: PublishedEntry.objects.filter(shortlist=shortlist).update(content="{}"),
        lambda: PublishedEntry.objects.filter(shortlist=shortlist).update(sha256="0" * 64),
        lambda: PublishedEntry.objects.filter(shortlist=shortlist).delete(),
        lambda: shortlist.entries.update(total=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_etag_and_content_take_a_fixed_number_of_queries(trust, django_assert_num_queries):
    shortlist = reloaded(boards.published(trust, people=3))
    with django_assert_num_queries(1):
        published_content(shortlist)
    with django_assert_num_queries(1):
        etag(shortlist)
