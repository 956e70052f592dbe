"""Places: offered in the order of the ranking, answered, passed on, and never more of them than there are."""

import datetime

import pytest

from programmes.actions import applying, feedback, offering
from programmes.assessors import region_codes
from programmes.fields import GateOutcome, QuotaKind
from programmes.models import Application, Enrolment
from programmes.states import ApplicationState, CohortState
from programmes.tasks import lapse_offers
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import KINDS, Outgoing
from registry.notifications.models import Message
from registry.organisations.models import RegionLink, RegionScheme
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories.organisations import OrganisationFactory, RegionFactory
from tests.factories.people import user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
A = ApplicationState


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead, capacity=2)


def ranked(cohort, *points, **attributes):
    """Applicants past every gate, with these points for what they wrote."""
    return [selecting.passed(selecting.applicant(cohort, **attributes), written=one) for one in points]


def states(rows):
    """Where each of these stands now."""
    found = dict(Application.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def words(kind):
    """Subject and text of everything of this kind that would be sent now, by whom it goes to."""
    heads = [Outgoing(head, (head,)) for head in Message.objects.filter(kind=kind).order_by("pk")]
    composed = KINDS[kind].compose(heads)
    return [(one.head.recipient_id, composed[one.head.pk]) for one in heads if one.head.pk in composed]


# --- deciding


def test_places_go_to_the_first_and_the_others_wait_in_order(cohort, lead):
    rows = ranked(cohort, 500, 800, 700, 600)
    done = offering.decide(cohort=cohort, by=lead)
    assert (done.offered, done.waiting, done.not_selected) == (2, 2, 0)
    assert states(rows) == [A.RESERVE, A.OFFERED, A.OFFERED, A.RESERVE]
    assert list(Application.objects.order_by("rank").values_list("pk", flat=True)) == [
        rows[index].pk for index in (1, 2, 3, 0)
    ]
    cohort.refresh_from_db()
    assert cohort.state == CohortState.DECIDED


def test_an_offer_is_kept_for_the_cohorts_days(cohort, lead):
    (row,) = ranked(cohort, 500)
    offering.decide(cohort=cohort, by=lead)
    row.refresh_from_db()
    assert row.answer_by == today() + datetime.timedelta(days=cohort.answer_days)


def test_places_are_limited_by_profession(cohort, lead):
    cohort.limits.create(kind=QuotaKind.PROFESSION, value="doctor", places=1)
    doctors = ranked(cohort, 900, 800, profession="doctor")
    (nurse,) = ranked(cohort, 500, profession="nurse")
    offering.decide(cohort=cohort, by=lead)
    assert states([*doctors, nurse]) == [A.OFFERED, A.RESERVE, A.OFFERED]


def test_places_are_limited_by_the_employers_region(lead):
    organisation = lead.role_grants.get().organisation
    region = organisation.region_links.get().region.code
    cohort = selecting.selection(lead, capacity=2)
    cohort.limits.create(kind=QuotaKind.REGION, value=region, places=1)
    rows = ranked(cohort, 900, 800)
    offering.decide(cohort=cohort, by=lead)
    assert states(rows) == [A.OFFERED, A.RESERVE]


def test_only_regions_of_today_count(lead):
    organisation = lead.role_grants.get().organisation
    old = RegionFactory(scheme=RegionScheme.COMMISSIONING_2013, code="Y54", name="North of England")
    RegionLink.objects.filter(organisation=organisation).update(region=old)
    assert region_codes({organisation.pk}) == {}


def test_nothing_is_decided_while_somebody_is_before_a_gate(cohort, lead):
    ranked(cohort, 500)
    selecting.applicant(cohort)
    with pytest.raises(WrongState, match="1 person is still before a gate"):
        offering.decide(cohort=cohort, by=lead)


def test_nothing_is_decided_while_somebody_has_no_feedback(cohort, lead):
    lost = selecting.rejected(selecting.applicant(cohort), reason="Too few points.")
    Application.objects.filter(pk=lost.pk).update(feedback="")
    with pytest.raises(Invalid):
        offering.decide(cohort=cohort, by=lead)
    feedback.begin(cohort=cohort, by=lead)
    offering.decide(cohort=cohort, by=lead)
    lost.refresh_from_db()
    assert lost.feedback == "A written application: Too few points."


def test_without_a_waiting_list_the_others_are_told_no_with_feedback(cohort, lead):
    rows = ranked(cohort, 900, 800, 700)
    with pytest.raises(Invalid):
        offering.decide(cohort=cohort, waiting_list=False, by=lead)
    feedback.write(application=rows[2], feedback="Say more.", by=lead)
    offering.decide(cohort=cohort, waiting_list=False, by=lead)
    assert states(rows) == [A.OFFERED, A.OFFERED, A.NOT_SELECTED]
    ((reader, told),) = words("programme_feedback")
    assert reader == rows[2].clinician.user_id
    assert "Say more." in told.text


def test_places_are_decided_on_once(cohort, lead):
    ranked(cohort, 500)
    offering.decide(cohort=cohort, by=lead)
    with pytest.raises(WrongState):
        offering.decide(cohort=cohort, by=lead)


def test_a_lead_elsewhere_decides_nothing(cohort):
    with pytest.raises(NotAllowed):
        offering.decide(cohort=cohort, by=user_with(Role.PROGRAMME_LEAD, OrganisationFactory()))


def test_everybody_is_told_and_the_offer_names_its_last_day(cohort, lead):
    rows = ranked(cohort, 900, 800, 700)
    offering.decide(cohort=cohort, by=lead)
    told = dict(words("programme_offer"))
    rows[0].refresh_from_db()
    assert set(told) == {row.clinician.user_id for row in rows}
    assert f"by {rows[0].answer_by.day} " in told[rows[0].clinician.user_id].text
    assert "waiting list" in told[rows[2].clinician.user_id].subject


# --- answering


def decided(cohort, lead, *points):
    """Applicants of a cohort whose places are offered."""
    rows = ranked(cohort, *points)
    offering.decide(cohort=cohort, by=lead)
    for row in rows:
        row.refresh_from_db()
    return rows


def test_accepting_enrols(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    place = offering.accept(application=row, expectations=True, by=row.clinician.user)
    assert (place.cohort, place.clinician, place.application) == (cohort, row.clinician, row)
    assert states([row]) == [A.ACCEPTED]


def test_accepting_needs_a_yes_to_what_is_expected(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    with pytest.raises(Invalid) as refused:
        offering.accept(application=row, expectations=False, by=row.clinician.user)
    assert refused.value.field == "expectations"


def test_nobody_accepts_for_somebody_else(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    with pytest.raises(NotAllowed):
        offering.accept(application=row, expectations=True, by=lead)


def test_nobody_accepts_after_the_last_day(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    Application.objects.filter(pk=row.pk).update(answer_by=programmes.in_days(-1))
    with pytest.raises(WrongState):
        offering.accept(application=row, expectations=True, by=row.clinician.user)


def test_a_place_that_is_turned_down_goes_to_who_waits_first(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700, 600)
    offering.decline(application=rows[0], by=rows[0].clinician.user)
    assert states(rows) == [A.DECLINED, A.OFFERED, A.OFFERED, A.RESERVE]
    subjects = dict(words("programme_offer"))
    assert "A place fell free" in subjects[rows[2].clinician.user_id].text


def test_withdrawing_with_an_offer_passes_it_on(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    applying.withdraw(application=rows[1], by=rows[1].clinician.user)
    assert states(rows) == [A.OFFERED, A.WITHDRAWN, A.OFFERED]


def test_who_is_held_back_by_a_limit_is_passed_over_when_a_place_falls_free(cohort, lead):
    cohort.limits.create(kind=QuotaKind.PROFESSION, value="doctor", places=1)
    doctors = ranked(cohort, 900, 800, profession="doctor")
    nurses = ranked(cohort, 700, 600, profession="nurse")
    offering.decide(cohort=cohort, by=lead)
    nurses[0].refresh_from_db()
    offering.decline(application=nurses[0], by=nurses[0].clinician.user)
    assert states([*doctors, *nurses]) == [A.OFFERED, A.RESERVE, A.DECLINED, A.OFFERED]


def test_offers_that_nobody_answers_lapse_and_are_passed_on(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    Application.objects.filter(pk=rows[0].pk).update(answer_by=programmes.in_days(-1))
    lapse_offers()
    lapse_offers()
    assert states(rows) == [A.DECLINED, A.OFFERED, A.OFFERED]
    assert "lapsed" in dict(words("programme_offer"))[rows[0].clinician.user_id].subject


def test_an_offer_does_not_lapse_on_its_last_day(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    Application.objects.filter(pk=rows[0].pk).update(answer_by=today())
    assert offering.lapse() == 0
    assert states(rows) == [A.OFFERED, A.OFFERED, A.RESERVE]


def test_an_offer_of_a_cohort_that_was_cancelled_does_not_lapse(cohort, lead, monkeypatch):
    rows = decided(cohort, lead, 900)
    Application.objects.filter(pk=rows[0].pk).update(answer_by=programmes.in_days(-1))
    cohort.refresh_from_db()
    really = offering.steps.locked

    def cancelled_meanwhile(key):
        cohort.state = CohortState.CANCELLED
        cohort.save()
        return really(key)

    monkeypatch.setattr(offering.steps, "locked", cancelled_meanwhile)
    assert offering.lapse() == 0
    assert states(rows) == [A.OFFERED]


def test_nobody_is_told_of_an_offer_in_a_cohort_that_was_cancelled(cohort, lead):
    decided(cohort, lead, 900)
    assert len(words("programme_offer")) == 1
    cohort.refresh_from_db()
    cohort.state = CohortState.CANCELLED
    cohort.save()
    assert words("programme_offer") == []


def test_nobody_takes_a_second_place_in_a_cohort(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    before = programmes.enrolment(programmes.cohort(cohort.version), row.clinician)
    Enrolment.objects.create(cohort=cohort, clinician=row.clinician, moved_from=before, state="withdrawn")
    with pytest.raises(WrongState, match="You have or had a place"):
        offering.accept(application=row, expectations=True, by=row.clinician.user)


def test_a_higher_capacity_is_filled_from_the_waiting_list(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700, 600)
    cohort.refresh_from_db()
    cohort.capacity = 3
    cohort.save()
    assert offering.fill(cohort=cohort, by=lead) == 1
    assert states(rows) == [A.OFFERED, A.OFFERED, A.OFFERED, A.RESERVE]


def test_nobody_is_promoted_once_the_cohort_has_started(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    place = offering.accept(application=rows[0], expectations=True, by=rows[0].clinician.user)
    cohort.refresh_from_db()
    cohort.state = CohortState.RUNNING
    cohort.save()
    place.state = "withdrawn"
    place.save()
    assert offering.fill(cohort=cohort, by=lead) == 0


def test_a_place_that_an_enrolled_person_gives_up_is_passed_on(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    place = offering.accept(application=rows[0], expectations=True, by=rows[0].clinician.user)
    place.state = "withdrawn"
    place.save()
    assert offering.fill(cohort=cohort, by=rows[0].clinician.user) == 1
    assert states(rows) == [A.ACCEPTED, A.OFFERED, A.OFFERED]


def test_closing_the_waiting_list_tells_those_who_wait_with_feedback(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700)
    assert offering.close_waiting_list(cohort=cohort, by=lead) == 1
    assert states(rows) == [A.OFFERED, A.OFFERED, A.NOT_SELECTED]
    ((reader, told),) = words("programme_feedback")
    assert reader == rows[2].clinician.user_id
    assert "You passed every gate." in told.text


def test_somebody_who_passes_late_joins_the_waiting_list_where_their_points_put_them(cohort, lead):
    rows = decided(cohort, lead, 900, 800, 700, 500)
    late = selecting.passed(selecting.applicant(cohort), written=600)
    offering.fill(cohort=cohort, by=lead)
    assert states([late]) == [A.RESERVE]
    order = Application.objects.filter(state=A.RESERVE).order_by("rank")
    assert [(row.pk, row.rank) for row in order] == [(rows[2].pk, 3), (late.pk, 4), (rows[3].pk, 5)]


# --- at once


def full_house(lead, *, capacity, waiting):
    """A decided cohort: as many offers as places, and some who wait."""
    cohort = selecting.selection(lead, capacity=capacity)
    rows = ranked(cohort, *range(900, 900 - capacity - waiting, -1))
    offering.decide(cohort=cohort, by=lead)
    return cohort, [Application.objects.select_related("clinician__user").get(pk=row.pk) for row in rows]


def taken(cohort):
    """Places held or offered."""
    offered = Application.objects.filter(cohort=cohort, state=A.OFFERED).count()
    return offered + Enrolment.objects.filter(cohort=cohort, state="enrolled").count()


def test_eight_who_answer_at_once_never_overfill(transactional_db, lead):
    cohort, rows = full_house(lead, capacity=8, waiting=4)

    def answer(index, row):
        if index % 2:
            return lambda: offering.decline(application=row, by=row.clinician.user)
        return lambda: offering.accept(application=row, expectations=True, by=row.clinician.user)

    results = at_once(*[answer(index, row) for index, row in enumerate(rows[:8])])
    assert outcome(results) == (8, 0)
    assert taken(cohort) == 8
    assert states(rows[8:]) == [A.OFFERED] * 4


def test_one_place_that_falls_free_goes_to_one_however_many_pass_it_on(transactional_db, lead):
    cohort, rows = full_house(lead, capacity=1, waiting=3)
    offering.decline(application=rows[0], by=rows[0].clinician.user)
    results = at_once(*[lambda: offering.fill(cohort=cohort, by=None)] * 4, *[offering.lapse] * 4)
    assert outcome(results) == (8, 0)
    assert states(rows) == [A.DECLINED, A.OFFERED, A.RESERVE, A.RESERVE]


def test_leads_who_decide_at_once_decide_once(transactional_db, lead):
    cohort = selecting.selection(lead, capacity=2)
    rows = ranked(cohort, 900, 800, 700)
    assert outcome(at_once(*[lambda: offering.decide(cohort=cohort, by=lead)] * 8)) == (1, 7)
    assert states(rows) == [A.OFFERED, A.OFFERED, A.RESERVE]


def test_accepting_and_lapsing_at_once_end_in_one_of_the_two(transactional_db, lead):
    cohort, rows = full_house(lead, capacity=1, waiting=1)
    tomorrow = rows[0].answer_by + datetime.timedelta(days=1)
    at_once(
        *[lambda: offering.accept(application=rows[0], expectations=True, by=rows[0].clinician.user)] * 4,
        lambda: offering.lapse(day=tomorrow),
    )
    assert taken(cohort) == 1


# --- feedback


def test_feedback_needs_words(cohort, lead):
    with pytest.raises(Invalid):
        feedback.write(application=selecting.applicant(cohort), feedback=" ", by=lead)


def test_beginning_feedback_leaves_what_was_written(cohort, lead):
    lost = selecting.rejected(selecting.applicant(cohort))
    feedback.write(application=lost, feedback="Mine.", by=lead)
    other = selecting.rejected(selecting.applicant(cohort), reason="Too few points.")
    Application.objects.filter(pk=other.pk).update(feedback="")
    assert feedback.begin(cohort=cohort, by=lead) == 1
    lost.refresh_from_db()
    assert lost.feedback == "Mine."


def test_no_feedback_is_written_about_somebody_with_a_place(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    with pytest.raises(WrongState):
        feedback.write(application=row, feedback="No.", by=lead)


def test_gate_results_stay_as_they_are(cohort, lead):
    (row,) = decided(cohort, lead, 500)
    assert list(row.results.values_list("outcome", "points")) == [(GateOutcome.PASSED, 500)]
