"""Role × address × object: who may open what, for every address of the service, beside a second trust."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.access import PEOPLE, ROUTES
from tests.factories.world import PRIVATE_WORDS, world


def names(resolver, prefix=""):
    """The full name of every address."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or f"unnamed {pattern.pattern}")
        else:
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(names(get_resolver())) == set(ROUTES)


def answer(client, route, path) -> tuple[int, bytes]:
    """The status of opening the address and what it says; what a POST did is undone."""
    with transaction.atomic():
        response = client.post(path) if route.post else client.get(path)
        transaction.set_rollback(True)
    return response.status_code, b"".join(response) if response.streaming else response.content


def opened(status) -> bool:
    """Whether the address was reached: a page, a download, a redirect onwards, or a refusal of what was sent."""
    return status not in {401, 403, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("person", sorted(PEOPLE))
def test_each_role_opens_exactly_what_it_may(person):
    here, browser, wrong = world(), Client(), []
    assert here.people.keys() == PEOPLE
    browser.force_login(here.people[person])
    for name, route in ROUTES.items():
        for place, may in ((here.ours, route.may), (here.theirs, route.elsewhere)):
            if route.about_nobody and place is here.theirs:
                continue
            status, said = answer(browser, route, reverse(name, args=route.args(place)))
            for words, readers in PRIVATE_WORDS.items():
                if words.encode() in said and (person, name) not in readers:
                    wrong.append(f"{name} says: {words}")
            expected = person in may
            if place is here.theirs and person == "HR officer elsewhere":
                expected = expected or "HR officer" in route.may
            if opened(status) != expected:
                whose = "our" if place is here.ours else "the other trust's"
                wrong.append(f"{name} of {whose} answers {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_visitors_reach_only_what_is_public():
    here, wrong = world(), []
    for name, route in ROUTES.items():
        path = reverse(name, args=route.args(here.ours))
        response = Client().post(path) if route.post else Client().get(path)
        sent_to_sign_in = response.status_code == 302 and response.url.startswith("/account/sign-in?next=")
        refused = response.status_code == 401 if path.startswith("/api/v1/shortlists") else sent_to_sign_in
        if refused == route.public:
            wrong.append(f"{name} answers {response.status_code}")
    assert not wrong, "\n".join(wrong)
