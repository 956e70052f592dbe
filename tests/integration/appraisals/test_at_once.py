"""Several people, or several workers, at one appraisal at once."""

import pytest

from registry.appraisals.actions import conducting, obligations, preparing
from registry.appraisals.actions.placing import place_many
from registry.appraisals.models import Appraisal, Postponement
from registry.kernel.clock import today
from tests.factories.appraisals import (
    CHECKLIST,
    CycleRuleFactory,
    ObligationFactory,
    hold,
    in_days,
    placed,
    sent,
    signed,
)
from tests.factories.people import clinician_user
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


def states(row):
    return list(row.transitions.values_list("after", flat=True))


def test_two_clicks_of_the_appraiser_sign_once(nurse, appraiser):
    row = hold(sent(nurse))
    assert outcome(at_once(*[lambda: conducting.sign(appraisal=row, by=appraiser)] * 4)) == (1, 3)
    assert states(row) == ["preparing", "ready", "signed"]


def test_two_clicks_of_the_person_sign_once_and_open_one_next(nurse):
    row = signed(nurse)
    assert outcome(at_once(*[lambda: preparing.sign(appraisal=row, by=nurse.user)] * 4)) == (1, 3)
    assert Appraisal.objects.still_open().count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_signing_while_it_is_returned_ends_in_one_of_the_two(nurse, attempt):
    row = signed(nurse)
    results = at_once(
        lambda: preparing.sign(appraisal=row, by=nurse.user),
        lambda: preparing.send_back(appraisal=row, reason="We said March.", by=nurse.user),
    )
    assert outcome(results) == (1, 1)
    row.refresh_from_db()
    assert states(row)[-1] == row.state
    assert (row.state == "done") == (row.appraisee_signed_at is not None)


@pytest.mark.parametrize("attempt", range(3))
def test_signing_while_an_objective_is_added_signs_what_is_there(nurse, appraiser, attempt):
    row = hold(sent(nurse), objectives=0)
    said = {"text": "Lead it.", "measure": "It is led.", "by_date": in_days(9), "by": appraiser}
    results = at_once(
        lambda: conducting.sign(appraisal=row, by=appraiser),
        lambda: conducting.add_objective(appraisal=row, **said),
    )
    done, refused = outcome(results)
    assert (done, refused) in {(2, 0), (1, 1)}
    assert row.objectives.count() == done - 1


def test_one_wish_of_four_at_once(nurse):
    row = placed(nurse)
    ask = lambda: preparing.ask_to_postpone(appraisal=row, reason="break", to_due_on=in_days(90), by=nurse.user)  # noqa: E731
    assert outcome(at_once(*[ask] * 4)) == (1, 3)
    assert Postponement.objects.count() == 1


def test_four_workers_open_each_next_appraisal_once():
    rule = CycleRuleFactory(cycle__checklist=CHECKLIST)
    for _ in range(6):
        ObligationFactory(cycle=rule.cycle)
    results = at_once(*[lambda: obligations.open_due(today())] * 4)
    assert sum(results) == Appraisal.objects.count() == 6


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_officers_who_place_the_same_people_one_is_told(trust, hr, attempt):
    rule = CycleRuleFactory()
    people = [clinician_user(trust) for _ in range(6)]
    placing = {"cycle": rule.cycle, "started_on": today(), "next_due_on": None, "by": hr}
    results = at_once(
        lambda: place_many(clinicians=people, **placing), lambda: place_many(clinicians=people[::-1], **placing)
    )
    assert outcome(results) == (1, 1)
    assert Appraisal.objects.count() == len(people)


@pytest.mark.parametrize("attempt", range(3))
def test_signing_while_the_obligation_ends_leaves_nothing_open(nurse, hr, attempt):
    row = signed(nurse)
    results = at_once(
        lambda: preparing.sign(appraisal=row, by=nurse.user),
        lambda: obligations.end(obligation=row.obligation, ended_on=today(), reason="Left.", by=hr),
    )
    outcome(results)
    row.refresh_from_db()
    assert row.state in {"done", "cancelled"}
    ended = row.obligation.__class__.objects.get(pk=row.obligation_id).ended_on is not None
    # Whoever ends it a moment too late is told that the next one was opened, and tries again.
    assert Appraisal.objects.still_open().exists() != ended
