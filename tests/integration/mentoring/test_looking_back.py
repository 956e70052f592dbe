"""Looking back halfway and at the end, ending without a reason, and what leads are told of it: totals of five."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from mentoring import evaluation_totals, needs, pair_news, reviews, tasks
from mentoring.actions import agreeing, ending
from mentoring.actions.ending import Said
from mentoring.fields import Kind
from mentoring.models import Evaluation, Relationship
from mentoring.states import RelationshipState
from mentoring.terms import LOOKING_BACK_DAYS, Point
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import mentoring as make
from tests.factories import mentoring_pairs as pairs
from tests.factories import mentoring_relationships as matched
from tests.factories.people import clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
S = RelationshipState
GOOD = Said(helpful=5, aims_met=4, would_again=True, words="Secret thanks.")


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def started(profile, clinician, *, ago, ahead, **wanted):
    """Under way since so many days, agreed to end in so many."""
    row = matched.under_way(profile, make.looking(clinician, **wanted), started_at=pairs.days_ago(ago))
    question = {"question": "Do we laugh?"} if wanted.get("kind") == Kind.MANAGER else {}
    pairs.agreed(row, ends_on=today() + datetime.timedelta(days=ahead), **question)
    row.refresh_from_db()
    return row


def ended(row, *, ago=0):
    ending.end(relationship=row, by=row.mentor.user)
    type(row).objects.filter(pk=row.pk).update(ended_at=pairs.days_ago(ago))
    row.refresh_from_db()
    return row


def told(step):
    return {one.recipient_id for one in Message.objects.filter(kind=pair_news.KIND_NAME, step__startswith=step)}


# --- halfway ---------------------------------------------------------------------------------------------------------


def test_halfway_lies_between_the_start_and_the_last_day(profile, nurse):
    row = started(profile, nurse, ago=10, ahead=30)
    assert reviews.halfway(row, row.agreement) == today() + datetime.timedelta(days=10)
    assert reviews.open_point(row, today() + datetime.timedelta(days=9)) is None
    assert reviews.open_point(row, today() + datetime.timedelta(days=10)) == Point.MIDPOINT


def test_both_are_asked_halfway_once_and_find_it_on_the_home_page(profile, nurse, mentor):
    started(profile, nurse, ago=30, ahead=30)
    for _ in (1, 2):
        tasks.ask_for_reviews()
    assert told("midpoint") == {mentor.pk, nurse.user_id}
    assert Message.objects.filter(step__startswith="midpoint").count() == 2
    need = next(one for one in needs.of_pairs(nurse.user))
    assert (need.text, need.due) == ("Look back halfway with Mo Mentor", today())


def test_nobody_is_asked_halfway_before_it_or_of_an_agreement_that_does_not_hold(profile, nurse, mentor, foreign):
    started(profile, nurse, ago=30, ahead=40)
    row = started(profile, foreign, ago=30, ahead=30)
    agreeing.write(
        relationship=row,
        terms=pairs.terms(ends_on=row.agreement.ends_on, aims="Other."),
        accepted=True,
        by=mentor,
    )
    tasks.ask_for_reviews()
    assert told("midpoint") == set()


def test_whoever_has_looked_back_is_not_asked_any_more(profile, nurse, mentor):
    row = started(profile, nurse, ago=30, ahead=30)
    ending.evaluate(relationship=row, point=Point.MIDPOINT, said=GOOD, by=nurse.user)
    tasks.ask_for_reviews()
    assert told("midpoint") == {mentor.pk}
    assert needs.of_pairs(nurse.user) == []


def test_whoever_may_not_take_part_any_more_is_neither_asked_nor_written_to(profile, nurse, mentor):
    row = started(profile, nurse, ago=30, ahead=30)
    tasks.ask_for_reviews()
    type(row.agreement).objects.update(ends_on=today())
    mentor.role_grants.update(revoked_at=timezone.now(), revoked_by=mentor)
    tasks.ask_for_reviews()
    assert told("last day") == {nurse.user_id}
    type(row.agreement).objects.update(ends_on=row.agreement.ends_on)
    batch = [Outgoing(one, (one,)) for one in Message.objects.filter(step__startswith="midpoint")]
    assert {one.head.recipient_id for one in batch} == {mentor.pk, nurse.user_id}
    assert [words.to for words in pair_news.compose(batch).values()] == [nurse.user.email]


def test_looking_back_halfway_leads_on_to_what_is_chosen(client, profile, nurse):
    row = started(profile, nurse, ago=30, ahead=30)
    client.force_login(nurse.user)
    data = {"helpful": "4", "aims_met": "3", "would_again": "yes", "words": "Secret thanks."}
    path = to("evaluate", row.pk, "midpoint")
    assert "Choose one of the answers." in client.post(path, data).text
    answer = client.post(path, data | {"then": "change"})
    assert answer.url == to("agreement", row.pk)
    said = Evaluation.objects.get()
    assert (said.by, said.helpful, said.aims_met, said.would_again) == (nurse.user, 4, 3, True)
    assert client.post(path, data | {"then": "go on"}).status_code == 409
    assert client.get(to("evaluate", row.pk, "end")).status_code == 409
    assert client.get(to("evaluate", row.pk, "never")).status_code == 404


def test_the_words_are_for_the_other_and_the_ratings_for_nobody(client, profile, nurse, mentor):
    row = started(profile, nurse, ago=30, ahead=30)
    ending.evaluate(relationship=row, point=Point.MIDPOINT, said=GOOD, by=nurse.user)
    client.force_login(mentor)
    page = client.get(to("pair", row.pk)).text
    assert "Secret thanks." in page
    assert "very much" not in page
    client.force_login(nurse.user)
    assert "You looked back on" in client.get(to("pair", row.pk)).text


@pytest.mark.parametrize("changes", [{"helpful": "6"}, {"aims_met": "0"}, {"helpful": ""}, {"would_again": "maybe"}])
def test_ratings_are_from_one_to_five(client, profile, nurse, changes):
    row = started(profile, nurse, ago=30, ahead=30)
    client.force_login(nurse.user)
    data = {"helpful": "4", "aims_met": "3", "would_again": "yes", "then": "go on"} | changes
    assert "Choose one of the answers" in client.post(to("evaluate", row.pk, "midpoint"), data).text
    assert not Evaluation.objects.exists()


def test_ratings_are_from_one_to_five_whoever_asks(profile, nurse):
    row = started(profile, nurse, ago=30, ahead=30)
    with pytest.raises(Invalid):
        ending.evaluate(
            relationship=row,
            point=Point.MIDPOINT,
            said=Said(helpful=6, aims_met=1, would_again=True),
            by=nurse.user,
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Evaluation.objects.create(
            relationship=row, by=nurse.user, point="midpoint", helpful=6, aims_met=1, would_again=True
        )


@pytest.mark.django_db(transaction=True)
def test_two_taps_look_back_once(profile, nurse):
    row = started(profile, nurse, ago=30, ahead=30)

    def say():
        user = User.objects.get(pk=nurse.user_id)
        return ending.evaluate(relationship=row, point=Point.MIDPOINT, said=GOOD, by=user)

    assert outcome(at_once(say, say)) == (1, 1)


def test_what_was_said_never_changes(profile, nurse):
    row = started(profile, nurse, ago=30, ahead=30)
    said = ending.evaluate(relationship=row, point=Point.MIDPOINT, said=GOOD, by=nurse.user)
    said.words = "Other."
    with pytest.raises(DatabaseError), transaction.atomic():
        said.save()


# --- a clinician and a manager ---------------------------------------------------------------------------------------


def test_both_answers_to_the_joint_question_are_shown_once_both_answered(client, profile, nurse, mentor):
    row = started(profile, nurse, ago=30, ahead=30, kind=Kind.MANAGER)
    client.force_login(nurse.user)
    assert "Do we laugh?" in client.get(to("evaluate", row.pk, "midpoint")).text
    with pytest.raises(Invalid):
        ending.evaluate(relationship=row, point=Point.MIDPOINT, said=GOOD, by=nurse.user)
    answers = {nurse.user: (2, "Hardly."), mentor: (5, "All day.")}
    for user, (answer, words) in answers.items():
        said = Said(helpful=5, aims_met=5, would_again=True, answer=answer, answer_words=words)
        ending.evaluate(relationship=row, point=Point.MIDPOINT, said=said, by=user)
        for reader in answers:
            client.force_login(reader)
            page = client.get(to("pair", row.pk)).text
            assert [text in page for text in ("Hardly.", "All day.")] == [user == mentor, user == mentor]


def test_a_change_that_waits_for_the_second_yes_does_not_lose_the_question_at_the_end(client, profile, nurse, mentor):
    row = started(profile, nurse, ago=30, ahead=30, kind=Kind.MANAGER)
    changed = pairs.terms(aims="Other.", question="Do we laugh?")
    agreeing.write(relationship=row, terms=changed, accepted=True, by=mentor)
    row = Relationship.objects.get(pk=row.pk)
    assert reviews.question(row) == ""
    row = Relationship.objects.get(pk=ended(row).pk)
    client.force_login(nurse.user)
    assert "Do we laugh?" in client.get(to("evaluate", row.pk, "end")).text
    with pytest.raises(Invalid):
        ending.evaluate(relationship=row, point=Point.END, said=GOOD, by=nurse.user)


def test_whoever_looks_back_is_told_that_the_other_sees_the_answer_to_the_question_for_both(
    client, profile, nurse, foreign
):
    row = started(profile, nurse, ago=30, ahead=30, kind=Kind.MANAGER)
    other = started(profile, foreign, ago=30, ahead=30)
    client.force_login(nurse.user)
    shown = "only your answer to the question for both, once both have answered"
    assert shown in client.get(to("evaluate", row.pk, "midpoint")).text
    client.force_login(foreign.user)
    page = client.get(to("evaluate", other.pk, "midpoint")).text
    assert "does not see your ratings." in page
    assert shown not in page


# --- the last day ----------------------------------------------------------------------------------------------------


def test_on_the_last_day_both_are_asked_to_end_or_to_go_on(client, profile, nurse, mentor):
    row = started(profile, nurse, ago=60, ahead=1)
    type(row.agreement).objects.update(ends_on=today())
    tasks.ask_for_reviews()
    assert told("last day") == {mentor.pk, nurse.user_id}
    assert [need.text for need in needs.of_pairs(mentor)] == [
        "End mentoring with Ada Nurse, or agree on a new last day"
    ]
    client.force_login(mentor)
    assert "agree on a new last day" in client.get(to("pair", row.pk)).text
    messages = list(Message.objects.filter(step__startswith="last day"))
    batch = [Outgoing(one, (one,)) for one in messages]
    assert len(pair_news.compose(batch)) == 2
    pairs.agreed(row)
    assert pair_news.compose(batch) == {}


# --- ending ----------------------------------------------------------------------------------------------------------


def test_either_ends_it_at_any_time_without_a_reason_and_the_other_is_told(client, pair, mentor, nurse):
    client.force_login(nurse.user)
    page = client.get(to("end", pair.pk)).text
    assert "You need give no reason" in page
    client.post(to("end", pair.pk))
    pair.refresh_from_db()
    assert pair.state == S.ENDED
    assert told("ended") == {mentor.pk}
    message = Message.objects.get(step="ended")
    words = pair_news.compose([Outgoing(message, (message,))])[message.pk]
    assert words.subject == "Mentoring with Ada Nurse has ended"
    assert client.get(to("end", pair.pk)).status_code == 409
    assert client.post(to("end", pair.pk)).status_code == 409


def test_after_an_ending_the_mentee_can_look_again_and_the_place_is_free(client, pair, nurse):
    ended(pair)
    assert make.looking(nurse).pk
    assert not pair.mentor.relationships.live().exists()


@pytest.mark.django_db(transaction=True)
def test_both_end_it_at_once(pair, mentor, nurse):
    def end(user_id):
        return lambda: ending.end(relationship=pair, by=User.objects.get(pk=user_id))

    assert outcome(at_once(end(mentor.pk), end(nurse.user_id))) == (1, 1)
    assert pair.transitions.filter(after=S.ENDED).count() == 1


def test_how_it_was_can_be_said_for_sixty_days(client, pair, nurse, mentor):
    ended(pair, ago=LOOKING_BACK_DAYS)
    assert [need.text for need in needs.of_pairs(mentor)] == ["Say how it was with Ada Nurse"]
    ending.evaluate(relationship=pair, point=Point.END, said=GOOD, by=mentor)
    ended_at = pairs.days_ago(LOOKING_BACK_DAYS + 1)
    type(pair).objects.update(ended_at=ended_at)
    with pytest.raises(WrongState):
        ending.evaluate(relationship=pair, point=Point.END, said=GOOD, by=nurse.user)
    assert needs.of_pairs(nurse.user) == []


def test_nobody_else_ends_it(client, pair, lead, foreign):
    for user in (lead, foreign.user):
        with pytest.raises(NotAllowed):
            ending.end(relationship=pair, by=user)


def test_a_lead_ends_it_where_an_account_is_closed_and_only_there(client, pair, lead, nurse, mentor, elsewhere):
    client.force_login(lead)
    assert client.get(to("end_for", pair.pk)).status_code == 409
    assert client.post(to("end_for", pair.pk)).status_code == 409
    assert "end it" not in client.get(to("relationships")).text
    User.objects.filter(pk=nurse.user_id).update(is_active=False)
    assert "An account is closed: end it" in client.get(to("relationships")).text
    stranger = user_with(Role.PROGRAMME_LEAD, elsewhere)
    with pytest.raises(NotAllowed):
        ending.end_for(relationship=pair, by=stranger)
    client.post(to("end_for", pair.pk))
    pair.refresh_from_db()
    assert (pair.state, pair.transitions.last().by) == (S.ENDED, lead)
    assert mentor.pk in told("ended")


# --- what leads are told ---------------------------------------------------------------------------------------------


def five(trust, mentor, number, *, ago=LOOKING_BACK_DAYS + 1, helpful=4):
    profile = getattr(mentor, "mentor_profile", None) or make.offering(mentor, capacity=12)
    for _ in range(number):
        row = ended(matched.under_way(profile, make.looking(clinician_user(trust))))
        said = Said(helpful=helpful, aims_met=3, would_again=True)
        ending.evaluate(relationship=row, point=Point.END, said=said, by=row.clinician.user)
        type(row).objects.filter(pk=row.pk).update(ended_at=pairs.days_ago(ago))


def test_nothing_is_told_of_fewer_than_five_and_then_of_five_at_a_time(client, trust, mentor, lead):
    client.force_login(lead)
    five(trust, mentor, 4)
    assert evaluation_totals.totals(lead) == []
    assert "Nothing to show yet." in client.get(to("relationships")).text
    five(trust, mentor, 1)
    (total,) = evaluation_totals.totals(lead)
    assert total.point == Point.END
    page = client.get(to("relationships")).text
    assert "People they mentored" in page
    assert "100%" in page
    assert (total.side, total.relationships, total.helpful, total.aims_met, total.would_again) == (
        "mentee",
        5,
        4.0,
        3.0,
        100,
    )
    # Later endings, so that the first five stay the first five.
    five(trust, mentor, 4, helpful=1, ago=LOOKING_BACK_DAYS + 1)
    assert evaluation_totals.totals(lead) == [total]


def test_what_can_still_change_does_not_count(trust, mentor, lead):
    five(trust, mentor, 5, ago=LOOKING_BACK_DAYS)
    assert evaluation_totals.totals(lead) == []


def test_leads_count_only_what_they_lead(trust, mentor, elsewhere):
    five(trust, mentor, 5)
    assert evaluation_totals.totals(user_with(Role.PROGRAMME_LEAD, elsewhere)) == []
    assert len(evaluation_totals.totals(user_with(Role.ADMINISTRATOR))) == 1


def test_neither_a_move_nor_a_second_leads_reach_tells_of_fewer_than_five(trust, mentor, elsewhere, lead):
    both = user_with(Role.PROGRAMME_LEAD, trust)
    grant(both, Role.PROGRAMME_LEAD, elsewhere)
    five(trust, mentor, 5)
    five(elsewhere, user_with(Role.MENTOR, elsewhere), 4, helpful=1)
    five(trust, mentor, 1, helpful=1)
    (total,) = evaluation_totals.totals(lead)
    assert (total.relationships, total.helpful) == (5, 4.0)
    # Ten have spoken in both trusts; more than five are told of by nobody.
    assert evaluation_totals.totals(both) == evaluation_totals.totals(user_with(Role.ADMINISTRATOR)) == [total]
    # A mentee goes to work elsewhere, where four have spoken.
    moved = Evaluation.objects.order_by("pk").first().relationship.clinician
    moved.organisation = elsewhere
    moved.save()
    assert evaluation_totals.totals(lead) == [total]
    assert evaluation_totals.totals(user_with(Role.PROGRAMME_LEAD, elsewhere)) == []


def test_halfway_counts_apart_from_the_end(mentor, trust, lead):
    profile = make.offering(mentor, capacity=5)
    for number in range(5):
        row = started(profile, clinician_user(trust), ago=200, ahead=30)
        said = Said(helpful=2, aims_met=2, would_again=number > 0)
        ending.evaluate(relationship=row, point=Point.MIDPOINT, said=said, by=row.clinician.user)
        assert evaluation_totals.totals(lead) == []
        ended(row, ago=LOOKING_BACK_DAYS + 1)
    (total,) = evaluation_totals.totals(lead)
    assert (total.point, total.helpful, total.would_again) == (Point.MIDPOINT, 2.0, 80)
