"""What appraisee and appraiser do, in which order, and what each of them may never do."""

import datetime

import pytest
from dateutil.relativedelta import relativedelta
from django.db import InternalError, transaction
from django.utils import timezone

from registry.appraisals import steps
from registry.appraisals.actions import conducting, obligations, preparing, recording
from registry.appraisals.models import Appraisal, ChecklistEntry, Postponement
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.seen import Stale
from tests.factories import competency, feedback
from tests.factories.appraisals import (
    CycleRuleFactory,
    days_ago,
    done,
    hold,
    in_days,
    open_one,
    placed,
    renewal,
    sent,
    signed,
)
from tests.factories.competency import appraiser_at
from tests.factories.development import plan as development_plan
from tests.factories.people import clinician_user

pytestmark = pytest.mark.django_db


def path(row):
    return list(row.transitions.values_list("before", "after"))


def entry(row, code="cpd"):
    return row.checklist.get(code=code)


def change_appraiser(row, appraiser):
    Appraisal.objects.filter(pk=row.pk).update(appraiser=appraiser)


# --- preparing -------------------------------------------------------------------------------------------------------


def test_person_ticks_and_notes_what_they_bring(nurse):
    row = placed(nurse)
    saved = preparing.save_entry(entry=entry(row), done=True, note=" In the folder. ", by=nurse.user)
    assert (saved.done, saved.note) == (True, "In the folder.")


def test_only_the_person_prepares(nurse, appraiser, hr):
    row, colleague = placed(nurse), clinician_user(nurse.organisation)
    for by in (appraiser, hr, colleague.user):
        with pytest.raises(NotAllowed):
            preparing.save_entry(entry=entry(row), done=True, by=by)
        with pytest.raises(NotAllowed):
            preparing.send(appraisal=row, by=by)


def test_released_feedback_of_ones_own_can_be_the_evidence(nurse):
    row = placed(nurse)
    mine = feedback.released(nurse, competency.tiny())
    theirs = feedback.released(clinician_user(nurse.organisation), competency.tiny(code="OTHER"))
    saved = preparing.save_entry(entry=entry(row, "feedback"), done=True, feedback_round=mine, by=nurse.user)
    assert saved.feedback_round == mine
    for code, wrong in (("feedback", theirs), ("cpd", mine)):
        with pytest.raises(Invalid) as refused:
            preparing.save_entry(entry=entry(row, code), done=True, feedback_round=wrong, by=nurse.user)
        assert refused.value.field == "feedback_round"


def test_feedback_that_was_not_released_is_no_evidence(nurse):
    row, running = placed(nurse), feedback.running(nurse, competency.tiny())
    with pytest.raises(Invalid):
        preparing.save_entry(entry=entry(row, "feedback"), done=True, feedback_round=running, by=nurse.user)


def test_agreed_levels_and_a_plan_of_ones_own_can_be_brought(nurse, appraiser):
    row = placed(nurse)
    plan = development_plan(nurse, competency.tiny(code="ONE"))
    linked = preparing.link(appraisal=row, assessment=plan.assessment, plan=plan, by=nurse.user)
    assert (linked.assessment, linked.plan) == (plan.assessment, plan)
    theirs = development_plan(clinician_user(nurse.organisation), competency.tiny(code="TWO"))
    unagreed = competency.submitted(nurse, competency.tiny(code="THREE"), appraiser)
    for field, wrong in (("assessment", unagreed), ("assessment", theirs.assessment), ("plan", theirs)):
        with pytest.raises(Invalid) as refused:
            preparing.link(appraisal=row, by=nurse.user, **{field: wrong})
        assert refused.value.field == field
    assert preparing.link(appraisal=row, by=nurse.user).plan is None


def test_sending_needs_an_appraiser(trust):
    alone = clinician_user(trust)
    with pytest.raises(WrongState, match="You have no appraiser yet"):
        preparing.send(appraisal=placed(alone), by=alone.user)


def test_what_was_sent_can_be_taken_back_or_returned(nurse, appraiser):
    row = sent(nurse)
    with pytest.raises(WrongState, match="with the appraiser"):
        preparing.save_entry(entry=entry(row), done=True, by=nurse.user)
    preparing.take_back(appraisal=row, by=nurse.user)
    preparing.send(appraisal=row, by=nurse.user)
    with pytest.raises(Invalid):
        conducting.send_back(appraisal=row, reason=" ", by=appraiser)
    conducting.send_back(appraisal=row, reason="Say more.", by=appraiser)
    assert path(row)[1:] == [("preparing", "ready"), ("ready", "preparing")] * 2
    assert row.transitions.last().reason == "Say more."


