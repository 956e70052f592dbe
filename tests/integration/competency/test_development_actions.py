"""Plans and objectives: who may do what, when, and what the database refuses even to raw SQL."""

import datetime

import pytest
from django.db import IntegrityError, InternalError, transaction

from registry.audit.models import AuditEvent
from registry.boards.actions import vacancies
from registry.competency.development.actions import objectives, plans
from registry.competency.development.measures import NOTHING, STAGE, offered
from registry.competency.development.states import PROGRESS_TRANSITIONS, Learning, Progress
from registry.competency.development.steps import last_day
from registry.competency.models import (
    DevelopmentPlan,
    Objective,
    ObjectiveElement,
    ObjectiveReview,
    ObjectiveTransition,
)
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.seen import Stale
from tests.factories import boards
from tests.factories.competency import agreed, elements_of, framework, submitted, tiny
from tests.factories.development import in_days, objective, plan, wanted
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


def refused(act, match):
    """The database refuses it, and stays usable."""
    with pytest.raises((IntegrityError, InternalError), match=match), transaction.atomic():
        act()


# --- starting ------------------------------------------------------------------------------------------------------


def test_plan_takes_person_and_framework_from_its_assessment(nurse, version):
    begun = plan(nurse, version)
    begun.refresh_from_db()
    assert (begun.clinician, begun.version, begun.framework, begun.state) == (nurse, version, "TINY", "open")
    event = AuditEvent.objects.get(verb="plan.started")
    assert (event.organisation_id, event.detail) == (nurse.organisation_id, {})


def test_career_stage_is_offered_where_the_framework_expects_something_of_it(nurse):
    assessment = agreed(nurse, framework("LF"), level=3)
    keys = [target.key for target in offered(assessment, nurse.user)]
    assert keys[0] == STAGE
    assert keys[-1] == NOTHING
    stage = offered(assessment, nurse.user)[0]
    assert stage.levels == dict.fromkeys("12345", 3)
    assert "Continuing or experienced practice" in stage.title
    assert [target.key for target in offered(agreed(nurse, tiny()), nurse.user)] == [NOTHING]


def test_target_is_kept_as_it_was_whatever_becomes_of_the_vacancy(nurse, trust, version):
    officer = boards.hr_officer(trust)
    vacancy = boards.opened(trust, officer, framework=version, levels={1: (2, 7)}, title="Chief nurse")
    begun = plan(nurse, version, target=f"vacancy-{vacancy.pk}", level=1)
    vacancies.close_vacancy(vacancy=vacancy, reason="Filled by somebody else.", by=officer)
    begun.refresh_from_db()
    assert (begun.target.levels, begun.target.weights, str(begun.target)) == (
        {"1": 2},
        {"1": 7},
        f"Chief nurse, {trust}",
    )
    refused(lambda: DevelopmentPlan.objects.update(wanted={}), "Cannot update")


@pytest.mark.parametrize("target", ["", "stage", "vacancy-1", "\0", "x" * 9999])
def test_target_that_is_not_on_offer_is_refused(nurse, version, target):
    with pytest.raises(Invalid) as raised:
        plan(nurse, version, target=target)
    assert raised.value.field == "target"


def test_only_the_newest_agreed_assessment_starts_a_plan(nurse, version, appraiser):
    old = agreed(nurse, version, appraiser)
    new = agreed(nurse, version, appraiser)
    sent = submitted(nurse, tiny(code="TWO"), appraiser)
    for assessment in (old, sent):
        with pytest.raises(WrongState):
            plans.start_plan(assessment=assessment, target=NOTHING, by=nurse.user)
    plans.start_plan(assessment=new, target=NOTHING, by=nurse.user)


def test_one_plan_is_open_for_a_framework_and_a_closed_one_makes_room(nurse, version):
    first = plan(nurse, version)
    with pytest.raises(WrongState, match="already have a plan open"):
        plans.start_plan(assessment=first.assessment, target=NOTHING, by=nurse.user)
    plan(nurse, tiny(code="TWO"))
    plans.close_plan(plan=first, outcome="Learned a lot.", by=nurse.user)
    plans.start_plan(assessment=first.assessment, target=NOTHING, by=nurse.user)
    assert DevelopmentPlan.objects.count() == 3


def test_database_takes_no_plan_from_an_assessment_that_was_not_agreed(nurse, version):
    sent = submitted(nurse, version)
    refused(
        lambda: DevelopmentPlan.objects.create(clinician=nurse, assessment=sent, version=version, wanted={}),
        "has not been agreed",
    )


