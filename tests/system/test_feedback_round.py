"""A whole round of feedback: fifteen colleagues, real e-mails, four people in their browsers, one report and its PDF."""

import datetime
import io
import re

import pytest
from pypdf import PdfReader

from registry.accounts.roles import Role
from registry.competency import tasks
from registry.kernel.clock import today
from registry.standing.models import AgreedLevels
from tests.factories.competency import tiny
from tests.factories.feedback import facilitator_at
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, clinician_user, user_with
from tests.fakes.smtp import smtp_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What each of them answers about listening and deciding (scale 1 to 2), in their group:
#
#   group        listening          mean   deciding
#   manager      1                  1.00   2
#   peers        1 2 2 2 2          1.80   all 2
#   reports      1 1 1 2            1.25   all 2
#   patients     2 2                       too few to be shown, and nobody to join
#   clinical     1 1 2              1.33   all 2
#   all others   19 / 13            1.46   2.00    (the two patients are no part of it)
#   (the spread is told of the five peers alone: of fewer, it would give single answers)
#   own view     2                         1
#   gap          19/13 − 2 = −7/13  −0.54  +1.00
LISTENING = {
    "Line manager": [1],
    "Peers": [1, 2, 2, 2, 2],
    "Direct reports": [1, 1, 1, 2],
    "Patients and lay partners": [2, 2],
    "Clinical colleagues elsewhere": [1, 1, 2],
}
LABELS = {1: "Seldom", 2: "Often"}


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def colleagues():
    """(name, address, group, what they answer about listening)."""
    for group, levels in LISTENING.items():
        for number, level in enumerate(levels, start=1):
            name = f"{group.split()[0]} {number}"
            yield name, f"{name.lower().replace(' ', '.')}@colleagues.example", group, level


def choose(page, question, answer):
    """The answer of this label to the nth question of the page."""
    page.locator("fieldset").nth(question).get_by_label(answer, exact=True).check()


def follow(guest, beginning):
    """The link whose name begins so, for those who hear it alone."""
    guest.page.get_by_role("link", name=beginning).first.click()
    guest.page.wait_for_load_state()
    guest.check()