# --- asking for more time --------------------------------------------------------------------------------------------


def ask(row, **said):
    said = {"reason": "sickness", "to_due_on": row.due_on + datetime.timedelta(days=60)} | said
    return preparing.ask_to_postpone(appraisal=row, by=row.clinician.user, **said)


def test_person_asks_for_a_later_date_once_and_may_take_it_back(nurse):
    row = placed(nurse)
    wish = ask(row)
    assert (wish.from_due_on, wish.asked_by, wish.approved) == (row.due_on, nurse.user, None)
    with pytest.raises(WrongState, match="You have asked already"):
        ask(row)
    preparing.withdraw_wish(appraisal=row, by=nurse.user)
    with pytest.raises(WrongState, match="no wish to take back"):
        preparing.withdraw_wish(appraisal=row, by=nurse.user)
    ask(row)
    row.refresh_from_db()
    assert row.due_on == wish.from_due_on


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to_due_on": days_ago(1)}, "to_due_on"),
        ({"to_due_on": in_days(900)}, "to_due_on"),
        ({"reason": "other"}, "words"),
        ({"words": "x" * 1001}, "words"),
    ],
)
def test_wish_that_makes_no_sense_is_refused_beside_its_field(nurse, said, field):
    with pytest.raises(Invalid) as refused:
        ask(placed(nurse), **said)
    assert refused.value.field == field


def test_nobody_here_postpones_what_the_regulator_sets(nurse):
    with pytest.raises(WrongState, match="The regulator sets this date"):
        ask(renewal(nurse))


def test_undecided_wish_ends_with_the_appraisal(nurse):
    row = sent(nurse)
    ask(row)
    row = hold(row)
    conducting.sign(appraisal=row, by=row.appraiser)
    preparing.sign(appraisal=row, by=nurse.user)
    assert not Postponement.objects.exists()


# --- conducting ------------------------------------------------------------------------------------------------------


def test_meeting_is_a_new_version_of_the_calendar_entry_each_time(nurse, appraiser):
    row, at = placed(nurse), timezone.now() + datetime.timedelta(days=3)
    for place, number in (("Room 4", 1), ("Room 4", 1), ("Room 5", 2)):
        conducting.set_meeting(appraisal=row, at=at, place=place, by=appraiser)
        row.refresh_from_db()
        assert row.calendar_sequence == number
    conducting.cancel_meeting(appraisal=row, by=appraiser)
    row.refresh_from_db()
    assert (row.meeting_at, row.meeting_place, row.calendar_sequence) == (None, "", 3)
    with pytest.raises(WrongState, match="No meeting is set"):
        conducting.cancel_meeting(appraisal=row, by=appraiser)


def test_meeting_is_never_before_the_window(nurse, appraiser):
    row = placed(nurse)
    early = timezone.localtime() - (today() - row.opens_on) - datetime.timedelta(days=1)
    for at in (early, timezone.localtime() + datetime.timedelta(days=1000)):
        with pytest.raises(Invalid) as refused:
            conducting.set_meeting(appraisal=row, at=at, by=appraiser)
        assert refused.value.field == "day"


def test_only_its_appraiser_conducts_it(nurse, appraiser, hr):
    row = sent(nurse)
    for by in (nurse.user, hr, appraiser_at(nurse.organisation)):
        with pytest.raises(NotAllowed):
            conducting.set_meeting(appraisal=row, at=timezone.now(), by=by)
        with pytest.raises(NotAllowed):
            conducting.sign(appraisal=row, by=by)


def test_nobody_appraises_themself(nurse):
    row = sent(nurse)
    themself = appraiser_at(nurse.organisation)
    nurse.user, nurse.appraiser = themself, None
    nurse.save()
    change_appraiser(row, themself)
    with pytest.raises(NotAllowed, match="Nobody appraises themself"):
        conducting.set_meeting(appraisal=row, at=timezone.now(), by=themself)


def test_appraiser_signs_only_what_was_sent_met_and_written_up(nurse, appraiser):
    row = placed(nurse)
    with pytest.raises(WrongState, match="being prepared"):
        conducting.sign(appraisal=row, by=appraiser)
    preparing.send(appraisal=row, by=nurse.user)
    with pytest.raises(WrongState, match="Say when you met"):
        conducting.sign(appraisal=row, by=appraiser)
    conducting.set_meeting(appraisal=row, at=timezone.now() + datetime.timedelta(days=2), by=appraiser)
    with pytest.raises(WrongState, match="once you have met"):
        conducting.sign(appraisal=row, by=appraiser)
    conducting.set_meeting(appraisal=row, at=timezone.now(), by=appraiser)
    with pytest.raises(WrongState, match="Write the summary"):
        conducting.sign(appraisal=row, by=appraiser)
    assert path(row)[-1] == ("preparing", "ready")


