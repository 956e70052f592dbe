"""A mentor logs a session on a small phone's screen with the keyboard alone, and the other one sees that."""

import pytest
from django.test import Client

from mentoring.models import MentoringSession, PlannedSession
from registry.accounts.roles import Role
from registry.kernel.clock import today
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0] : at;
  return label.innerText.trim();
}"""


def arrive(visitor, user, **window):
    """Somebody who is signed in already."""
    browser = Client()
    browser.force_login(user)
    guest = visitor(**window)
    cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": guest.address}
    guest.page.context.add_cookies([cookie])
    return guest


def tab_to(guest, name):
    """Press Tab until what has this label has the focus."""
    for _ in range(80):
        guest.page.keyboard.press("Tab")
        if guest.page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"No Tab leads to {name!r}")


def press(guest, *keys):
    for key in keys:
        guest.page.keyboard.press(key)


@pytest.mark.parametrize("javascript", [True, False])
def test_mentor_logs_a_session_with_the_keyboard_alone(visitor, javascript):
    trust = OrganisationFactory(name="Fictional Trust")
    mentor = user_with(Role.MENTOR, trust, name="Mo Mentor")
    nurse = clinician_user(trust, given_name="Ada", family_name="Nurse")
    make.pair(mentoring.offering(mentor), nurse)
    phone = arrive(visitor, mentor, width=320, javascript=javascript)
    if not javascript:
        phone.check = lambda: None  # axe runs in the page
    phone.open("/mentoring/log")
    assert phone.heading() == "Log a session with Ada Nurse"

    # Day and way to meet are filled in: change the length, choose two themes, write a line, name the next date.
    tab_to(phone, "For how many minutes?")
    press(phone, "Control+a")
    phone.page.keyboard.type("45")
    press(phone, "Tab", "ArrowDown")
    tab_to(phone, "Confidence")
    press(phone, "Space")
    tab_to(phone, "Finance")
    press(phone, "Space")
    tab_to(phone, "Note (optional)")
    phone.page.keyboard.type(make.OWN)
    soon = make.days_ago(-14)
    tab_to(phone, "Day")
    for part in (soon.day, soon.month, soon.year):
        phone.page.keyboard.type(str(part))
        press(phone, "Tab")
    phone.page.keyboard.type("2pm")
    tab_to(phone, "Log the session")
    with phone.page.expect_navigation():
        press(phone, "Enter")
    phone.check()
    assert phone.sees("Your session with Ada Nurse is on the log.")
    row = MentoringSession.objects.get()
    assert (row.held_on, row.minutes, row.medium, row.themes) == (today(), 45, "video", ["confident", "finance"])
    assert row.notes.get().read() == make.OWN
    assert PlannedSession.objects.get().minutes == 45

    # The other one sees the session and not the note.
    other = arrive(visitor, nurse.user, javascript=javascript)
    if not javascript:
        other.check = lambda: None
    other.open("/")
    other.follow("Your next session with Mo Mentor")
    assert other.sees("Confidence, Finance")
    page = other.page.locator("main")
    page.get_by_role("link", name=f"{today().day} {today():%B %Y}").click()
    other.page.wait_for_load_state()
    other.check()
    assert other.heading().endswith(f"{today().day} {today():%B %Y}")
    assert not other.sees(make.OWN)
    assert other.sees("None yet.")


def test_menu_of_a_mentor_leads_to_logging_a_session(visitor):
    trust = OrganisationFactory()
    mentor = user_with(Role.MENTOR, trust)
    make.pair(mentoring.offering(mentor), clinician_user(trust, given_name="Ada", family_name="Nurse"))
    phone = arrive(visitor, mentor)
    phone.open("/")
    phone.follow("Log a session")
    assert phone.heading() == "Log a session with Ada Nurse"
