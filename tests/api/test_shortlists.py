"""Clients pull the published lists of their own organisations, and nothing else."""

import base64
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import UserRateThrottle

from registry.accounts.actions import withdraw_consent
from registry.audit.models import ReadEvent
from registry.boards.freezing import verify
from tests.factories.boards import built, candidates, opened, published
from tests.factories.clients import SECRET, bearer, client_of
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/shortlists/"


@pytest.fixture
def trust():
    return OrganisationFactory(name="Our Trust")


@pytest.fixture
def other():
    return OrganisationFactory(name="Another Trust")


@pytest.fixture
def pull(client, trust):
    """Pull an address as a client of our trust."""
    headers = bearer(client_of(trust))
    return lambda path, **more: client.get(path, **headers | more)


def address(shortlist):
    return f"{LIST}{shortlist.reference}/"


def test_client_credentials_are_swapped_for_a_token_that_pulls(client, trust):
    shortlist = published(trust)
    application = client_of(trust)
    basic = base64.b64encode(f"{application.client_id}:{SECRET}".encode()).decode()
    answer = client.post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "scope": "shortlists:read"},
        HTTP_AUTHORIZATION=f"Basic {basic}",
    )
    assert answer.status_code == 200, answer.content
    token = answer.json()["access_token"]
    found = client.get(LIST, HTTP_AUTHORIZATION=f"Bearer {token}").json()["results"]
    assert [row["reference"] for row in found] == [str(shortlist.reference)]


def test_wrong_secret_gets_no_token(client, trust):
    basic = base64.b64encode(f"{client_of(trust).client_id}:guess".encode()).decode()
    answer = client.post("/api/oauth/token", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=f"Basic {basic}")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_list_holds_the_published_lists_of_the_clients_organisations_only(pull, trust, other):
    mine = published(trust)
    published(other)
    built(opened(trust), mine.requested_by)
    (row,) = pull(LIST).json()["results"]
    assert row["reference"] == str(mine.reference)
    assert row["url"].endswith(address(mine))
    assert row["vacancy"]["organisation"] == {"ods_code": trust.ods_code, "name": "Our Trust"}
    assert (row["included"], row["sha256"]) == (2, mine.sha256)


def test_one_list_says_why_for_every_place_and_its_hash_verifies(pull, trust):
    shortlist = published(trust, people=3, exclude={2})
    content = pull(address(shortlist)).json()
    assert verify(content)
    people = [entry["candidate"] for entry in content["entries"]]
    assert len(people) == 2
    for person in people:
        assert person["total"] == sum(part["points"] for part in person["contributions"])
        assert person["decision"]["reason"] == "Meets what the post needs"
    assert content["header"]["counts"]["excluded"] == 1


def test_list_says_nothing_that_identifies_beyond_the_post(pull, trust):
    shortlist = published(trust)
    (first, _) = [entry.clinician for entry in candidates(shortlist)]
    text = pull(address(shortlist)).content.decode()
    for secret in (first.user.email, first.staff_number, first.registrations.get().number):
        assert secret not in text


def test_another_organisations_list_looks_like_one_that_does_not_exist(pull, other):
    theirs = pull(address(published(other)))
    nobodys = pull(f"{LIST}00000000-0000-4000-8000-000000000000/")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["detail"] == nobodys.json()["detail"]


def test_list_that_is_not_published_cannot_be_pulled(pull, trust):
    vacancy = opened(trust)
    shortlist = built(vacancy, vacancy.created_by)
    assert pull(address(shortlist)).status_code == 404


