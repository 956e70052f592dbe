"""Whoever has applied for a cohort runs nothing of its selection: each door is closed to them, and none for others."""

import pytest
from django.urls import reverse

from programmes import steps
from programmes.actions import (
    appealing,
    applying,
    assigning,
    cohorts,
    feedback,
    moving,
    offering,
    settling,
    supporting,
)
from programmes.models import Appeal, Application, Reading, Score
from programmes.selecting.presenters import needs_of_leads
from programmes.states import ApplicationState, CohortState, EnrolmentState
from registry.accounts.roles import Role
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories import programmes_taking_part as taking
from tests.factories.people import clinician_user, grant

pytestmark = pytest.mark.django_db
A = ApplicationState


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead, name="Spring")


@pytest.fixture
def row(cohort):
    """The application of somebody else, with a reader."""
    made = selecting.applicant(cohort)
    selecting.reading(made, selecting.assessor(cohort), declared=False)
    return made


@pytest.fixture
def appeal(cohort):
    lost = selecting.rejected(selecting.applicant(cohort))
    return appealing.lodge(application=lost, grounds="My answer was not read.", by=lost.clinician.user)


def leading(application):
    """The applicant, who runs the programme as well."""
    user = application.clinician.user
    grant(user, Role.PROGRAMME_LEAD, application.cohort.organisation)
    return user


@pytest.fixture
def rival(cohort):
    return leading(selecting.applicant(cohort))


def with_more_places(cohort, by):
    """The cohort gets one place more, as the lead's page does it."""
    values = {name: getattr(cohort, name) for name in cohorts.EDITED}
    cohorts.edit_cohort(cohort=cohort, values=values | {"capacity": cohort.capacity + 1}, by=by)


