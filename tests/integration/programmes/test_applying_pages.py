"""The pages of applying, as a browser meets them: what is on them, for whom, and in how many queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes.actions import applying, endorsing, settling
from programmes.applicants import presenters
from programmes.fields import GateKind
from programmes.models import Application, Endorsement, Equivalence
from programmes.states import CohortState
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from registry.notifications.delivery import drain
from tests.factories import programmes
from tests.factories.people import clinician_user, grant, user_with
from tests.factories.programmes_applying import answers, applicant, close, scored, send, version
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db

GATES = (GateKind.LEVEL, GateKind.ENDORSEMENT, GateKind.WRITTEN)


@pytest.fixture
def cohort(trust, lead):
    return programmes.cohort(version(trust, lead, *GATES))


def to(name, *args):
    return reverse(f"applying:{name}", args=args)


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def hidden(response):
    return re.search(r'name="seen"[^>]*value="([^"]*)"', response.text).group(1)


def posted(browser, cohort, button, *, words="I led the change.", **more):
    """Fill in the application's form and press this button."""
    given = {applying.field(criterion): words for criterion in applying.criteria(cohort)}
    seen = hidden(browser.get(to("apply", cohort.pk)))
    return browser.post(to("apply", cohort.pk), given | {"seen": seen, button: "yes"} | more)


def test_applying_shows_each_gate_and_where_one_stands(sign_in, trust, cohort):
    page = text(sign_in(applicant(trust, level=23).user).get(to("apply", cohort.pk)))
    assert "1. An agreed leadership level" in page
    assert "is 1.9; at least 2 is needed" in page
    assert "They are asked when you send your application" in page
    assert long_date(cohort.closes_on) in page


def test_draft_is_saved_and_sent_later(sign_in, trust, cohort):
    person = applicant(trust, level=24)
    browser = sign_in(person.user)
    assert posted(browser, cohort, "save", words="").url == to("apply", cohort.pk)
    assert posted(browser, cohort, "save", words="Half a sentence").status_code == 302
    assert "Half a sentence" in browser.get(to("apply", cohort.pk)).text
    row = Application.objects.get()
    assert browser.get(to("application", row.pk)).url == to("apply", cohort.pk)
    assert posted(browser, cohort, "send").url == to("application", row.pk)
    assert browser.get(to("apply", cohort.pk)).url == to("application", row.pk)
    page = text(browser.get(to("application", row.pk)))
    assert "Being considered" in page
    assert row.reference in page
    assert "The line manager has not answered yet." in page


def test_missing_answers_are_each_named_beside_their_field(sign_in, trust, cohort):
    page = posted(sign_in(applicant(trust, level=24).user), cohort, "send", words=" ")
    assert text(page).count("Answer the question about") == 2 * len(applying.criteria(cohort))
    assert not Application.objects.exists()


def test_somebody_ineligible_reads_why_and_keeps_what_they_wrote(sign_in, trust, cohort):
    page = posted(sign_in(applicant(trust, level=12).user), cohort, "send", words="My own words")
    assert "You do not pass this gate yet" in text(page)
    assert "My own words" in page.text
    assert not Application.objects.exists()


@pytest.mark.parametrize("words", ["nul \x00 byte", "x" * 4001])
def test_answer_that_cannot_be_kept_gives_a_message(sign_in, trust, cohort, words):
    assert "There is a problem" in text(posted(sign_in(applicant(trust, level=24).user), cohort, "save", words=words))


def test_page_opened_before_another_window_saved_overwrites_nothing(sign_in, trust, cohort):
    person = applicant(trust, level=24)
    browser = sign_in(person.user)
    seen = hidden(browser.get(to("apply", cohort.pk)))
    applying.save(cohort=cohort, clinician=person, answers=answers(cohort, "Elsewhere"), by=person.user)
    page = posted(browser, cohort, "save", words="Here", seen=seen)
    assert "saved somewhere else" in text(page)
    assert set(Application.objects.get().answers.values_list("text", flat=True)) == {"Elsewhere"}


def test_closed_cohort_says_so_and_takes_nothing(sign_in, trust, cohort):
    browser = sign_in(applicant(trust, level=24).user)
    close(cohort)
    page = browser.get(to("apply", cohort.pk))
    assert "Applications have closed." in text(page)
    assert "Send the application" not in page.text
    assert browser.post(to("apply", cohort.pk), {"send": "yes", "seen": ""}).status_code in (200, 409)
    assert not Application.objects.exists()


