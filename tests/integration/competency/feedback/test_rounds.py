"""A round from its start to the release: who may do what when, and what the database itself refuses."""

import datetime

import pytest
import time_machine
from django.db import DatabaseError, transaction

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.competency.feedback import housekeeping
from registry.competency.feedback.actions import answering, raters, rounds
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RaterGroup, RaterState, RoundState
from registry.competency.models import FeedbackRater, FeedbackReply, FeedbackReport, FeedbackRound
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.models import Message
from registry.standing.models import AgreedLevels
from tests.factories import feedback
from tests.factories.competency import tiny
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db
SOON = datetime.timedelta(days=21)


def refused_by_the_database(change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


# --- starting and naming -------------------------------------------------------------------------------------------


def test_a_round_starts_with_the_person_themself_and_a_step(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    (me,) = round_.raters.all()
    assert (round_.state, me.group, me.email, me.link_hash) == ("preparing", "self", "", None)
    assert [(step.before, step.after, step.by) for step in round_.transitions.all()] == [("", "preparing", nurse.user)]


def test_only_the_person_themself_starts_a_round(nurse, version, facilitator, trust):
    with pytest.raises(NotAllowed):
        rounds.start(subject=nurse, version=version, facilitator=facilitator, by=clinician_user(trust).user)


def test_one_round_is_open_about_a_person_whatever_the_framework(nurse, version, facilitator):
    feedback.started(nurse, version, facilitator)
    with pytest.raises(WrongState, match="already have"):
        feedback.started(nurse, tiny(code="ANOTHER"), facilitator)


def test_two_reports_about_a_person_are_half_a_year_apart(nurse, version, facilitator):
    """Else the same question to four people, and then to three of them, gives the fourth's answer."""
    round_ = feedback.released(nurse, version, facilitator, level=2, own=1)
    with pytest.raises(WrongState, match="too recent"):
        feedback.running(nurse, tiny(code="ANOTHER"), facilitator)
    feedback.long_ago(round_)
    rounds.cancel(round=FeedbackRound.objects.get(state="proposed"), reason="Later.", by=nurse.user)
    assert feedback.running(nurse, tiny(code="THIRD"), facilitator).state == "running"


def test_a_facilitator_who_has_become_the_line_manager_cannot_launch(nurse, version, trust, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    boss = clinician_user(trust)
    boss.user = facilitator
    boss.save()
    nurse.line_manager = boss
    nurse.save()
    with pytest.raises(WrongState, match="another facilitator"):
        rounds.launch(round=round_, closes_on=today() + SOON, minimum=3, by=facilitator)


def test_there_is_one_line_manager(nurse, version, facilitator):
    round_ = feedback.named(nurse, version, facilitator, {"manager": 1})
    with pytest.raises(Invalid, match="line manager on the list already") as refused:
        feedback.name_one(round_, "manager", 1)
    assert refused.value.field == "group"
    refused_by_the_database(
        lambda: FeedbackRater.objects.create(round=round_, name="B", email="b@x.example", group="manager")
    )


def test_a_name_is_one_line(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    added = raters.add_rater(
        round=round_, name=" Ada\n\nClick here", email="a@x.example", group=RaterGroup.PEERS, by=nurse.user
    )
    assert added.name == "Ada Click here"


def test_a_round_nobody_launches_is_cancelled_and_its_names_removed(nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    assert housekeeping.cancel_idle(today() + datetime.timedelta(days=180)) == 0
    assert housekeeping.cancel_idle(today() + datetime.timedelta(days=190)) == 1
    round_.refresh_from_db()
    assert (round_.state, round_.raters.count()) == ("cancelled", 0)


def test_line_manager_self_and_strangers_are_no_facilitators(nurse, version, trust):
    boss = clinician_user(trust)
    nurse.line_manager = boss
    nurse.save()
    for user in (boss.user, nurse.user, user_with(Role.APPRAISER, trust)):
        with pytest.raises(Invalid) as refused:
            rounds.start(subject=nurse, version=version, facilitator=user, by=nurse.user)
        assert refused.value.field == "facilitator"


@pytest.mark.parametrize("email", ["", "no address", "x@", "a" * 250 + "@x.example", "name@trust.example\x00"])
def test_an_address_that_is_none_is_refused(nurse, version, facilitator, email):
    round_ = feedback.started(nurse, version, facilitator)
    with pytest.raises(Invalid) as refused:
        raters.add_rater(round=round_, name="Ada", email=email, group=RaterGroup.PEERS, by=nurse.user)
    assert refused.value.field == "email"


def test_the_subject_cannot_be_a_rater_by_any_of_their_addresses(nurse, version, facilitator):
    nurse.email = "Work@Trust.example"
    nurse.save()
    round_ = feedback.started(nurse, version, facilitator)
    for email in ("work@trust.EXAMPLE", nurse.user.email.upper(), "work+peer@trust.example"):
        with pytest.raises(Invalid, match="answers separately") as refused:
            raters.add_rater(round=round_, name="Me", email=email, group=RaterGroup.PEERS, by=nurse.user)
        assert refused.value.field == "email"


def test_the_facilitator_cannot_be_a_rater(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    with pytest.raises(Invalid, match="reads the report"):
        raters.add_rater(round=round_, name="F", email="FARAH@trust.example", group=RaterGroup.PEERS, by=nurse.user)


def test_one_address_is_asked_once_whatever_its_case(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    raters.add_rater(round=round_, name="A", email="peer@x.example", group=RaterGroup.PEERS, by=nurse.user)
    with pytest.raises(Invalid, match="on the list already") as refused:
        raters.add_rater(round=round_, name="B", email="PEER@x.example", group=RaterGroup.MANAGER, by=nurse.user)
    assert refused.value.field == "email"


def test_nobody_is_asked_as_themself(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    with pytest.raises(Invalid):
        raters.add_rater(round=round_, name="A", email="a@x.example", group=RaterGroup.SELF, by=nurse.user)


def test_at_most_sixty_are_asked(nurse, version, facilitator):
    round_ = feedback.named(nurse, version, facilitator, {"peers": 60})
    with pytest.raises(Invalid, match="at most 60"):
        feedback.name_one(round_, "peers", 60)


def test_a_round_needs_three_people_before_it_is_sent(nurse, version, facilitator):
    round_ = feedback.named(nurse, version, facilitator, {"peers": 2})
    with pytest.raises(Invalid, match="at least 3"):
        rounds.propose(round=round_, by=nurse.user)


def test_once_sent_the_facilitator_names_and_the_subject_does_not(nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    with pytest.raises(WrongState, match="with the facilitator"):
        raters.add_rater(round=round_, name="A", email="new@x.example", group=RaterGroup.PEERS, by=nurse.user)
    added = raters.add_rater(round=round_, name="A", email="new@x.example", group=RaterGroup.PEERS, by=facilitator)
    raters.remove_rater(rater=added, by=facilitator)
    assert not FeedbackRater.objects.filter(pk=added.pk).exists()


def test_the_facilitator_returns_the_list_with_a_reason(nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    with pytest.raises(Invalid, match="Say why"):
        rounds.send_back(round=round_, reason=" ", by=facilitator)
    back = rounds.send_back(round=round_, reason="Ask two patients.", by=facilitator)
    assert back.state == "preparing"
    assert back.transitions.last().reason == "Ask two patients."


# --- launching -----------------------------------------------------------------------------------------------------


def test_launching_fixes_the_questions_and_gives_each_rater_a_link_kept_as_a_hash(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator)
    assert [q.key for part in round_.asks.parts for q in part.questions] == ["1.1", "1.2", "joint"]
    for rater in round_.raters.exclude(group="self"):
        row = FeedbackRater.objects.filter(pk=rater.pk).values().get()
        assert feedback.link(rater) not in str(row)
        assert len(row["link_hash"]) == 64
    assert Message.objects.filter(kind="feedback", step="invitation:1").count() == 15


@pytest.mark.parametrize(
    ("days", "minimum", "field"), [(0, 3, "closes_on"), (200, 3, "closes_on"), (20, 2, "minimum"), (20, 11, "minimum")]
)
def test_terms_that_protect_nobody_are_refused(nurse, version, facilitator, days, minimum, field):
    round_ = feedback.proposed(nurse, version, facilitator)
    closes_on = today() + datetime.timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        rounds.launch(round=round_, closes_on=closes_on, minimum=minimum, by=facilitator)
    assert refused.value.field == field


def test_only_the_rounds_facilitator_launches_it(nurse, version, facilitator, trust):
    round_ = feedback.proposed(nurse, version, facilitator)
    for user in (
        nurse.user,
        feedback.facilitator_at(trust),
        user_with(Role.HR_OFFICER, trust),
        user_with(Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowed):
            rounds.launch(round=round_, closes_on=today() + SOON, minimum=3, by=user)


def test_groups_are_fixed_at_the_launch_by_the_database(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator)
    rater = feedback.asked(round_, "peers")[0]
    refused_by_the_database(lambda: FeedbackRater.objects.filter(pk=rater.pk).update(group="others"))
    refused_by_the_database(lambda: FeedbackRater.objects.filter(pk=rater.pk).delete())
    refused_by_the_database(
        lambda: FeedbackRater.objects.create(round=round_, name="Late", email="late@x.example", group="peers")
    )


def test_questions_stay_as_they_were_asked(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator)
    refused_by_the_database(lambda: FeedbackRound.objects.filter(pk=round_.pk).update(questionnaire={}))


def test_the_minimum_may_rise_and_never_fall(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator)
    raised = rounds.change_terms(round=round_, closes_on=round_.closes_on, minimum=4, by=facilitator)
    assert raised.minimum == 4
    with pytest.raises(Invalid, match="never lowered"):
        rounds.change_terms(round=round_, closes_on=round_.closes_on, minimum=3, by=facilitator)
    refused_by_the_database(lambda: FeedbackRound.objects.filter(pk=round_.pk).update(minimum=3))
    closed = rounds.close(round=round_, by=facilitator)
    refused_by_the_database(lambda: FeedbackRound.objects.filter(pk=closed.pk).update(minimum=5))
    refused_by_the_database(lambda: FeedbackRound.objects.filter(pk=closed.pk).update(minimum=2))


def test_the_last_day_only_moves_later(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator, days=10)
    with pytest.raises(Invalid) as refused:
        rounds.change_terms(round=round_, closes_on=today() + datetime.timedelta(days=5), minimum=3, by=facilitator)
    assert refused.value.field == "closes_on"
    later = today() + datetime.timedelta(days=30)
    assert rounds.change_terms(round=round_, closes_on=later, minimum=3, by=facilitator).closes_on == later


# --- answering -----------------------------------------------------------------------------------------------------


@pytest.fixture
def round_(nurse, version, facilitator):
    return feedback.running(nurse, version, facilitator)


@pytest.fixture
def peer(round_):
    return feedback.asked(round_, "peers")[0]


def test_what_is_saved_comes_back_and_what_is_sent_is_nobodys(round_, peer):
    answering.save(
        rater=peer, part="1", keys=["1.1", "1.2"], prompts=["1"], answers=Answers({"1.1": 2}, {}, {"1": "x"})
    )
    answering.save(
        rater=peer, part="1", keys=["1.1", "1.2"], prompts=["1"], answers=Answers({"1.2": "no_chance"}, {}, {})
    )
    peer.refresh_from_db()
    assert Answers.from_plain(peer.draft) == Answers({"1.2": "no_chance"}, {}, {})
    answering.save(rater=peer, part="1", keys=["1.1", "1.2"], prompts=["1"], answers=Answers({"1.1": 1}, {}, {}))
    answering.send(rater=peer)
    peer.refresh_from_db()
    (reply,) = FeedbackReply.objects.all()
    assert (peer.state, peer.draft) == ("sent", {})
    assert {field.name for field in FeedbackReply._meta.concrete_fields} == {"id", "round", "group", "answers"}
    assert (reply.group, reply.answers["levels"]) == ("peers", {"1.1": 1})


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (Answers({"1.1": 3}), "level_1.1"),
        (Answers({"1.1": -1}), "level_1.1"),
        (Answers({"1.1": 0}), "level_1.1"),  # not observed: asked as "no chance to see this"
        (Answers({"1.1": "often"}), "level_1.1"),
        (Answers({"9.9": 1}), None),
        (Answers({"joint": 1}), None),  # peers are not asked it
        (Answers({}, {"1": 2}), None),  # the framework does not ask importance
        (Answers({}, {}, {"well": "x" * 2001}), "comment_well"),
        (Answers({}, {}, {"well": "a\x00b"}), "comment_well"),
        (Answers({}, {}, {"nothing": "x"}), None),
        (Answers({}, {}, {"joint": "x"}), None),
    ],
)
def test_answers_out_of_scale_or_not_asked_are_refused_and_nothing_is_kept(peer, answers, field):
    with pytest.raises(Invalid) as refused:
        answering.save(rater=peer, part="1", keys=["1.1", "1.2"], prompts=["1", "well"], answers=answers)
    assert refused.value.field == field
    peer.refresh_from_db()
    assert peer.draft == {}


def test_managers_are_asked_about_clinicians_and_managers_together(round_):
    manager = feedback.asked(round_, "manager")[0]
    answering.save(rater=manager, part="joint", keys=["joint"], prompts=[], answers=Answers({"joint": 4}))
    answering.send(rater=manager)
    assert FeedbackReply.objects.get().answers["levels"] == {"joint": 4}


def test_nothing_at_all_cannot_be_sent(peer):
    with pytest.raises(Invalid, match="at least one"):
        answering.send(rater=peer)


def test_answers_are_sent_once(peer):
    feedback.answer(peer, Answers({"1.1": 1}))
    for again in (lambda: answering.send(rater=peer), lambda: answering.decline(rater=peer)):
        with pytest.raises(WrongState, match="already"):
            again()
    assert FeedbackReply.objects.count() == 1


def test_who_declines_leaves_nothing_behind(peer):
    answering.save(rater=peer, part="", keys=[], prompts=["well"], answers=Answers({}, {}, {"well": "no"}))
    answering.decline(rater=peer)
    peer.refresh_from_db()
    assert (peer.state, peer.draft) == ("declined", {})
    with pytest.raises(WrongState, match="will not give"):
        answering.send(rater=peer)


def test_a_stopped_link_takes_no_answers_and_what_was_sent_stays(round_, peer, facilitator):
    other = feedback.asked(round_, "peers")[1]
    feedback.answer(other, Answers({"1.1": 1}))
    raters.revoke_link(rater=peer, by=facilitator)
    raters.revoke_link(rater=other, by=facilitator)
    with pytest.raises(WrongState, match="withdrawn"):
        answering.save(rater=peer, part="", keys=[], prompts=["well"], answers=Answers({}, {}, {"well": "x"}))
    assert FeedbackReply.objects.count() == 1


def test_a_new_link_replaces_the_old_one(round_, peer, facilitator):
    old = feedback.link(peer)
    raters.renew_link(rater=peer, by=facilitator)
    peer.refresh_from_db()
    assert feedback.link(peer) != old
    assert Message.objects.get(about_id=peer.pk).step == "invitation:2"


def test_who_declined_is_not_asked_again(peer, facilitator):
    answering.decline(rater=peer)
    raters.renew_link(rater=peer, by=facilitator)
    peer.refresh_from_db()
    assert peer.state == RaterState.DECLINED


def test_raters_leave_no_trace_in_the_audit(peer, round_):
    before = AuditEvent.objects.count()
    feedback.answer(peer, Answers({"1.1": 1}))
    answering.decline(rater=feedback.asked(round_, "peers")[1])
    assert AuditEvent.objects.count() == before


def test_raters_and_replies_have_no_history_table():
    from django.apps import apps

    tracked = {getattr(model, "pgh_tracked_model", None) for model in apps.get_models(include_auto_created=True)}
    assert tracked.isdisjoint({FeedbackRater, FeedbackReply, FeedbackReport, Message})


# --- closing and releasing -----------------------------------------------------------------------------------------


def test_closing_writes_the_report_and_forgets_who_was_asked_and_who_answered(round_, peer, facilitator):
    feedback.answer(peer, Answers({"1.1": 1}))
    answering.save(
        rater=feedback.asked(round_, "peers")[1],
        part="", keys=[], prompts=["well"], answers=Answers({}, {}, {"well": "Saved, never sent."}),
    )  # fmt: skip
    closed = rounds.close(round=round_, by=facilitator)
    assert not closed.raters.exists()
    assert not Message.objects.exists()
    assert "Saved, never sent." not in str(FeedbackReport.objects.values().get())


def test_a_report_exists_once_and_stays_as_it_was_written(round_, facilitator):
    closed = rounds.close(round=round_, by=facilitator)
    with pytest.raises(WrongState, match="closed"):
        rounds.close(round=round_, by=facilitator)
    refused_by_the_database(lambda: FeedbackReport.objects.filter(round=closed).update(figures={}))
    refused_by_the_database(lambda: FeedbackReport.objects.filter(round=closed).update(comments={"peers": {}}))


def test_replies_never_change_and_arrive_only_while_the_round_runs(round_, facilitator):
    reply = feedback.reply(round_, "peers", Answers({"1.1": 1}))
    refused_by_the_database(lambda: FeedbackReply.objects.filter(pk=reply.pk).update(group="others"))
    refused_by_the_database(lambda: FeedbackReply.objects.filter(pk=reply.pk).delete())
    rounds.close(round=round_, by=facilitator)
    refused_by_the_database(lambda: feedback.reply(round_, "peers", Answers({"1.1": 1})))


def test_a_round_closes_by_itself_after_its_last_day(nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator, days=5)
    peer = feedback.asked(round_, "peers")[0]
    assert housekeeping.close_due(round_.closes_on) == 0
    with time_machine.travel(
        datetime.datetime.combine(round_.closes_on, datetime.time(12)) + datetime.timedelta(days=1)
    ):
        with pytest.raises(WrongState, match="no longer taken"):
            answering.decline(rater=peer)
        assert housekeeping.close_due(today()) == 1
        assert housekeeping.close_due(today()) == 0
    round_.refresh_from_db()
    assert round_.state == RoundState.CLOSED
    assert round_.transitions.last().by is None


def test_the_report_is_released_after_a_conversation(nurse, version, facilitator):
    round_ = feedback.closed(nurse, version, facilitator)
    tomorrow, yesterday = (today() + datetime.timedelta(days=days) for days in (1, -1))
    for day in (tomorrow, yesterday):
        with pytest.raises(Invalid) as refused:
            rounds.release(round=round_, conversation_on=day, by=facilitator)
        assert refused.value.field == "conversation_on"
    with pytest.raises(NotAllowed):
        rounds.release(round=round_, conversation_on=today(), by=nurse.user)
    assert rounds.release(round=round_, conversation_on=today(), by=facilitator).state == "released"


def test_cancelling_removes_what_was_answered_at_once(round_, peer, nurse):
    feedback.answer(peer, Answers({"1.1": 1}))
    rounds.cancel(round=round_, reason="I change jobs.", by=nurse.user)
    assert not FeedbackReply.objects.exists()
    assert not FeedbackRater.objects.exists()
    assert not FeedbackReport.objects.exists()


def test_a_closed_round_cannot_be_cancelled(nurse, version, facilitator):
    round_ = feedback.closed(nurse, version, facilitator)
    with pytest.raises(WrongState):
        rounds.cancel(round=round_, reason="Late.", by=nurse.user)


def test_feedback_never_reaches_standing(nurse, version, facilitator):
    feedback.released(nurse, version, facilitator, level=2)
    assert not AgreedLevels.objects.filter(clinician=nurse).exists()


# --- keeping -------------------------------------------------------------------------------------------------------


def test_raw_answers_go_24_months_after_the_release_and_the_figures_stay(nurse, version, facilitator, settings):
    round_ = feedback.released(nurse, version, facilitator, groups={"peers": 3, "manager": 1}, level=2, own=1)
    released_on = today()
    report = FeedbackReport.objects.get()
    figures = report.figures
    assert report.comments["peers"]["well"]
    assert housekeeping.forget_old(released_on.replace(year=released_on.year + 2)) == {}
    removed = housekeeping.forget_old(released_on.replace(year=released_on.year + 2) + datetime.timedelta(days=1))
    assert removed == {"replies": 5, "reports_without_comments": 1}
    report.refresh_from_db()
    assert (report.figures, report.comments) == (figures, {})
    event = AuditEvent.objects.get(verb="feedback.forgotten")
    assert event.subject_id == round_.pk
    assert event.detail.items() >= removed.items()
    assert housekeeping.forget_old(released_on.replace(year=released_on.year + 9)) == {}


def test_how_long_raw_answers_are_kept_is_a_setting(nurse, version, facilitator, settings):
    settings.FEEDBACK_KEEP_MONTHS = 1
    feedback.closed(nurse, version, facilitator, groups={"peers": 3})
    assert housekeeping.forget_old(today() + datetime.timedelta(days=40))["replies"] == 4
