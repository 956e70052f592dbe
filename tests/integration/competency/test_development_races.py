"""Two windows, or two people, at one plan or conversation at once: exactly one wins, and the other is told so."""

import pytest

from registry.competency.development.actions import conversations, objectives, plans
from registry.competency.development.measures import NOTHING
from registry.competency.development.states import Progress
from registry.competency.models import CareerConversation, DevelopmentPlan
from tests.factories.competency import agreed
from tests.factories.development import objective, plan, preparing, recorded, shared, wanted, written_up
from tests.integration.competency.test_assessment_races import at_once, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nurse_has_the_appraiser")]


def test_two_starts_make_one_plan(nurse, version):
    assessment = agreed(nurse, version)
    start = [lambda: plans.start_plan(assessment=assessment, target=NOTHING, by=nurse.user)] * 4
    assert outcome(at_once(*start)) == (1, 3)
    assert DevelopmentPlan.objects.count() == 1


def test_two_beginnings_make_one_conversation(nurse):
    begin = [lambda: conversations.start_conversation(clinician=nurse, by=nurse.user)] * 4
    assert outcome(at_once(*begin)) == (1, 3)
    assert CareerConversation.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_both_confirming_at_once_record_it_once_and_supersede_once(nurse, appraiser, attempt):
    before = recorded(nurse)
    row = written_up(nurse)
    results = at_once(
        lambda: conversations.confirm(conversation=row, by=nurse.user),
        lambda: conversations.confirm(conversation=row, by=appraiser),
    )
    assert outcome(results) == (2, 0)
    row.refresh_from_db()
    before.refresh_from_db()
    assert (before.state, row.state) == ("superseded", "recorded")
    assert [step.after for step in row.transitions.all()] == ["preparing", "shared", "recorded"]


def test_one_persons_double_confirmation_counts_once(nurse, appraiser):
    row = written_up(nurse)
    confirm = [lambda: conversations.confirm(conversation=row, by=appraiser)] * 4
    assert outcome(at_once(*confirm)) == (1, 3)
    row.refresh_from_db()
    assert row.state == "shared"


@pytest.mark.parametrize("attempt", range(5))
def test_last_confirmation_against_taking_it_back_ends_in_one_of_the_two(nurse, appraiser, attempt):
    row = written_up(nurse)
    conversations.confirm(conversation=row, by=nurse.user)
    results = at_once(
        lambda: conversations.confirm(conversation=row, by=appraiser),
        lambda: conversations.take_back(conversation=row, by=nurse.user),
    )
    row.refresh_from_db()
    refused = [isinstance(result, Exception) for result in results]
    assert refused == ([False, True] if row.state == "recorded" else [True, False])


def test_sharing_twice_shares_once(nurse, appraiser):
    row = preparing(nurse)
    share = [lambda: conversations.share(conversation=row, partner=appraiser, by=nurse.user)] * 3
    assert outcome(at_once(*share)) == (1, 2)
    assert row.transitions.count() == 2


def test_view_while_it_is_taken_back_is_before_or_refused(nurse, appraiser):
    row = shared(nurse)
    view, back = at_once(
        lambda: conversations.add_view(conversation=row, view="My view.", by=appraiser),
        lambda: conversations.take_back(conversation=row, by=nurse.user),
    )
    assert not isinstance(back, Exception)
    row.refresh_from_db()
    assert row.partner_view == ("" if isinstance(view, Exception) else "My view.")


@pytest.mark.parametrize("attempt", range(5))
def test_objective_added_while_the_plan_is_closed_is_before_or_refused(nurse, version, attempt):
    begun = plan(nurse, version)
    added, closed = at_once(
        lambda: objectives.add_objective(plan=begun, wanted=wanted(begun), by=nurse.user),
        lambda: plans.close_plan(plan=begun, outcome="", by=nurse.user),
    )
    assert outcome([added]) == ((0, 1) if isinstance(added, Exception) else (1, 0))
    assert not isinstance(closed, Exception)
    assert begun.objectives.count() == (0 if isinstance(added, Exception) else 1)


def test_two_moves_make_one_step(nurse, version):
    aim = objective(plan(nurse, version))
    move = [lambda: objectives.move_objective(objective=aim, to=Progress.ACHIEVED, by=nurse.user)] * 3
    assert outcome(at_once(*move)) == (1, 2)
    assert aim.transitions.count() == 2