def test_a_round_runs_from_naming_colleagues_to_a_printed_report(visitor, worker, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    trust = OrganisationFactory(name="Fictional Trust")
    tiny()
    nurse = clinician_user(trust, given_name="Zoë", family_name="O’Neill")
    with_password(nurse.user)
    with_password(facilitator_at(trust, name="Farah Idris", email="farah@trust.example"))
    with_password(user_with(Role.HR_OFFICER, trust, email="hr@trust.example", name="Harriet Rowe"))

    with smtp_server(settings) as post:
        # The person starts a round and names fifteen colleagues.
        person = visitor()
        person.sign_in(nurse.user.email, PASSWORD)
        person.follow("My leadership")
        person.follow("Feedback from colleagues")
        person.click("Start a feedback round")
        person.page.get_by_label("Tiny framework", exact=True).check()
        person.page.get_by_label("Your facilitator").select_option(label="Farah Idris")
        person.click("Start")
        person.click("Add a colleague")
        for name, address, group, _ in colleagues():
            person.page.get_by_label("Their name").fill(name)
            person.page.get_by_label("Their e-mail address").fill(address)
            person.page.get_by_label(group, exact=True).check()
            person.page.get_by_role("button", name="Add, then another").click()
        person.follow("Feedback round")
        assert person.sees("Colleagues, 15 in all")
        assert person.sees("Fewer than 3 people are asked as: Patients and lay partners.")
        person.click("Send the list to your facilitator")

        # The facilitator confirms it, and fifteen real e-mails go out.
        leader = visitor()
        leader.sign_in("farah@trust.example", PASSWORD)
        leader.follow("Feedback rounds to confirm")
        follow(leader, "Open the feedback round of Zoë O’Neill")
        leader.click("Confirm and invite")
        fill_day(leader, today() + datetime.timedelta(days=21))
        leader.click("Send the invitations")
        for _ in range(100):
            if len(post.messages) == 15:
                break
            leader.page.wait_for_timeout(100)
        links = {
            message["To"]: re.search(r"http://\S+/give-feedback/\S+", message.get_content()).group()
            for message in post.messages
        }
        assert len(links) == 15

        # Each answers behind their own link: the first on a phone, the second without JavaScript.
        for number, (name, address, group, level) in enumerate(colleagues()):
            rater = visitor(width=320 if number == 0 else 1280, javascript=number != 1)
            if number != 0:
                rater.check = lambda: None  # every page was looked at with the first
            path = links[address].removeprefix(live_server.url)
            rater.open(path)
            rater.page.get_by_role("link", name="First domain").click()
            choose(rater.page, 0, LABELS[level])
            choose(rater.page, 1, "Often")
            rater.click("Save and continue")
            if group == "Line manager":
                choose(rater.page, 0, "Sometimes")
                rater.click("Save and continue")
            rater.page.get_by_label("What do they do well as a leader?").fill(f"{name} says: calm.")
            rater.click("Save")
            if number == 0:
                rater.open(path)  # they come back later by the same link
            rater.click("Send your answers")
            assert rater.sees("You have sent your answers already.")
            rater.page.context.close()

        # The person answers about themself; nobody can tell how many others have.
        person.open("/")
        person.follow("Answer about yourself for your feedback on the Tiny framework")
        person.follow("First domain")
        choose(person.page, 0, "Often")
        choose(person.page, 1, "Seldom")
        person.click("Save and come back later")
        person.click("Send your answers")
        assert person.sees("Until then nobody sees anything, not even how many have answered.")

        # The facilitator closes the round, reads the report, and releases it after the conversation.
        leader.page.reload()
        leader.click("Close the round now")
        leader.click("Close the round")
        leader.click("Read the report")
        _check_report(leader)
        leader.follow("Feedback to Zoë O’Neill")
        leader.click("Record the conversation and release")
        fill_day(leader, today())
        leader.click("Release the report")

    # The person reads it on a phone and takes the PDF along.
    phone = visitor(width=320)
    phone.sign_in(nurse.user.email, PASSWORD)
    phone.open("/leadership/feedback/")
    follow(phone, "Read the report")
    _check_report(phone)
    with phone.page.expect_download() as download:
        phone.page.get_by_role("link", name="Download this report (PDF)").click()
    document = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert "Listening 2.00 1.00" in text
    assert "1.46 −0.54" in text
    assert "Patients 1 says" not in text
    phone.open("/leadership/timeline/")
    assert phone.sees("Tiny framework: feedback from colleagues")

    # HR sees that it happened, and nothing of it; selection knows nothing.
    hr = visitor()
    hr.sign_in("hr@trust.example", PASSWORD)
    hr.follow("Appraisals")
    hr.follow("Feedback rounds")
    assert hr.sees("Report released")
    hr.open(f"/leadership/timeline/{nurse.pk}")
    assert not hr.sees("feedback from colleagues")
    assert not AgreedLevels.objects.exists()
    tasks.forget_feedback()  # far too early: the report stays as it is
    phone.page.go_back()
    phone.open("/leadership/feedback/")
    follow(phone, "Read the report")
    assert phone.sees("Peers 1 says: calm.")


def _check_report(reader):
    """As worked out by hand above."""
    for sentence in (
        "Line manager: 1 reply",
        "Peers: 5 replies",
        "Direct reports: 4 replies",
        "Clinical colleagues elsewhere: 3 replies",
        "Too few answered to be shown, alone or together: Patients and lay partners.",
        "1.1 Listening: own view 2.00, all others 1.46 (−0.54)",
        "1.2 Deciding: own view 1.00, all others 2.00 (+1.00)",
        "1.80 (1 to 2)",
        "1.25",
        "1.33",
    ):
        assert reader.sees(sentence), sentence
    assert not reader.sees("Patients 1 says")
    assert reader.page.get_by_text("says: calm.").count() == 13


def fill_day(guest, day):
    """The three boxes of a date."""
    for box, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        guest.page.get_by_label(box, exact=True).fill(str(value))
