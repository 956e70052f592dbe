"""How two people agree to work together, and their goals: both agree to the same words, and nobody else reads them."""

import datetime

import pytest
from django.urls import reverse

from mentoring import needs, pair_news, pair_wording
from mentoring.actions import agreeing
from mentoring.actions.agreeing import mark_of
from mentoring.fields import Kind
from mentoring.models import Agreement, Goal
from mentoring.terms import LIMITS, MOST_GOALS, QUESTIONS
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.nhsuk.seen import Stale
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import mentoring as make
from tests.factories import mentoring_pairs as pairs
from tests.factories import mentoring_relationships as matched
from tests.factories.people import clinician_user
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def sent(day=None, **changes):
    """What the form of an agreement sends."""
    day = day or today() + datetime.timedelta(days=180)
    ends_on = {"ends_on-day": day.day, "ends_on-month": day.month, "ends_on-year": day.year}
    return {"aims": "Secret aim.", "frequency": "1m", "medium": "video", "accepted": "on"} | ends_on | changes


def agreed():
    row = Agreement.objects.get()
    return row.mentor_agreed_at is not None, row.mentee_agreed_at is not None


# --- the agreement ---------------------------------------------------------------------------------------------------


def test_one_writes_and_the_other_agrees_to_the_same_words(client, pair, mentor, nurse):
    client.force_login(mentor)
    assert client.post(to("agreement", pair.pk), sent()).status_code == 302
    assert agreed() == (True, False)
    assert [(one.recipient_id, one.step.split(":")[0]) for one in Message.objects.all()] == [(nurse.user_id, "agree")]
    client.force_login(nurse.user)
    page = client.get(to("agree", pair.pk)).text
    assert "Secret aim." in page
    assert all(limit in page for limit in LIMITS)
    seen = mark_of(Agreement.objects.get())
    assert client.post(to("agree", pair.pk), {"accepted": "on", "seen": seen}).status_code == 302
    assert agreed() == (True, True)
    assert "You have both agreed to this." in client.get(to("pair", pair.pk)).text


def test_new_words_need_the_others_yes_anew_and_the_same_words_do_not(pair, mentor):
    pairs.agreed(pair)
    agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=mentor)
    assert agreed() == (True, True)
    agreeing.write(relationship=pair, terms=pairs.terms(aims="Another aim."), accepted=True, by=mentor)
    assert agreed() == (True, False)


def test_each_change_is_told_also_one_back_to_earlier_words_and_nothing_kept_of_the_words(pair, mentor, nurse):
    seen = []
    for aims in ("One.", "Two.", "One."):
        row = agreeing.write(relationship=pair, terms=pairs.terms(aims=aims), accepted=True, by=mentor)
        seen.append(mark_of(row))
    found = list(Message.objects.filter(kind=pair_news.KIND_NAME, recipient_id=nurse.user_id).order_by("pk"))
    assert [one.step for one in found] == ["agree:1", "agree:2", "agree:3"]
    # Only the last is written, of those that have not gone out yet.
    assert list(pair_news.compose([Outgoing(one, (one,)) for one in found])) == [found[-1].pk]
    with pytest.raises(Stale):
        agreeing.agree(relationship=pair, accepted=True, by=nurse.user, seen=seen[0])
    assert agreeing.agree(relationship=pair, accepted=True, by=nurse.user, seen=seen[2]).holds


def test_nobody_agrees_to_words_they_have_not_seen(client, pair, mentor, nurse):
    pairs.agreed(pair)
    seen = mark_of(Agreement.objects.get())
    agreeing.write(relationship=pair, terms=pairs.terms(aims="Another aim."), accepted=True, by=mentor)
    client.force_login(nurse.user)
    for data in ({"accepted": "on", "seen": seen}, {"accepted": "on"}):
        client.post(to("agree", pair.pk), data)
        assert agreed() == (True, False)