def test_second_application_is_refused_with_409(sign_in, trust, cohort):
    person = applicant(trust, level=24)
    send(cohort, person)
    given = {applying.field(criterion): "Again" for criterion in applying.criteria(cohort)}
    assert sign_in(person.user).post(to("apply", cohort.pk), given | {"send": "yes"}).status_code == 409


def test_drafted_cohort_is_nobodys_to_apply_for(sign_in, trust, cohort):
    hidden_one = programmes.cohort(cohort.version, state="draft")
    assert sign_in(applicant(trust).user).get(to("apply", hidden_one.pk)).status_code == 404


def test_applicant_never_sees_single_scores_or_how_far_assessors_are(sign_in, trust, lead):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN))
    person = applicant(trust)
    row = send(cohort, person)
    gate = cohort.version.gates.get()
    scored(row, gate, 7)
    browser = sign_in(person.user)
    assert "The assessors have not finished." in text(browser.get(to("application", row.pk)))
    scored(row, gate, 6)
    before = text(browser.get(to("application", row.pk)))
    assert "The assessors have not finished." in before
    assert "6.5" not in before
    settling.settle(cohort=close(cohort), by=lead)
    after = text(browser.get(to("application", row.pk)))
    assert "6.5 points on average; 4 are needed." in after
    assert "You have passed every gate." in after


def test_person_not_selected_reads_the_reason_and_the_feedback(sign_in, trust, lead, cohort):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    settling.settle(cohort=close(cohort), by=lead)
    Application.objects.update(feedback="Ask your manager sooner.")
    page = text(sign_in(person.user).get(to("application", row.pk)))
    assert "Not selected" in page
    assert "The line manager had not answered in time." in page
    assert "Ask your manager sooner." in page


def test_waiting_list_says_which_number_one_has(sign_in, trust, cohort):
    people = [applicant(trust) for _ in range(3)]
    for rank, person in enumerate(people, start=5):
        row = programmes.application(cohort, person, state="reserve")
        Application.objects.filter(pk=row.pk).update(rank=rank)
    page = text(sign_in(people[1].user).get(to("mine")))
    assert "You are number 2 on the waiting list." in page


def test_withdrawing_asks_first(sign_in, trust, cohort):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    browser = sign_in(person.user)
    assert "You cannot apply for this cohort again" in text(browser.get(to("withdraw", row.pk)))
    assert browser.post(to("withdraw", row.pk), {"reason": ""}).url == to("mine")
    assert "Withdrawn" in text(browser.get(to("mine")))
    assert browser.get(to("withdraw", row.pk)).url == to("application", row.pk)


def test_without_applications_the_page_says_what_will_be_there(sign_in, trust):
    assert "You have not applied for a programme." in text(sign_in(applicant(trust).user).get(to("mine")))


def test_applications_that_are_over_come_in_pages(sign_in, trust, cohort):
    nurse = clinician_user(trust)
    over = [
        programmes.application(programmes.cohort(cohort.version), nurse, state="withdrawn")
        for _ in range(presenters.SHOWN_AT_ONCE + 1)
    ]
    under_way = programmes.application(cohort, nurse)
    client, path = sign_in(nurse.user), reverse("applying:mine")
    first = client.get(path).text
    second = client.get(path, {"after": over[1].pk}).text
    for page, shown, hidden in ((first, over[1], over[0]), (second, over[0], over[1])):
        assert reverse("applying:application", args=[under_way.pk]) in page
        assert reverse("applying:application", args=[shown.pk]) + '"' in page
        assert reverse("applying:application", args=[hidden.pk]) + '"' not in page
    assert f"?after={over[1].pk}" in first


def test_account_without_a_profile_is_told_whom_to_ask(sign_in, trust, cohort):
    browser = sign_in(user_with(Role.CLINICIAN, trust))
    for address in (to("mine"), to("apply", cohort.pk), to("equivalences"), to("ask")):
        assert "We do not have a profile for you yet" in text(browser.get(address))


# --- the line manager ------------------------------------------------------------------------------------------------


