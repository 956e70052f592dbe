"""A clinician on a phone makes a plan and shares a career conversation; the appraiser answers, and both confirm."""

import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from registry.accounts.roles import Role
from registry.kernel.clock import today
from tests.factories.competency import agreed, framework
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, PostFactory, clinician_user, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def fill_date(visitor, question, day):
    group = visitor.page.get_by_role("group", name=question)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part, exact=True).fill(str(value))


def in_days(days):
    return today() + datetime.timedelta(days=days)


def arrive(visitor, *, javascript, width=1280):
    window = visitor(width=width, javascript=javascript)
    if not javascript:
        window.check = lambda: None  # axe runs in the page
    return window


@pytest.mark.parametrize("javascript", [True, False])
def test_plan_and_conversation_from_first_page_to_record(visitor, javascript):
    call_command("load_frameworks", stdout=StringIO())
    trust = OrganisationFactory(name="Fictional Trust")
    appraiser = with_password(user_with(Role.APPRAISER, trust, name="Asha Pillai", email="appraiser@trust.example"))
    nurse = clinician_user(trust, appraiser=appraiser, given_name="Zoë", family_name="O’Neill")
    with_password(nurse.user)
    PostFactory(clinician=nurse)
    agreed(nurse, framework("LF"), appraiser, level=2)

    # The clinician starts a plan, adds an objective for a gap, and says how the post divides.
    phone = arrive(visitor, width=320, javascript=javascript)
    phone.sign_in(nurse.user.email, PASSWORD)
    phone.open("/leadership/development/")
    phone.click("Start a plan")
    phone.page.get_by_label("Chief nurse").check()
    phone.click("Start the plan")
    assert phone.heading().endswith("Development plan")
    phone.page.get_by_role("link", name="Add an objective for 4.1").click()
    phone.check()
    phone.click("Add the objective")
    assert phone.sees("Say what you want to do.")
    phone.page.get_by_label("What do you want to do?").fill("Lead the falls review")
    phone.page.get_by_label("What would success look like?").fill("Falls are down by a third.")
    phone.page.get_by_label("On the job").check()
    fill_date(phone, "By when?", in_days(90))
    fill_date(phone, "When will you next look", in_days(10))
    phone.click("Add the objective")
    assert phone.heading().endswith("Lead the falls review")
    phone.click("Say how it is going")
    phone.page.get_by_label("I am working on it").check()
    phone.click("Save")
    phone.click("Add a review")
    phone.page.get_by_label("What has changed").fill("Two wards have joined.")
    fill_date(phone, "Next review", in_days(12))
    phone.click("Save the review")
    assert phone.sees("Two wards have joined.")
    phone.open("/leadership/development/")
    phone.page.get_by_role("link", name="Say how it divides").click()
    for name, part in (("Practitioner", "60"), ("Partner", "20"), ("Leader", "10")):
        phone.page.get_by_label(name, exact=True).fill(part)
    fill_date(phone, "Since when?", in_days(-30))
    phone.click("Save the role mix")
    assert phone.sees("these add up to 90")
    phone.page.get_by_label("Leader", exact=True).fill("20")
    phone.click("Save the role mix")
    assert phone.sees("The role mix is saved.")

    # Then prepares a career conversation and shares it.
    phone.open("/leadership/development/")
    phone.click("Prepare a conversation")
    phone.page.get_by_label("What do you contribute now?").fill("I lead the falls work.")
    phone.page.get_by_label("What do you want?").fill("To lead a division.")
    phone.page.get_by_label("Stretch").check()
    phone.click("Save and go on to share it")
    phone.page.get_by_label("Asha Pillai").check()
    phone.click("Share it")
    assert phone.sees("Asha Pillai can now read it.")

    # The appraiser finds it on the home page, reads it and adds a view.
    desk = arrive(visitor, javascript=javascript)
    desk.sign_in("appraiser@trust.example", PASSWORD)
    desk.follow("Zoë O’Neill shared a career conversation with you")
    assert desk.sees("To lead a division.")
    desk.click("Add your view")
    desk.page.get_by_label("Your view").fill("Start with one more ward.")
    desk.click("Save your view")

    # They talk; the clinician writes it up, and both confirm.
    phone.open("/")
    phone.follow("Write up your career conversation with Asha Pillai")
    assert phone.sees("Start with one more ward.")
    phone.click("Write up what came of it")
    fill_date(phone, "When did you talk?", today())
    phone.page.get_by_label("Breadth").check()
    phone.page.get_by_label("What will each of you do?").fill("Zoë takes on a second ward.")
    fill_date(phone, "When will you talk next?", in_days(180))
    phone.click("Save what came of it")
    phone.click("Confirm what came of it")
    desk.open("/")
    desk.follow("Confirm what you and Zoë O’Neill agreed")
    desk.click("Confirm what came of it")
    assert desk.sees("It is recorded.")
    phone.open("/leadership/development/")
    assert phone.page.get_by_role("link", name="career conversation").is_visible()
    assert phone.sees("Breadth")