def test_of_two_who_write_at_the_same_time_the_second_sees_what_the_first_saved(client, pair, mentor, nurse):
    seen = mark_of(None)
    agreeing.write(relationship=pair, terms=pairs.terms(aims="Of the first."), accepted=True, by=mentor)
    client.force_login(nurse.user)
    page = client.post(to("agreement", pair.pk), sent(aims="Of the second.", seen=seen)).text
    assert "This was saved somewhere else" in page
    assert "Of the first." in page
    assert "Of the second." in page
    assert Agreement.objects.get().aims == "Of the first."
    with pytest.raises(Stale):
        agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=nurse.user, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_make_one_agreement(pair, mentor, nurse):
    def write(user_id, aims):
        def act():
            user = User.objects.get(pk=user_id)
            return agreeing.write(
                relationship=pair, terms=pairs.terms(aims=aims), accepted=True, by=user, seen=mark_of(None)
            )

        return act

    assert outcome(at_once(write(mentor.pk, "One."), write(nurse.user_id, "Two."))) == (1, 1)
    assert sorted(agreed()) == [False, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aims": " "}, "Say what you want to reach together."),
        ({"aims": "x" * 1001}, "at most 1000 characters"),
        ({"ground_rules": "x" * 1001}, "at most 1000 characters"),
        ({"frequency": "1d"}, "Choose how often you meet from the list."),
        ({"medium": ""}, "Choose how you meet."),
        ({"accepted": ""}, "Tick the box to say so."),
        ({"ends_on-year": "0"}, "Enter a real date"),
        ({"ends_on-year": "2020"}, "The last day must be in the future."),
        ({"ends_on-year": "2990"}, "Agree on at most two years"),
    ],
)
def test_an_agreement_that_cannot_be_says_why_beside_the_field(client, pair, nurse, changes, said):
    client.force_login(nurse.user)
    answer = client.post(to("agreement", pair.pk), sent(**changes))
    assert answer.status_code == 200
    assert said in answer.text
    assert not Agreement.objects.exists()


def test_nobody_agrees_without_the_limits_of_confidentiality(pair, mentor, nurse):
    row = agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=mentor)
    for refused in (
        lambda: agreeing.write(relationship=pair, terms=pairs.terms(), accepted=False, by=nurse.user),
        lambda: agreeing.agree(relationship=pair, accepted=False, by=nurse.user, seen=mark_of(row)),
    ):
        with pytest.raises(Invalid):
            refused()


def test_half_a_year_is_suggested(client, pair, nurse):
    client.force_login(nurse.user)
    page = client.get(to("agreement", pair.pk)).text
    month = (today().month + 5) % 12 + 1
    assert f'name="ends_on-month" type="text" value="{month}"' in page or f'value="{month}"' in page


def test_only_the_two_agree_and_only_while_it_is_under_way(pair, proposal_of, nurse, lead, foreign):
    waiting = proposal_of
    with pytest.raises(WrongState):
        agreeing.write(relationship=waiting, terms=pairs.terms(), accepted=True, by=waiting.clinician.user)
    for user in (lead, foreign.user):
        with pytest.raises(NotAllowed):
            agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=user)


@pytest.fixture
def proposal_of(profile, trust):
    return matched.proposed(profile, make.looking(clinician_user(trust)))


def test_who_has_not_agreed_yet_finds_it_on_the_home_page(pair, mentor, nurse):
    wanted = "Agree how you work with "
    assert [need.text for need in needs.of_pairs(mentor)] == [f"{wanted}Ada Nurse"]
    agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=mentor)
    assert needs.of_pairs(mentor) == []
    assert [need.text for need in needs.of_pairs(nurse.user)] == [f"{wanted}Mo Mentor"]


def test_a_letter_that_asks_to_agree_says_nothing_once_one_has(pair, mentor, nurse):
    row = agreeing.write(relationship=pair, terms=pairs.terms(), accepted=True, by=mentor)
    message = Message.objects.get()
    batch = [Outgoing(message, (message,))]
    text = pair_news.compose(batch)[message.pk].text
    assert "Secret" not in text
    agreeing.agree(relationship=pair, accepted=True, by=nurse.user, seen=mark_of(row))
    assert pair_news.compose(batch) == {}


# --- a clinician and a manager ---------------------------------------------------------------------------------------


def joint(profile, clinician):
    return matched.under_way(profile, make.looking(clinician, kind=Kind.MANAGER))