def test_appraiser_says_only_what_an_appraiser_can(nurse, appraiser):
    row = sent(nurse)
    for outcome in ("renewed", "not_engaged", "deferred"):
        with pytest.raises(Invalid) as refused:
            conducting.write_summary(appraisal=row, summary="We met.", outcome=outcome, by=appraiser)
        assert refused.value.field == "outcome"


def test_summary_is_not_saved_over_one_from_another_window(nurse, appraiser):
    row = sent(nurse)
    seen = conducting.summary_mark(appraisal=row)
    said = {"appraisal": row, "outcome": "completed", "by": appraiser}
    conducting.write_summary(summary="First window.", seen=seen, **said)
    with pytest.raises(Stale):
        conducting.write_summary(summary="Second window.", seen=seen, **said)
    row.refresh_from_db()
    assert row.summary == "First window."


def test_objectives_can_change_until_both_have_signed(nurse, appraiser):
    row = hold(sent(nurse), objectives=2)
    first, second = row.objectives.all()
    said = {"text": "Lead it.", "measure": "It is led.", "by_date": in_days(30), "by": appraiser}
    conducting.change_objective(objective=first, **said)
    conducting.remove_objective(objective=second, by=appraiser)
    with pytest.raises(WrongState, match="removed in the meantime"):
        conducting.change_objective(objective=second, **said)
    with pytest.raises(Invalid):
        conducting.add_objective(appraisal=row, **said | {"by_date": days_ago(1)})
    assert list(row.objectives.values_list("text", flat=True)) == ["Lead it."]
    conducting.sign(appraisal=row, by=appraiser)
    with pytest.raises(WrongState, match="cannot change"):
        conducting.change_objective(objective=first, **said)


def test_last_times_objectives_are_looked_back_on_by_the_next_appraiser(nurse, appraiser):
    over = done(nurse)
    (objective,) = over.objectives.all()
    row = open_one(nurse, over.rule.cycle)
    another = appraiser_at(nurse.organisation)
    change_appraiser(row, another)
    assert conducting.last_objectives(appraisal=row) == [objective]
    with pytest.raises(NotAllowed):
        conducting.record_results(appraisal=row, results={objective.pk: "met"}, by=appraiser)
    with pytest.raises(Invalid):
        conducting.record_results(appraisal=row, results={objective.pk + 1000: "met"}, by=another)
    conducting.record_results(appraisal=row, results={objective.pk: "partly"}, by=another)
    objective.refresh_from_db()
    assert objective.result == "partly"


# --- both signatures -------------------------------------------------------------------------------------------------


def test_signed_by_both_it_is_done_and_the_next_is_open(nurse, appraiser):
    row = signed(nurse)
    over = preparing.sign(appraisal=row, by=nurse.user, seen=steps.mark(row))
    assert (over.state, over.done_on, over.outcome) == ("done", today(), "actions")
    assert (over.appraiser_signed_by, over.appraisee_signed_by) == (appraiser, nurse.user)
    assert path(over) == [("", "preparing"), ("preparing", "ready"), ("ready", "signed"), ("signed", "done")]
    following = open_one(nurse, over.rule.cycle)
    assert following.due_on == over.done_on + relativedelta(years=1)
    verbs = list(AuditEvent.objects.filter(subject_id=over.pk, subject_type="appraisals.appraisal").values_list("verb"))
    assert ("appraisal.done",) in verbs
    assert not any("falls" in str(event.detail) for event in AuditEvent.objects.all())


def test_person_returns_what_the_appraiser_signed_and_the_signature_goes(nurse, appraiser):
    row = signed(nurse)
    with pytest.raises(Invalid):
        preparing.send_back(appraisal=row, reason="", by=nurse.user)
    back = preparing.send_back(appraisal=row, reason="We said March.", by=nurse.user)
    assert (back.state, back.appraiser_signed_at, back.appraiser_signed_by) == ("ready", None, None)
    assert conducting.sign(appraisal=row, by=appraiser).state == "signed"