def test_manager_finds_who_asks_and_answers_once(sign_in, trust, cohort):
    row = send(cohort, applicant(trust, level=24))
    browser = sign_in(row.endorsement.manager)
    assert str(row.clinician) in text(browser.get(to("endorsements")))
    page = browser.get(to("endorse", row.pk))
    assert "I led the change." not in page.text
    assert "Confirm that the time is protected" in text(browser.post(to("endorse", row.pk), {"endorsed": "yes"}))
    assert "Say why you do not endorse it" in text(browser.post(to("endorse", row.pk), {"endorsed": "no"}))
    assert "Choose yes or no" in text(browser.post(to("endorse", row.pk), {}))
    done = browser.post(to("endorse", row.pk), {"endorsed": "yes", "protected_time": "on"})
    assert done.url == to("endorsements")
    assert "You answered yes, with protected time," in text(browser.get(to("endorse", row.pk)))
    assert browser.post(to("endorse", row.pk), {"endorsed": "no", "reason": "No."}).status_code == 409


def test_applicant_can_ask_the_manager_the_profile_names_now(sign_in, trust, cohort):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    browser = sign_in(person.user)
    assert "instead" not in text(browser.get(to("application", row.pk)))
    person.line_manager = clinician_user(trust, given_name="Rosalind")
    person.save()
    assert f"Ask {person.line_manager} instead" in text(browser.get(to("application", row.pk)))
    assert browser.post(to("ask_manager", row.pk)).url == to("application", row.pk)
    assert Endorsement.objects.get().manager == person.line_manager.user


# --- the leads -------------------------------------------------------------------------------------------------------


def test_lead_sees_the_gates_and_settles_them(sign_in, trust, lead, cohort):
    for _ in range(2):
        send(cohort, applicant(trust, level=24))
    close(cohort)
    browser = sign_in(lead)
    counts = {one.name: one for one in presenters.gate_counts(cohort, lead)}
    assert (counts["An agreed leadership level"].passed, counts["The line manager's endorsement"].ready) == (2, 2)
    assert "Settle the gates" in text(browser.get(to("settle", cohort.pk)))
    assert browser.post(to("settle", cohort.pk)).url == to("settle", cohort.pk)
    assert "2 people are out of the selection" in text(browser.get(to("settle", cohort.pk)))


# --- earlier learning ------------------------------------------------------------------------------------------------


def test_earlier_learning_is_asked_for_decided_and_read(sign_in, trust, lead):
    version(trust, lead)
    person = applicant(trust)
    browser = sign_in(person.user)
    given = {"title": "MBA", "awarded_by": "A university", "year": "2019", "evidence": "Finance.", "tier": "2"}
    given["organisation"] = trust.pk
    assert browser.post(to("ask"), given).url == to("equivalences")
    row = Equivalence.objects.get()
    leads = sign_in(lead)
    assert "Decide" in text(leads.get(to("register")))
    assert "Choose whether it counts" in text(leads.post(to("decide", row.pk), {"reason": "So."}))
    wrong = {"decision": "yes", "reason": "So.", "expires_on-day": "1", "expires_on-month": "1"}
    assert "in the next 20 years" in text(leads.post(to("decide", row.pk), wrong | {"expires_on-year": "2020"}))
    right = wrong | {"expires_on-year": str(today().year + 2)}
    assert leads.post(to("decide", row.pk), right).url == to("register")
    assert "Recognised" in text(sign_in(person.user).get(to("equivalences")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": "19999999999999999999"},
        {"year": "x"},
        {"tier": "9"},
        {"tier": "5"},
        {"organisation": "0"},
        {"title": "a\x00b"},
    ],
)
def test_asking_wrongly_gives_a_message(sign_in, trust, lead, wrong):
    version(trust, lead)
    given = {"title": "MBA", "awarded_by": "A", "year": "2019", "evidence": "F.", "tier": "2", "organisation": trust.pk}
    page = sign_in(applicant(trust).user).post(to("ask"), given | wrong)
    assert "There is a problem" in text(page)
    assert not Equivalence.objects.exists()


def test_register_marks_what_ends_soon_and_what_has_expired(sign_in, trust, lead):
    person = applicant(trust)
    for days in (-1, 0, 90, 91):
        programmes.equivalence(person, trust, decided_by=lead, expires_on=programmes.in_days(days))
    browser = sign_in(lead)
    everything = text(browser.get(to("register"), {"show": "all"}))
    assert (everything.count("Expired"), everything.count("Ends soon")) == (1, 2)
    soon = text(browser.get(to("register"), {"show": "soon"}))
    assert "Ends within 90 days (2)" in soon
    assert "Expired" not in soon
    assert "Nobody waits for a decision" in text(browser.get(to("register"), {"show": "\x00"}))