def test_withdrawn_candidate_is_no_longer_served_and_the_hash_still_verifies(pull, trust):
    shortlist = published(trust)
    before = pull(address(shortlist))
    leaver = candidates(shortlist)[0].clinician
    withdraw_consent(user=leaver.user, by=leaver.user)

    after = pull(address(shortlist), HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert leaver.name in before.content.decode()
    assert leaver.name not in after.content.decode()
    assert [entry["withdrawn"] for entry in after.json()["entries"]] == [True, False]
    assert after.json()["sha256"] == before.json()["sha256"]
    assert verify(after.json())


@pytest.mark.parametrize("path", ["list", "one"])
def test_unchanged_answer_is_304_without_a_body(pull, trust, path):
    shortlist = published(trust)
    where = LIST if path == "list" else address(shortlist)
    first = pull(where)
    again = pull(where, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    other_version = pull(where, HTTP_IF_NONE_MATCH='"something-else"')
    assert other_version.status_code == 200


def test_every_pull_is_in_the_read_log(pull, trust):
    shortlist = published(trust)
    before = ReadEvent.objects.count()
    pull(LIST)
    pull(address(shortlist))
    rows = ReadEvent.objects.order_by("pk")[before:]
    assert [(row.purpose, row.subject_id, row.via) for row in rows] == [
        ("shortlist listed by API", shortlist.pk, "api"),
        ("shortlist pulled by API", shortlist.pk, "api"),
    ]
    assert {row.organisation_id for row in rows} == {trust.pk}


@pytest.mark.parametrize("path", ["list", "one"])
def test_pull_takes_the_same_queries_for_one_and_for_three(pull, trust, path):
    def count(where):
        with CaptureQueriesContext(connection) as queries:
            assert pull(where).status_code == 200
        return len([q for q in queries if "audit_readevent" not in q["sql"]])

    small, large = published(trust, people=1), published(trust, people=3, title="Medical director")
    if path == "one":
        assert count(address(small)) == count(address(large))
    else:
        one = count(f"{LIST}?page_size=1")
        published(trust, title="Director of nursing")
        assert count(LIST) == one


def test_pages_follow_one_another(pull, trust):
    references = {str(published(trust, people=1, title=f"Post {n}").reference) for n in range(3)}
    seen, where = [], f"{LIST}?page_size=2"
    while where:
        page = pull(where).json()
        seen += [row["reference"] for row in page["results"]]
        where = page["next"]
    assert len(seen) == 3
    assert set(seen) == references


def _problem(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["request_id"] == response["X-Request-ID"]
    assert document.keys() >= {"type", "title", "status", "detail", "instance"}
    return document


def test_no_token_is_a_problem_that_says_how_to_sign_in(client):
    response = client.get(LIST)
    _problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_expired_token_is_refused(client, trust):
    headers = bearer(client_of(trust), lasts=datetime.timedelta(seconds=-1))
    _problem(client.get(LIST, **headers), 401)


def test_unknown_token_is_refused(client):
    _problem(client.get(LIST, HTTP_AUTHORIZATION="Bearer made-up"), 401)


def test_token_of_another_scope_is_refused(client, trust):
    _problem(client.get(LIST, **bearer(client_of(trust), scope="something:else")), 403)


def test_closed_client_is_refused_at_once(client, trust):
    application = client_of(trust)
    headers = bearer(application)
    assert client.get(LIST, **headers).status_code == 200
    application.user.is_active = False
    application.user.save()
    _problem(client.get(LIST, **headers), 401)


def test_client_whose_role_is_revoked_sees_nothing_at_once(client, trust):
    shortlist = published(trust)
    application = client_of(trust)
    headers = bearer(application)
    grant = application.user.role_grants.get()
    grant.revoked_at, grant.revoked_by = shortlist.published_at, shortlist.published_by
    grant.save()
    assert client.get(LIST, **headers).json()["results"] == []
    _problem(client.get(address(shortlist), **headers), 404)


def test_person_signed_in_to_the_pages_is_not_signed_in_to_the_api(sign_in, trust):
    shortlist = published(trust)
    _problem(sign_in(shortlist.published_by).get(LIST), 401)


@pytest.mark.parametrize("path", ["/api/v1/nothing/", f"{LIST}not-a-uuid/", "/api/elsewhere"])
def test_unknown_address_is_a_problem_document(pull, path):
    _problem(pull(path), 404)


def test_what_cannot_be_done_here_is_a_problem_document(client, pull, trust):
    _problem(client.post(LIST, {}, content_type="application/json", **bearer(client_of(trust))), 405)
    _problem(pull(LIST, HTTP_ACCEPT="text/html"), 406)
    _problem(pull(f"{LIST}?cursor=nonsense"), 404)


def test_too_many_requests_are_told_when_to_come_back(pull, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    statuses = [pull(LIST).status_code for _ in range(2)]
    response = pull(LIST)
    _problem(response, 429)
    assert statuses == [200, 200]
    assert int(response["Retry-After"]) > 0
