"""Statistics: made once when a selection is over, the same people in every table, and nothing about a few."""

import pytest

from programmes.actions import offering, statistics
from programmes.models import SelectionStatistics
from programmes.selecting.statistics import views
from registry.accounts.roles import Role
from registry.equality import actions as equality
from registry.kernel.errors import NotAllowed, WrongState
from tests.factories import programmes_selecting as selecting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


def round_of(lead):
    """24 nurses, 12 doctors, one midwife; all nurses and 10 doctors pass, 22 nurses are offered places and accept."""
    cohort = selecting.selection(lead, capacity=22)
    for number in range(37):
        nurse, doctor = number < 24, 24 <= number < 36
        row = selecting.applicant(cohort, profession="nurse" if nurse else "doctor" if doctor else "midwife")
        equality.answer(
            user=row.clinician.user, answers={"sex": "female" if number % 3 else "male"}, by=row.clinician.user
        )
        if nurse or 24 <= number < 34:
            selecting.passed(row, written=900 - number)
        else:
            selecting.rejected(row)
    offering.decide(cohort=cohort, by=lead)
    for row in cohort.applications.filter(state="offered").select_related("clinician__user"):
        offering.accept(application=row, expectations=True, by=row.clinician.user)
    offering.close_waiting_list(cohort=cohort, by=lead)
    return cohort


def test_statistics_hold_every_stage_and_nothing_about_a_few(lead):
    cohort = round_of(lead)
    statistics.publish(cohort=cohort, by=lead)
    tables = SelectionStatistics.rows().get(pk=cohort.pk).tables
    profession = tables["profession"]
    assert profession["stages"] == [
        "Applied",
        "Passed gate 1: a written application",
        "Offered a place",
        "Accepted the place",
    ]
    assert profession["totals"] == [37, 34, 22, 22]
    shown = dict(zip(profession["groups"], profession["cells"][0], strict=True))
    # With one midwife, two of the groups have to be hidden.
    assert shown["midwife"] is None
    assert [count for row in profession["cells"] for count in row if count is not None and count < 10] == []
    assert {one["totals"][0] for one in tables.values()} == {37}


def test_the_page_compares_groups_in_words(lead):
    cohort = round_of(lead)
    statistics.publish(cohort=cohort, by=lead)
    shown = {view.characteristic: view for view in views(SelectionStatistics.rows().get(pk=cohort.pk))}
    assert {"Profession", "Sector", "Sex", "Ethnic group"} <= set(shown)
    assert shown["Sex"].stages[0].started == 37


def test_statistics_are_published_once(lead):
    cohort = round_of(lead)
    statistics.publish(cohort=cohort, by=lead)
    cohort.refresh_from_db()
    with pytest.raises(WrongState):
        statistics.publish(cohort=cohort, by=lead)


def test_nothing_is_published_while_somebody_waits(lead):
    cohort = selecting.selection(lead, capacity=1)
    for points in (900, 800):
        selecting.passed(selecting.applicant(cohort), written=points)
    with pytest.raises(WrongState):
        statistics.publish(cohort=cohort, by=lead)
    offering.decide(cohort=cohort, by=lead)
    with pytest.raises(WrongState):
        statistics.publish(cohort=cohort, by=lead)


def test_a_lead_elsewhere_publishes_nothing(lead):
    with pytest.raises(NotAllowed):
        statistics.publish(cohort=selecting.selection(lead), by=user_with(Role.PROGRAMME_LEAD, OrganisationFactory()))


def test_an_applicant_without_an_account_is_counted_in_every_table(lead):
    cohort = selecting.selection(lead, capacity=1)
    row = selecting.rejected(selecting.applicant(cohort))
    row.clinician.user = None
    row.clinician.save()
    offering.decide(cohort=cohort, by=lead)
    made = statistics.publish(cohort=cohort, by=lead)
    assert {one["totals"][0] for one in made.tables.values()} == {1}