def test_nobody_else_touches_a_plan(nurse, trust, version, appraiser):
    begun = plan(nurse, version)
    aim = objective(begun)
    others = [clinician_user(trust).user, appraiser, boards.hr_officer(trust), user_with("administrator")]
    for other in others:
        for act in (
            lambda by: plans.start_plan(assessment=begun.assessment, target=NOTHING, by=by),
            lambda by: plans.close_plan(plan=begun, outcome="", by=by),
            lambda by: objectives.add_objective(plan=begun, wanted=wanted(begun), by=by),
            lambda by: objectives.edit_objective(objective=aim, wanted=wanted(begun), by=by),
            lambda by: objectives.move_objective(objective=aim, to=Progress.ACHIEVED, by=by),
            lambda by: objectives.review_objective(objective=aim, on=today(), changed="x", next_on=None, by=by),
        ):
            with pytest.raises(NotAllowed):
                act(other)
        for model in (DevelopmentPlan, Objective, ObjectiveElement, ObjectiveTransition):
            for permission in Permission:
                assert not model.visible_to(other, permission).exists()


def test_record_of_what_happened_says_nothing_of_how_it_goes(nurse, version):
    begun = plan(nurse, version)
    aim = objective(begun)
    objectives.review_objective(objective=aim, on=today(), changed="x", next_on=None, by=nurse.user)
    objectives.move_objective(objective=aim, to=Progress.DROPPED, reason="Because.", by=nurse.user)
    plans.close_plan(plan=begun, outcome="Enough.", by=nurse.user)
    events = AuditEvent.objects.filter(subject_type__in=[x._meta.label_lower for x in (DevelopmentPlan, Objective)])
    assert [(event.verb, event.detail) for event in events.order_by("pk")] == [
        ("plan.started", {}),
        *[("objective.changed", {})] * 3,
        ("plan.closed", {}),
    ]


# --- objectives ----------------------------------------------------------------------------------------------------


def test_objective_is_tied_to_elements_of_the_plans_framework(nurse, version):
    begun = plan(nurse, version)
    one, two = elements_of(version)
    aim = objective(begun, elements=[two.pk, one.pk])
    assert set(aim.elements.all()) == {one, two}
    (step,) = aim.transitions.all()
    assert (step.before, step.after, step.by) == ("", "planned", nurse.user)
    foreign = elements_of(tiny(code="TWO"))[0]
    for elements in ([], [foreign.pk], [one.pk, foreign.pk], [10**12]):
        with pytest.raises(Invalid) as raised, transaction.atomic():
            objective(begun, elements=elements)
        assert raised.value.field == "elements"
    refused(lambda: ObjectiveElement.objects.create(objective=aim, element=foreign), "is not of the framework")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"success": ""}, "success"),
        ({"success": "a\0b"}, "success"),
        ({"evidence": "x" * 2001}, "evidence"),
        ({"due_on": datetime.date(2020, 1, 1)}, "due_on"),
        ({"due_on": datetime.date(9999, 12, 31)}, "due_on"),
        ({"review_on": datetime.date(2020, 1, 1)}, "review_on"),
    ],
)
def test_objective_says_what_is_wrong_beside_the_field(nurse, version, changes, field):
    begun = plan(nurse, version)
    with pytest.raises(Invalid) as raised, transaction.atomic():
        objective(begun, **changes)
    assert raised.value.field == field
    assert not Objective.objects.exists()


def test_dates_reach_from_today_to_five_years_ahead(nurse, version):
    begun = plan(nurse, version)
    objective(begun, due_on=today(), review_on=today())
    objective(begun, due_on=last_day())
    with pytest.raises(Invalid):
        objective(begun, due_on=last_day() + datetime.timedelta(days=1))


def test_five_years_after_the_29th_of_february_is_the_28th(time_machine):
    time_machine.move_to(datetime.datetime(2028, 2, 29, 12, tzinfo=datetime.UTC))
    assert last_day() == datetime.date(2033, 2, 28)


def test_date_that_has_passed_may_stay_while_something_else_changes(nurse, version, time_machine):
    begun = plan(nurse, version)
    aim = objective(begun, due_on=in_days(10), review_on=None)
    said = wanted(begun, due_on=aim.due_on, review_on=None, evidence="Two meetings chaired.")
    time_machine.move_to(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40))
    objectives.edit_objective(objective=aim, wanted=said, by=nurse.user)
    aim.refresh_from_db()
    assert aim.evidence == "Two meetings chaired."


def test_change_from_a_page_opened_before_another_change_is_not_saved_over_it(nurse, version):
    begun = plan(nurse, version)
    aim = objective(begun)
    seen = objectives.mark_of(aim)
    objectives.edit_objective(objective=aim, wanted=wanted(begun, title="First"), by=nurse.user, seen=seen)
    with pytest.raises(Stale):
        objectives.edit_objective(objective=aim, wanted=wanted(begun, title="Second"), by=nurse.user, seen=seen)
    assert Objective.objects.get().title == "First"


