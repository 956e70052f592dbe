"""An appraisal from preparing it on a phone to both signatures, and the next one that opens by itself."""

import pytest

from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal
from registry.kernel.clock import today
from tests.factories.appraisals import done, open_one
from tests.factories.competency import agreed, tiny
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, clinician_user, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def fill_date(visitor, question, day):
    group = visitor.page.get_by_role("group", name=question)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part, exact=True).fill(str(value))


@pytest.mark.parametrize("javascript", [True, False])
def test_appraisal_from_preparing_to_the_next_one(visitor, javascript):
    trust = OrganisationFactory(name="Fictional Trust")
    appraiser = with_password(user_with(Role.APPRAISER, trust, name="Asha Pillai", email="appraiser@trust.example"))
    nurse = clinician_user(trust, appraiser=appraiser, given_name="Zoë", family_name="O’Neill")
    with_password(nurse.user)
    agreed(nurse, tiny(), appraiser)
    over = done(nurse, name="Annual appraisal")
    now = open_one(nurse, over.rule.cycle)

    def arrive(width):
        window = visitor(width=width, javascript=javascript)
        if not javascript:
            window.check = lambda: None  # axe runs in the page
        return window

    # The person finds it on the home page, brings what is asked for, and sends it.
    phone = arrive(320)
    phone.sign_in(nurse.user.email, PASSWORD)
    phone.follow("Prepare: Annual appraisal")
    phone.follow("Continuing professional development")
    phone.page.get_by_label("I have this ready").check()
    phone.page.get_by_label("Where it is, or what is missing").fill("In the blue folder.")
    phone.click("Save")
    assert phone.sees("1 of 2 ready.")
    phone.follow("Your agreed levels and development plan")
    phone.page.get_by_label("Agreed levels").select_option(index=1)
    phone.click("Save")
    phone.follow("Send it to Asha Pillai")
    phone.click("Send it")
    assert phone.sees("Sent to Asha Pillai.")

    # The appraiser reads it, meets, looks back, agrees an objective, writes it up and signs.
    desk = arrive(1280)
    desk.sign_in("appraiser@trust.example", PASSWORD)
    desk.follow("Appraisals to set a meeting for")
    desk.page.get_by_role("link", name="Zoë O’Neill").first.click()
    desk.follow("Read what Zoë O’Neill has prepared")
    assert desk.sees("In the blue folder.")
    desk.follow("Annual appraisal")
    desk.follow("Set the meeting")
    fill_date(desk, "Day", today())
    desk.page.get_by_label("Time").fill("14:30")
    desk.click("Save the meeting")
    desk.follow("Look back at last time’s objectives")
    desk.page.get_by_label("Partly met").check()
    desk.click("Save")
    desk.click("Add an objective")
    desk.page.get_by_label("What was agreed?").fill("Chair the falls group.")
    desk.page.get_by_label("How will you both know that it is met?").fill("The group decides without me.")
    fill_date(desk, "By when?", today().replace(year=today().year + 1, day=1))
    desk.click("Add the objective")
    desk.follow("Write the summary")
    desk.click("Save")
    assert desk.sees("Say what was discussed and agreed.")
    desk.page.get_by_label("What did you discuss and agree?").fill("The falls work goes on.")
    desk.page.get_by_label("Completed, with agreed actions").check()
    desk.click("Save")
    desk.follow("Sign")
    desk.click("Sign")
    assert desk.sees("It now waits for Zoë O’Neill.")

    # The person reads it, returns it once, and signs it when it is right.
    phone.open("/")
    phone.follow("Read and sign: Annual appraisal")
    assert phone.sees("The falls work goes on.")
    phone.follow("Return it to Asha Pillai instead")
    phone.page.get_by_label("What should change?").fill("We agreed on two groups.")
    phone.click("Return it")
    desk.page.reload()
    desk.check()
    assert desk.sees("We agreed on two groups.")
    desk.follow("Sign")
    desk.click("Sign")
    phone.page.reload()
    phone.follow("Read and sign")
    phone.click("Sign")
    assert phone.sees("Annual appraisal is done. The next one is on your list.")
    phone.follow("My appraisals")
    assert phone.sees("Nothing is due now.")
    following = Appraisal.objects.still_open().get()
    assert following.pk != now.pk
    assert following.due_on.year == today().year + 1
