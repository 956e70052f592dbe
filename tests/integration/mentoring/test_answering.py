"""Both say yes, or one says no, or nobody answers in time; and nobody learns more than that of the other."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring import needs, pair_news, tasks
from mentoring.actions import answering, register
from mentoring.fields import OfferState, RequestState
from mentoring.models import MentoringRequest, Relationship, RelationshipTransition
from mentoring.states import Decline, RelationshipState
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import mentoring as make
from tests.factories import mentoring_relationships as matched
from tests.factories.people import clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
S = RelationshipState
TOKEN = re.compile(r'(?:value|nonce)="[^"]{20,}"')


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def state(row):
    row.refresh_from_db()
    row.wanted.refresh_from_db()
    return row.state, row.wanted.state


def told():
    return {(one.recipient_id, one.step) for one in Message.objects.filter(kind=pair_news.KIND_NAME)}


def letters():
    """What the messages put down so far say now, by who reads them."""
    rows = list(Message.objects.filter(kind=pair_news.KIND_NAME).order_by("pk"))
    words = pair_news.compose([Outgoing(row, (row,)) for row in rows])
    return {row.recipient_id: words[row.pk] for row in rows if row.pk in words}


# --- yes -------------------------------------------------------------------------------------------------------------


def test_it_begins_once_both_have_said_yes_and_both_are_told(client, proposal, mentor, nurse):
    client.force_login(nurse.user)
    client.post(to("accept", proposal.pk))
    assert state(proposal) == (S.PROPOSED, RequestState.PROPOSED)
    assert told() == set()
    client.force_login(mentor)
    assert "You are matched." in client.post(to("accept", proposal.pk), follow=True).text
    assert state(proposal) == (S.ACTIVE, RequestState.MATCHED)
    assert proposal.started_at is not None
    assert told() == {(mentor.pk, "started"), (nurse.user_id, "started")}
    assert letters()[mentor.pk].subject == "You are matched with Ada Nurse"


def test_the_first_yes_is_not_shown_to_the_other(client, proposal, mentor, nurse):
    client.force_login(nurse.user)
    before = client.get(to("pair", proposal.pk)).text
    answering.accept(relationship=proposal, by=mentor)
    after = client.get(to("pair", proposal.pk)).text
    assert TOKEN.sub("", before) == TOKEN.sub("", after)


def test_a_second_yes_of_the_same_person_changes_nothing(proposal, nurse):
    answering.accept(relationship=proposal, by=nurse.user)
    with pytest.raises(WrongState):
        answering.accept(relationship=proposal, by=nurse.user)
    assert state(proposal) == (S.PROPOSED, RequestState.PROPOSED)


@pytest.mark.django_db(transaction=True)
def test_both_say_yes_at_once(proposal, mentor, nurse):
    def yes(user_id):
        return lambda: answering.accept(relationship=proposal, by=User.objects.get(pk=user_id))

    assert outcome(at_once(yes(mentor.pk), yes(nurse.user_id))) == (2, 0)
    assert state(proposal) == (S.ACTIVE, RequestState.MATCHED)
    assert proposal.transitions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_last_yes_and_a_no_at_once_one_holds(proposal, mentor, nurse):
    answering.accept(relationship=proposal, by=nurse.user)

    def yes():
        return answering.accept(relationship=proposal, by=User.objects.get(pk=mentor.pk))

    def no():
        return answering.decline(relationship=proposal, because="fit", by=User.objects.get(pk=nurse.user_id))

    assert outcome(at_once(yes, no)) == (1, 1)
    assert state(proposal) in ((S.ACTIVE, RequestState.MATCHED), (S.DECLINED, RequestState.OPEN))
    assert proposal.transitions.count() == 1


# --- no --------------------------------------------------------------------------------------------------------------


def test_a_no_brings_the_request_back_and_tells_the_other_only_that_it_did_not_come_about(
    client, proposal, mentor, nurse
):
    answering.accept(relationship=proposal, by=nurse.user)
    client.force_login(mentor)
    client.post(to("decline", proposal.pk), {"because": "fit", "reason": "Secret reason."}, follow=True)
    assert state(proposal) == (S.DECLINED, RequestState.OPEN)
    assert told() == {(nurse.user_id, "declined")}
    letter = letters()[nurse.user_id]
    client.force_login(nurse.user)
    page = client.get(to("pair", proposal.pk)).text
    for text in (letter.text + letter.subject, page):
        assert "did not come about" in text
        assert not any(word in text for word in ("Secret reason", "suit each other", "declined", "said no"))
    kept = str(list(AuditEvent.objects.values()))
    assert "Secret reason" not in kept
    assert "'fit'" not in kept
    assert MentoringRequest.objects.looking().filter(pk=proposal.wanted_id).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose why."),
        ({"because": "spite"}, "Choose why from the list."),
        ({"because": "time", "reason": "x" * 1001}, "at most 1000 characters"),
        ({"because": "time", "reason": "a\x00"}, "Remove the null characters."),
    ],
)
def test_a_no_that_cannot_be_says_why_beside_the_field(client, proposal, nurse, data, said):
    client.force_login(nurse.user)
    answer = client.post(to("decline", proposal.pk), data)
    assert answer.status_code == 200
    assert said in answer.text
    assert state(proposal)[0] == S.PROPOSED


def test_a_reason_must_be_from_the_list_whoever_asks(proposal, nurse):
    with pytest.raises(Invalid):
        answering.decline(relationship=proposal, because="spite", by=nurse.user)


def test_nobody_answers_for_the_two(client, proposal, lead, foreign):
    for user in (lead, foreign.user, user_with(Role.ADMINISTRATOR)):
        client.force_login(user)
        for name in ("accept", "decline"):
            assert client.post(to(name, proposal.pk), {"because": "time"}).status_code == 404
        with pytest.raises(NotAllowed):
            answering.accept(relationship=proposal, by=user)
        with pytest.raises(NotAllowed):
            answering.decline(relationship=proposal, because="time", by=user)
    assert state(proposal)[0] == S.PROPOSED


def test_what_is_answered_is_not_answered_again(client, pair, nurse, mentor):
    for act in (
        lambda: answering.accept(relationship=pair, by=nurse.user),
        lambda: answering.decline(relationship=pair, because="time", by=mentor),
    ):
        with pytest.raises(WrongState):
            act()
    client.force_login(nurse.user)
    assert client.get(to("decline", pair.pk)).status_code == 409


# --- too late --------------------------------------------------------------------------------------------------------


def test_on_the_last_day_one_can_answer_and_the_day_after_not(profile, nurse, foreign):
    last = matched.proposed(profile, make.looking(nurse), answer_by=today())
    over = matched.proposed(profile, make.looking(foreign), answer_by=today() - datetime.timedelta(days=1))
    answering.accept(relationship=last, by=nurse.user)
    for act in (
        lambda: answering.accept(relationship=over, by=foreign.user),
        lambda: answering.decline(relationship=over, because="time", by=foreign.user),
    ):
        with pytest.raises(WrongState, match="cannot be answered any more"):
            act()


def test_the_two_read_the_same_whether_one_said_no_or_nobody_answered_and_leads_read_which(
    client, profile, nurse, lead, mentor, trust
):
    refused = matched.proposed(profile, make.looking(nurse))
    answering.decline(relationship=refused, because="fit", by=nurse.user)
    other = make.offering(user_with(Role.MENTOR, trust))
    late = matched.proposed(other, make.looking(clinician_user(trust)), answer_by=today() - datetime.timedelta(days=1))
    answering.lapse(today())
    for row in (refused, late):
        client.force_login(row.mentor.user)
        page = client.get(to("pairs")).text
        assert "Did not come about" in page
        assert "Declined" not in page
        assert "Not answered in time" not in page
    letters = {
        one.step: pair_news.compose([Outgoing(one, (one,))])[one.pk].text.replace(row.clinician.name, "X")
        for row in (refused, late)
        for one in Message.objects.filter(kind=pair_news.KIND_NAME, recipient_id=row.mentor.user_id)
    }
    assert "did not come about" in letters["declined"]
    assert "in time" not in letters["lapsed"]
    client.force_login(lead)
    page = client.get(to("relationships")).text
    assert page.count("Declined") > 1
    assert page.count("Not answered in time") > 1


def test_what_nobody_answered_in_time_lapses_at_night_and_both_are_told(profile, nurse, foreign, mentor):
    last = matched.proposed(profile, make.looking(nurse), answer_by=today())
    over = matched.proposed(profile, make.looking(foreign), answer_by=today() - datetime.timedelta(days=1))
    answering.accept(relationship=last, by=nurse.user)
    for _ in (1, 2):
        tasks.lapse_proposals()
    assert state(last) == (S.PROPOSED, RequestState.PROPOSED)
    assert state(over) == (S.LAPSED, RequestState.OPEN)
    assert over.transitions.get().by is None
    assert told() == {(mentor.pk, "lapsed"), (foreign.user_id, "lapsed")}


# --- what a proposal holds up ----------------------------------------------------------------------------------------


def test_whoever_is_proposed_somebody_answers_before_they_change_or_stop_looking(client, proposal, nurse):
    client.force_login(nurse.user)
    stopped = client.post(to("stop_looking", proposal.wanted_id))
    assert stopped.status_code == 409
    assert "Say yes or no to them first." in stopped.text
    needs_ = [domain.pk for domain in make.domains()]
    data = {"kind": "mentor", "needs": needs_, "aim": "More.", "mix": "any", "meeting": "either"}
    for path in (to("change_request", proposal.wanted_id), to("look")):
        assert "Say yes or no to them first." in client.post(path, data).text
    assert MentoringRequest.objects.count() == 1


def test_a_mentor_who_pauses_keeps_proposals_and_one_who_leaves_says_no_to_them(
    client, profile, nurse, foreign, mentor
):
    active = matched.under_way(profile, make.looking(foreign))
    waiting = matched.proposed(profile, make.looking(nurse))
    register.move_offer(profile=profile, to=OfferState.PAUSED, by=mentor)
    assert state(waiting)[0] == S.PROPOSED
    register.move_offer(profile=profile, to=OfferState.OPEN, by=mentor)
    client.force_login(mentor)
    assert "If you stop, we also say no for you" in client.get(to("mine")).text
    client.post(to("move_offer", "leave"))
    assert state(waiting) == (S.DECLINED, RequestState.OPEN)
    assert waiting.transitions.get().because == Decline.STOPPED
    assert state(active)[0] == S.ACTIVE


# --- pages -----------------------------------------------------------------------------------------------------------


def test_each_reads_of_the_other_what_helps_to_answer(client, proposal, mentor, nurse):
    client.force_login(mentor)
    seen = client.get(to("pair", proposal.pk)).text
    assert all(words in seen for words in ("Ada Nurse", "Northshire Trust", "Secret wish.", "Why you were matched"))
    client.force_login(nurse.user)
    seen = client.get(to("pair", proposal.pk)).text
    assert all(words in seen for words in ("Mo Mentor", "Northshire Trust", "Twenty years of wards."))


def test_the_reasons_on_the_page_add_up_to_the_points(client, proposal, nurse):
    client.force_login(nurse.user)
    page = client.get(to("pair", proposal.pk)).text
    assert proposal.score == 65
    for words in ("is good at what the mentee wants to work on", "Both work in the same region", ">65<", ">60<", ">5<"):
        assert words in page


def test_what_waits_for_an_answer_comes_first_and_is_on_the_home_page(client, profile, proposal, mentor, foreign):
    matched.under_way(profile, make.looking(foreign))
    client.force_login(mentor)
    page = client.get(to("mine")).text
    assert page.index("Somebody waits for your answer") < page.index("Ada Nurse") < page.index("Foreign")
    due = {need.text: need.due for need in needs.of_pairs(mentor)}
    assert due["Say yes or no to Ada Nurse"] == proposal.answer_by
    assert "Say yes or no to Ada Nurse" in client.get("/").text
    answering.accept(relationship=proposal, by=mentor)
    assert "Say yes or no to Ada Nurse" not in {need.text for need in needs.of_pairs(mentor)}


@pytest.mark.parametrize("name", ["mine", "pairs"])
def test_a_list_of_ones_pairs_holds_its_query_count(client, trust, mentor, name):
    profile = make.offering(mentor, capacity=5)
    client.force_login(mentor)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            matched.under_way(profile, make.looking(clinician_user(trust)))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(to(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_leads_read_who_said_no_when_and_why_and_no_more(client, lead, profile, proposal, nurse, foreign, elsewhere):
    answering.decline(relationship=proposal, because="fit", reason="We once fell out.", by=nurse.user)
    matched.proposed(profile, make.looking(foreign), answer_by=today() - datetime.timedelta(days=1))
    answering.lapse(today())
    client.force_login(lead)
    page = client.get(to("answers")).text
    for words in ("Ada Nurse", "We do not suit each other", "We once fell out.", "Not answered by the mentor and the"):
        assert words in page
    assert "Secret wish" not in page
    assert "We once fell out." not in client.get(to("answers") + "?because=lapsed").text
    assert "Foreign" not in client.get(to("answers") + "?because=fit").text
    assert "There are none like this." in client.get(to("answers") + "?because=conflict").text
    assert client.get(to("answers") + "?because=%00").status_code == 200
    client.force_login(user_with(Role.PROGRAMME_LEAD, elsewhere))
    page = client.get(to("answers")).text
    assert ["Ada Nurse" in page, "Foreign" in page] == [False, True]


def test_a_lead_who_is_one_of_the_two_does_not_read_why_the_other_said_no(client, trust, profile, mentor):
    person = clinician_user(trust, family_name="Both")
    own = matched.proposed(profile, make.looking(person))
    grant(person.user, Role.PROGRAMME_LEAD, trust)
    answering.decline(relationship=own, because="fit", reason="Secret reason.", by=mentor)
    client.force_login(User.objects.get(pk=person.user_id))
    page = client.get(to("answers"))
    assert page.status_code == 200
    assert "Secret reason" not in page.text


@pytest.mark.parametrize("name", ["answers", "relationships"])
def test_a_leads_list_of_pairs_holds_its_query_count(client, trust, lead, mentor, name):
    profile = make.offering(mentor, capacity=12)
    client.force_login(lead)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            matched.under_way(profile, make.looking(clinician_user(trust)))
            row = matched.proposed(profile, make.looking(clinician_user(trust)))
            answering.decline(relationship=row, because="time", by=row.clinician.user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(to(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_two_read_nobodys_steps(proposal, mentor, nurse):
    answering.decline(relationship=proposal, because="fit", reason="Secret reason.", by=mentor)
    for user in (mentor, nurse.user, user_with(Role.AUDITOR)):
        assert not any(RelationshipTransition.visible_to(user, permission).exists() for permission in P)
    assert Relationship.objects.get().state == S.DECLINED
