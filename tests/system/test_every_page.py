"""Every page each role can open: axe finds nothing, the console is silent, nothing is wider than a small phone."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.access import EVERY_PAGE, ROUTES
from tests.factories.world import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Files to download and machine answers; tests/api and the rooms' tests look at them.
NOT_PAGES = {
    "appraisal_calendar:entry",
    "boards:building",
    "calendar_feed",
    "feedback:report_pdf",
    "clinicians:export",
    "dashboard:insight_export",
    "transfers:template",
    "transfers:history_template",
    "transfers:errors",
    "transfers:history_errors",
    "transfers:progress",
    "exports:make",
    "exports:progress",
    "exports:file",
    "outcomes:export",
    "programmes:people_export",
    "api:schema",
    "mentoring:matching",
    "taking_part:certificate",
    "taking_part:export",
}


def seen_alike(route, who):
    """Whether the page was looked at as an HR officer: what nearly everybody sees, and officers' and administrators'."""
    return who != "HR officer" and "HR officer" in route.may and (len(route.may) > 10 or who == "administrator")


@pytest.mark.parametrize("who", EVERY_PAGE)
def test_every_page_of_a_role_is_sound(visitor, who):
    here = world()
    browser = Client()
    browser.force_login(here.people[who])
    guest = visitor()
    guest.page.context.add_cookies(
        [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": guest.address}]
    )
    for name, route in ROUTES.items():
        if route.post or name in NOT_PAGES or who not in route.may:
            continue
        if name != "dashboard:home" and seen_alike(route, who):
            continue
        look_at(guest, reverse(name, args=route.args(here.ours)))


def test_every_public_page_is_sound(visitor):
    here, guest = world(), visitor()
    for name, route in ROUTES.items():
        if route.public and not route.post and name not in NOT_PAGES:
            look_at(guest, reverse(name, args=route.args(here.ours)))


def look_at(guest, path):
    """Open a page on a wide screen, and again on one as narrow as a small phone's: the menu is made for each."""
    for width in (1280, 320):
        guest.page.set_viewport_size({"width": width, "height": 900})
        guest.open(path)
        assert guest.heading(), path