@pytest.mark.parametrize("before", list(Progress))
@pytest.mark.parametrize("after", list(Progress))
def test_progress_follows_the_table_here_and_in_the_database(nurse, version, before, after):
    aim = objective(plan(nurse, version))
    route = {
        Progress.PLANNED: [],
        Progress.UNDER_WAY: [Progress.UNDER_WAY],
        Progress.ACHIEVED: [Progress.ACHIEVED],
        Progress.DROPPED: [Progress.DROPPED],
    }
    for step in route[before]:
        objectives.move_objective(objective=aim, to=step, reason="Because.", by=nurse.user)
    allowed = after in PROGRESS_TRANSITIONS[before]
    if not allowed and after != before:
        refused(lambda: Objective.objects.update(state=after, review_on=None), "Invalid transition")
    if not allowed:
        with pytest.raises(WrongState):
            objectives.move_objective(objective=aim, to=after, reason="Because.", by=nurse.user)
    else:
        moved = objectives.move_objective(objective=aim, to=after, reason="Because.", by=nurse.user)
        assert (moved.state, moved.transitions.last().before) == (after, before)
        assert moved.review_on is None or after not in (Progress.ACHIEVED, Progress.DROPPED)


def test_dropping_needs_a_reason(nurse, version):
    aim = objective(plan(nurse, version))
    with pytest.raises(Invalid) as raised:
        objectives.move_objective(objective=aim, to=Progress.DROPPED, reason="  ", by=nurse.user)
    assert raised.value.field == "reason"
    step = {"objective": aim, "before": "planned", "after": "dropped", "by": nurse.user}
    refused(lambda: ObjectiveTransition.objects.create(**step), "objective_dropped_for_a_reason")


def test_review_is_written_once_and_moves_the_next_one(nurse, version):
    aim = objective(plan(nurse, version))
    objectives.review_objective(objective=aim, on=today(), changed="Chaired two.", next_on=in_days(60), by=nurse.user)
    aim.refresh_from_db()
    assert aim.review_on == in_days(60)
    refused(lambda: ObjectiveReview.objects.update(changed="Other"), "Cannot update")
    refused(lambda: ObjectiveReview.objects.all().delete(), "Cannot .*delete")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": in_days(1)}, "on"),
        ({"on": in_days(-1)}, "on"),  # before the objective was there
        ({"next_on": today()}, "next_on"),
        ({"next_on": datetime.date(9999, 12, 31)}, "next_on"),
        ({"changed": ""}, "changed"),
    ],
)
def test_review_says_what_is_wrong_beside_the_field(nurse, version, changes, field):
    aim = objective(plan(nurse, version))
    said = {"on": today(), "changed": "Much.", "next_on": in_days(30)} | changes
    with pytest.raises(Invalid) as raised:
        objectives.review_objective(objective=aim, **said, by=nurse.user)
    assert raised.value.field == field


def test_what_is_over_is_neither_changed_nor_reviewed(nurse, version):
    begun = plan(nurse, version)
    aim = objective(begun)
    objectives.move_objective(objective=aim, to=Progress.ACHIEVED, by=nurse.user)
    with pytest.raises(WrongState):
        objectives.edit_objective(objective=aim, wanted=wanted(begun), by=nurse.user)
    with pytest.raises(WrongState):
        objectives.review_objective(objective=aim, on=today(), changed="x", next_on=None, by=nurse.user)


def test_closed_plan_is_frozen_with_all_that_belongs_to_it(nurse, version):
    begun = plan(nurse, version)
    aim = objective(begun)
    plans.close_plan(plan=begun, outcome="I chair it now.", by=nurse.user)
    for act in (
        lambda: plans.close_plan(plan=begun, outcome="", by=nurse.user),
        lambda: objectives.add_objective(plan=begun, wanted=wanted(begun), by=nurse.user),
        lambda: objectives.edit_objective(objective=aim, wanted=wanted(begun), by=nurse.user),
        lambda: objectives.move_objective(objective=aim, to=Progress.ACHIEVED, by=nurse.user),
    ):
        with pytest.raises(WrongState, match="closed"):
            act()
    refused(lambda: DevelopmentPlan.objects.update(outcome="Other"), "Cannot update")
    refused(lambda: DevelopmentPlan.objects.update(state="open"), "Cannot update|Invalid transition")
    refused(lambda: Objective.objects.update(title="Other"), "closed development plan")
    refused(lambda: ObjectiveElement.objects.all().delete(), "closed development plan")
    step = {"objective": aim, "before": "planned", "after": "achieved", "by": nurse.user}
    refused(lambda: ObjectiveTransition.objects.create(**step), "closed development plan")
    review = {"objective": aim, "on": today(), "changed": "x", "by": nurse.user}
    refused(lambda: ObjectiveReview.objects.create(**review), "closed development plan")


def test_objective_stays_in_its_plan(nurse, version):
    aim = objective(plan(nurse, version))
    other = plan(nurse, tiny(code="TWO"))
    refused(lambda: Objective.objects.filter(pk=aim.pk).update(plan=other), "Cannot update")


def test_kinds_of_learning_are_said_in_plain_words():
    assert [kind.label for kind in Learning] == ["On the job", "From other people", "Courses and reading"]