def test_nobody_signs_what_has_changed_since_they_read_it(nurse, appraiser):
    row = signed(nurse)
    seen = steps.mark(row)
    preparing.send_back(appraisal=row, reason="We said March.", by=nurse.user)
    before = steps.mark(Appraisal.objects.get(pk=row.pk))
    conducting.write_summary(appraisal=row, summary="Something else.", outcome="completed", by=appraiser)
    with pytest.raises(Stale):
        conducting.sign(appraisal=row, seen=before, by=appraiser)
    conducting.sign(appraisal=row, by=appraiser)
    with pytest.raises(Stale):
        preparing.sign(appraisal=row, seen=seen, by=nurse.user)


def test_person_signs_only_after_the_appraiser(nurse):
    with pytest.raises(WrongState, match="with the appraiser"):
        preparing.sign(appraisal=sent(nurse), by=nurse.user)


def test_what_is_done_never_changes_in_the_database(nurse):
    over = done(nurse)
    with pytest.raises(InternalError), transaction.atomic():
        Appraisal.objects.filter(pk=over.pk).update(summary="Rewritten.")
    with pytest.raises(InternalError), transaction.atomic():
        ChecklistEntry.objects.filter(appraisal=over).update(note="Rewritten.")


# --- recording a renewal ---------------------------------------------------------------------------------------------


def test_renewal_is_recorded_by_the_person_and_the_next_counts_from_its_date(nurse):
    shape = {"kind": "every", "months": 36, "window_days": 60, "counted_from": "due"}
    row = renewal(nurse, due=30, rule=CycleRuleFactory(cycle__kind="renewal", shape=shape))
    over = recording.record_done(appraisal=row, done_on=today(), outcome="renewed", by=nurse.user)
    assert (over.state, over.done_on, over.appraisee_signed_at) == ("done", today(), None)
    assert open_one(nurse, row.rule.cycle).due_on == row.due_on + relativedelta(years=3)


def test_next_date_of_the_regulator_is_taken(nurse):
    row = renewal(nurse, due=30)
    recording.record_done(appraisal=row, done_on=today(), outcome="renewed", next_due_on=in_days(1000), by=nurse.user)
    assert open_one(nurse, row.rule.cycle).due_on == in_days(1000)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"done_on": in_days(1)}, "done_on"),
        ({"done_on": days_ago(200)}, "done_on"),
        ({"outcome": "completed"}, "outcome"),
        ({"outcome": "deferred"}, "next_due_on"),
        ({"next_due_on": in_days(20)}, "next_due_on"),
        ({"next_due_on": in_days(4000)}, "next_due_on"),
    ],
)
def test_renewal_that_cannot_be_is_refused_beside_its_field(nurse, said, field):
    row = renewal(nurse, due=30, kind="revalidation")
    said = {"done_on": today(), "outcome": "renewed", "by": nurse.user} | said
    with pytest.raises(Invalid) as refused:
        recording.record_done(appraisal=row, **said)
    assert refused.value.field == field


def test_renewal_is_not_signed_and_an_appraisal_is_not_recorded(nurse, hr):
    with pytest.raises(WrongState, match="signed, not recorded"):
        recording.record_done(appraisal=placed(nurse), done_on=today(), outcome="renewed", by=nurse.user)
    with pytest.raises(WrongState, match="recorded as done, not signed"):
        preparing.send(appraisal=renewal(nurse), by=nurse.user)
    with pytest.raises(NotAllowed):
        recording.record_done(appraisal=renewal(nurse, by=hr), done_on=today(), outcome="renewed", by=hr)


# --- who reaches what ------------------------------------------------------------------------------------------------


def test_former_appraiser_keeps_what_they_signed_and_nothing_else(nurse, appraiser, hr):
    over = done(nurse)
    following = open_one(nurse, over.rule.cycle)
    cancelled = sent(nurse, name="Ended")
    obligations.end(obligation=cancelled.obligation, ended_on=today(), reason="Left.", by=hr)
    reach = Appraisal.visible_to(appraiser, P.APPRAISAL_CONDUCT)
    assert set(reach) == {over, following}
    another = appraiser_at(nurse.organisation)
    change_appraiser(following, another)
    assert list(Appraisal.visible_to(appraiser, P.APPRAISAL_CONDUCT)) == [over]
    assert list(Appraisal.visible_to(another, P.APPRAISAL_CONDUCT)) == [following]
    assert list(ChecklistEntry.visible_to(another, P.APPRAISAL_CONDUCT)) == list(following.checklist.all())
    assert not Appraisal.visible_to(hr, P.APPRAISAL_CONDUCT).exists()