def test_leads_own_request_is_for_somebody_else(sign_in, trust):
    person = applicant(trust)
    grant(person.user, Role.PROGRAMME_LEAD, trust)
    row = programmes.equivalence(person, trust)
    browser = sign_in(person.user)
    assert "Somebody else decides" in text(browser.get(to("register")))
    assert "somebody else decides" in text(browser.get(to("decide", row.pk)))
    assert browser.post(to("decide", row.pk), {"decision": "no", "reason": "So."}).status_code == 404


# --- needs, messages, queries ----------------------------------------------------------------------------------------


def test_a_cancelled_cohort_asks_nothing_of_its_applicants(sign_in, trust, lead):
    cohort = programmes.cohort(version(trust, lead), state=CohortState.DECIDED)
    row = programmes.application(cohort, applicant(trust), state="offered")
    user = row.clinician.user
    assert len(presenters.needs_of_applicants(user)) == 1
    cohort.state = CohortState.CANCELLED
    cohort.save()
    assert presenters.needs_of_applicants(user) == []
    shown = sign_in(user).get(to("application", row.pk)).text
    assert "This cohort was cancelled." in shown
    assert "Accept or decline" not in shown + sign_in(user).get(to("mine")).text
    assert reverse("selecting:offer", args=[row.pk]) not in shown
    assert sign_in(user).get(reverse("selecting:offer", args=[row.pk])).status_code == 302


def test_needs_name_drafts_offers_endorsements_and_decisions(trust, lead, cohort):
    person = applicant(trust, level=24)
    applying.save(cohort=cohort, clinician=person, answers={}, by=person.user)
    (draft,) = presenters.needs_of_applicants(person.user)
    assert (draft.href, draft.due) == (to("apply", cohort.pk), cohort.closes_on)
    row = send(cohort, person)
    assert presenters.needs_of_applicants(person.user) == []
    (asked,) = presenters.needs_of_managers(row.endorsement.manager)
    assert (asked.count, asked.due, asked.role) == (1, cohort.closes_on, "clinician")
    endorsing.answer(endorsement=row.endorsement, endorsed=False, reason="No.", by=row.endorsement.manager)
    assert presenters.needs_of_managers(row.endorsement.manager) == []
    assert presenters.needs_of_leads(lead) == []
    programmes.equivalence(person, trust)
    assert presenters.needs_of_leads(lead)[0].count == 1


def test_everybody_concerned_is_told_by_e_mail(settings, trust, lead, cohort):
    person = applicant(trust, level=24)
    with smtp_server(settings) as post:
        row = send(cohort, person)
        drain()
        said = {message["To"]: message for message in post.messages}
        assert said.keys() == {person.user.email, row.endorsement.manager.email}
        assert row.reference in said[person.user.email].get_content()
        assert to("endorse", row.pk) in said[row.endorsement.manager.email].get_content()
        post.messages.clear()
        settling.settle(cohort=close(cohort), by=lead)
        drain()
    (result,) = post.messages
    assert result["To"] == person.user.email
    assert "The line manager had not answered in time." in result.get_content()
    assert "appeal" in result.get_content()


def test_manager_who_has_answered_before_the_message_went_out_gets_none(settings, trust, cohort):
    row = send(cohort, applicant(trust, level=24))
    manager = row.endorsement.manager
    endorsing.answer(endorsement=row.endorsement, endorsed=True, protected_time=True, by=manager)
    with smtp_server(settings) as post:
        drain()
    assert [message["To"] for message in post.messages] == [row.clinician.user.email] * 2


@pytest.fixture
def queries(sign_in):
    def count(user, address, **params):
        browser = sign_in(user)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(address, params).status_code == 200
        return len(found)

    return count


def test_lists_hold_their_query_counts(queries, trust, lead, cohort):
    person = applicant(trust, level=24)
    manager = person.line_manager
    cohorts = [cohort, *(programmes.cohort(version(trust, lead, *GATES)) for _ in range(2))]

    def counts():
        return [
            queries(person.user, to("mine")),
            queries(manager.user, to("endorsements")),
            queries(person.user, to("equivalences")),
            queries(lead, to("register"), show="all"),
            queries(lead, to("settle", cohort.pk)),
        ]

    def one(n):
        send(cohorts[n], person)
        other = applicant(trust, level=24)
        other.line_manager = manager
        other.save()
        row = send(cohort, other)
        endorsing.answer(endorsement=row.endorsement, endorsed=True, protected_time=True, by=manager.user)
        send(cohort, applicant(trust, level=24))
        programmes.equivalence(person, trust, decided_by=lead)

    one(0)
    with_one = counts()
    one(1)
    one(2)
    assert counts() == with_one