DOORS = {
    "edit_cohort": lambda row, _, by: with_more_places(row.cohort, by),
    "limit_places": lambda row, _, by: cohorts.limit_places(
        cohort=row.cohort, kind="profession", value="nurse", places=1, by=by
    ),
    "assign": lambda row, _, by: assigning.assign(gate=selecting.gate_of(row.cohort), cohort=row.cohort, by=by),
    "assign_by_hand": lambda row, _, by: assigning.assign_by_hand(
        application=row, gate=selecting.gate_of(row.cohort), assessor=selecting.assessor(row.cohort), by=by
    ),
    "take_back": lambda row, _, by: assigning.take_back(reading=row.readings.get(), by=by),
    "write_feedback": lambda row, _, by: feedback.write(application=row, feedback="No.", by=by),
    "begin_feedback": lambda row, _, by: feedback.begin(cohort=row.cohort, by=by),
    "settle": lambda row, _, by: settling.settle(cohort=row.cohort, by=by),
    "decide": lambda row, _, by: offering.decide(cohort=row.cohort, by=by),
    "close_waiting_list": lambda row, _, by: offering.close_waiting_list(cohort=row.cohort, by=by),
    "withdraw_for": lambda row, _, by: applying.withdraw_for(application=row, reason="No.", by=by),
    "decide_appeal": lambda _, appeal, by: appealing.decide(appeal=appeal, upheld=False, reason="No.", by=by),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_lead_who_competes_does_nothing_in_the_selection(row, appeal, rival, door):
    with pytest.raises(NotAllowed):
        DOORS[door](row, appeal, rival)


@pytest.mark.parametrize("door", sorted(set(DOORS) - {"decide", "close_waiting_list"}))
def test_another_lead_does_all_of_it(row, appeal, rival, lead, door):
    DOORS[door](row, appeal, lead)


@pytest.mark.parametrize(
    ("state", "competes"),
    [
        ("draft", False),
        ("submitted", True),
        ("reserve", True),
        ("offered", True),
        ("accepted", True),
        ("rejected", False),
        ("declined", False),
        ("withdrawn", False),
    ],
)
def test_whoever_has_a_place_or_can_win_one_competes(cohort, trust, state, competes):
    way = {"declined": "offered", "withdrawn": "submitted"}
    application = programmes.application(cohort, clinician_user(trust), state=way.get(state, state))
    if state in way:
        steps.move(application, state, by=None)
    assert steps.competes(application.clinician.user, cohort) == competes


def test_whoever_waits_for_the_decision_on_an_appeal_competes(appeal, cohort, lead):
    user = leading(appeal.application)
    assert steps.competes(user, cohort)
    appealing.decide(appeal=appeal, upheld=False, reason="It was read.", by=lead)
    assert not steps.competes(user, cohort)


def test_a_lead_who_competes_reaches_no_row_of_the_selection_and_all_of_others(row, appeal, rival, lead):
    for model in (Application, Reading, Score, Appeal):
        assert not model.visible_to(rival, P.PROGRAMME_MANAGE).exists()
    other = selecting.applicant(selecting.selection(lead, name="Autumn"))
    assert list(Application.visible_to(rival, P.PROGRAMME_MANAGE)) == [other]
    assert Application.visible_to(lead, P.PROGRAMME_MANAGE).count() == 4


def pages(row, appeal):
    """Every page and button of a selection, with whether it is posted."""
    cohort, gate = row.cohort_id, selecting.gate_of(row.cohort).pk
    return {
        "gate": ([cohort, gate], False),
        "assign": ([cohort, gate], True),
        "places": ([cohort], False),
        "decide": ([cohort], False),
        "close_waiting_list": ([cohort], True),
        "feedback": ([cohort], False),
        "publish_statistics": ([cohort], True),
        "application": ([row.pk], False),
        "withdraw_for": ([row.pk], False),
        "add_reader": ([row.pk, gate], False),
        "write_feedback": ([row.pk], False),
        "take_back": ([row.readings.get().pk], False),
        "decide_appeal": ([appeal.pk], False),
    }


def test_no_page_of_the_selection_opens_for_a_lead_who_competes(sign_in, row, appeal, rival):
    browser = sign_in(rival)
    for name, (args, posted) in pages(row, appeal).items():
        address = reverse(f"selecting:{name}", args=args)
        assert (browser.post(address) if posted else browser.get(address)).status_code == 404, name
    assert browser.get(reverse("applying:settle", args=[row.cohort_id])).status_code == 404


def test_a_lead_who_competes_is_told_why_the_selection_is_closed_to_them(sign_in, row, appeal, rival):
    page = sign_in(rival).get(reverse("selecting:cohort", args=[row.cohort_id]))
    assert "somebody else runs its selection" in page.text
    assert row.reference not in page.text
    assert (
        reverse("applying:settle", args=[row.cohort_id])
        not in sign_in(rival).get(reverse("programmes:manage_cohort", args=[row.cohort_id])).text
    )
    assert needs_of_leads(rival) == []


# --- one's own -------------------------------------------------------------------------------------------------------


def test_nobody_writes_feedback_about_their_own_application(cohort):
    lost = selecting.rejected(selecting.applicant(cohort))
    Application.objects.filter(pk=lost.pk).update(feedback="")
    user = leading(lost)
    with pytest.raises(WrongState, match="Ask another lead"):
        feedback.write(application=lost, feedback="Brilliant.", by=user)
    assert feedback.begin(cohort=cohort, by=user) == 0


OWN = {
    "defer": lambda place, by: moving.defer(enrolment=place, reason="Later.", by=by),
    "come_back": lambda place, by: moving.come_back(enrolment=place, by=by),
    "transfer": lambda place, by: moving.transfer(
        enrolment=place, to=taking.another(place.cohort), reason="Later.", by=by
    ),
    "name_supporter": lambda place, by: supporting.name_supporter(enrolment=place, email="", by=by),
}


@pytest.mark.parametrize("act", OWN)
@pytest.mark.parametrize("state", [CohortState.DECIDED, CohortState.RUNNING])
def test_nobody_acts_as_a_lead_on_their_own_place_but_gives_it_up(trust, lead, act, state):
    place = taking.person(taking.running(trust, by=lead, state=state))
    grant(place.clinician.user, Role.PROGRAMME_LEAD, trust)
    with pytest.raises(WrongState, match="Ask another lead"):
        OWN[act](place, place.clinician.user)
    moving.withdraw(enrolment=place, reason="Moved house.", by=place.clinician.user)
    place.refresh_from_db()
    assert place.state == EnrolmentState.WITHDRAWN


def test_a_lead_who_waits_for_a_place_takes_none_from_somebody_else(trust, lead):
    cohort = taking.another(taking.running(trust, by=lead), capacity=1)
    place = taking.person(cohort)
    rival = leading(programmes.application(cohort, clinician_user(trust), state="reserve"))
    for act in (moving.withdraw, moving.defer):
        with pytest.raises(NotAllowed):
            act(enrolment=place, reason="No.", by=rival)
    moving.withdraw(enrolment=place, reason="Ill.", by=lead)


def test_a_lead_who_takes_part_runs_the_places_of_others_once_it_is_under_way(trust, lead):
    cohort = taking.running(trust, by=lead)
    place, other = taking.person(cohort), taking.person(cohort)
    grant(place.clinician.user, Role.PROGRAMME_LEAD, trust)
    assert moving.defer(enrolment=other, reason="Ill.", by=place.clinician.user).state == EnrolmentState.DEFERRED