def test_a_clinician_and_a_manager_agree_on_a_question_and_others_on_none(client, profile, nurse, pair):
    row = joint(profile, clinician_user(nurse.organisation))
    client.force_login(row.clinician.user)
    assert "Choose a question." in client.post(to("agreement", row.pk), sent()).text
    assert "Enter your question." in client.post(to("agreement", row.pk), sent(question="own")).text
    own = sent(question="own", own_question="Do we laugh?")
    assert client.post(to("agreement", row.pk), own).status_code == 302
    assert Agreement.objects.get().question == "Do we laugh?"
    assert 'value="Do we laugh?"' in client.get(to("agreement", row.pk)).text
    assert "Shared objectives" in client.get(to("pair", row.pk)).text
    client.force_login(nurse.user)
    assert client.post(to("agreement", pair.pk), sent(question=QUESTIONS[0])).status_code == 302
    assert Agreement.objects.get(relationship=pair).question == ""


# --- the first meeting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_dozen_questions_for_a_first_meeting(kind):
    assert len(pair_wording.prompts(kind)) >= 12
    assert len(set(pair_wording.prompts(kind))) == len(pair_wording.prompts(kind))


def test_the_questions_are_on_a_page_of_the_pair(client, pair, nurse):
    client.force_login(nurse.user)
    assert to("first_meeting", pair.pk) in client.get(to("pair", pair.pk)).text
    assert pair_wording.FIRST_MEETING[0] in client.get(to("first_meeting", pair.pk)).text


# --- goals -----------------------------------------------------------------------------------------------------------


def test_either_sets_changes_and_meets_goals_tied_to_an_element(client, pair, mentor, nurse):
    element = pairs.element()
    client.force_login(nurse.user)
    assert client.post(to("add_goal", pair.pk), {"text": "Secret goal.", "element": element.pk}).status_code == 302
    row = Goal.objects.get()
    assert (row.by, row.element, row.state) == (nurse.user, element, "open")
    client.force_login(mentor)
    data = {"text": "Secret new goal.", "element": element.pk, "seen": agreeing.mark_of_goal(row)}
    assert client.post(to("goal", row.pk), data).status_code == 302
    client.post(to("move_goal", row.pk, "met"))
    row.refresh_from_db()
    assert (row.by, row.text, row.state) == (nurse.user, "Secret new goal.", "met")
    assert client.post(to("move_goal", row.pk, "met")).status_code == 409
    assert client.post(to("move_goal", row.pk, "gone")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "Say what you want to reach."),
        ({"text": "x" * 501}, "at most 500 characters"),
        ({"element": ""}, "Choose what it is about."),
        ({"element": "0"}, "Choose from the list."),
        ({"element": "9" * 30}, "Choose from the list."),
        ({"element": "two"}, "Choose from the list."),
    ],
)
def test_a_goal_that_cannot_be_says_why_beside_the_field(client, pair, nurse, changes, said):
    client.force_login(nurse.user)
    data = {"text": "Goal.", "element": pairs.element().pk} | changes
    assert said in client.post(to("add_goal", pair.pk), data).text
    assert not Goal.objects.exists()


def test_of_two_who_change_a_goal_the_second_sees_it(client, pair, mentor, nurse):
    row = pairs.goal(pair)
    seen = agreeing.mark_of_goal(row)
    agreeing.set_goal(goal=row, text="Of the first.", element=pairs.element(), by=mentor, seen=seen)
    client.force_login(nurse.user)
    data = {"text": "Of the second.", "element": pairs.element().pk, "seen": seen}
    assert "This was saved somewhere else" in client.post(to("goal", row.pk), data).text
    assert Goal.objects.get().text == "Of the first."


def test_a_dozen_goals_are_the_most(pair):
    rows = [pairs.goal(pair, f"Goal {number}") for number in range(MOST_GOALS)]
    with pytest.raises(Invalid, match="At most 12"):
        pairs.goal(pair)
    agreeing.move_goal(goal=rows[0], to="dropped", by=pair.mentor.user)
    pairs.goal(pair)
    with pytest.raises(WrongState, match="At most 12"):
        agreeing.move_goal(goal=rows[0], to="open", by=pair.mentor.user)


def test_nobody_else_sets_goals(pair, lead):
    with pytest.raises(NotAllowed):
        agreeing.set_goal(goal=Goal(relationship=pair), text="Goal.", element=pairs.element(), by=lead)
    with pytest.raises(NotAllowed):
        agreeing.move_goal(goal=pairs.goal(pair), to="met", by=lead)
