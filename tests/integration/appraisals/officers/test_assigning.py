"""Assigning appraisers: what speaks against somebody is said, and nothing is half done or overwritten unseen."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.appraisals.actions.assigning import assign_appraiser
from registry.appraisals.models import Appraisal
from registry.appraisals.officers.conflicts import Conflict, Load, loads, planned
from registry.appraisals.states import AppraisalState, CycleKind
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import done, in_days
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
PAGE, CHECK = "/appraisals/organisation/assign", "/appraisals/organisation/assign/check"


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def appraiser(trust):
    return user_with(Role.APPRAISER, trust, name="Asha Appraiser")


@pytest.fixture
def row(nurse, rule):
    return appraisal(nurse, rule=rule)


def assign(row, appraiser, by, *, reason="", seen=None):
    return assign_appraiser(seen={row.pk: seen}, appraiser=appraiser, reason=reason, by=by)


def conflicts(row, appraiser):
    row = Appraisal.objects.with_people().get(pk=row.pk)
    return planned([row], appraiser)[0].conflicts


def manages(appraiser, person, *, over=0):
    """The appraiser manages this person, with so many managers between."""
    top = ClinicianFactory(organisation=person.organisation, user=appraiser)
    for _ in range(over):
        top = ClinicianFactory(organisation=person.organisation, line_manager=top)
    person.line_manager = top
    person.save()
    return top


def test_nothing_speaks_against_somebody_apart(row, appraiser):
    assert conflicts(row, appraiser) == ()


@pytest.mark.parametrize("over", [0, 1, 4])
def test_line_of_management_counts_however_far_up(row, nurse, appraiser, over):
    manages(appraiser, nurse, over=over)
    assert conflicts(row, appraiser) == (Conflict.LINE,)


def test_circle_of_managers_comes_to_an_end(row, nurse, appraiser):
    top = manages(appraiser, nurse, over=1)
    top.line_manager.line_manager = top
    top.line_manager.save()
    assert conflicts(row, appraiser) == (Conflict.LINE,)


def test_somebody_whom_they_appraise_counts(row, nurse, trust, appraiser, rule):
    own = ClinicianFactory(organisation=trust, user=appraiser)
    appraisal(own, rule=rule, appraiser=nurse.user)
    assert conflicts(row, appraiser) == (Conflict.MUTUAL,)


def test_fourth_appraisal_in_a_row_is_flagged_and_the_third_is_not(row, nurse, rule, appraiser):
    for years in (3, 2):
        done(nurse, rule=rule, on=in_days(-365 * years), appraiser=appraiser)
    assert conflicts(row, appraiser) == ()
    done(nurse, rule=rule, on=in_days(-365), appraiser=appraiser)
    assert conflicts(row, appraiser) == (Conflict.AGAIN,)
    done(nurse, rule=rule, on=in_days(-100), appraiser=UserFactory())
    assert conflicts(row, appraiser) == ()


def test_appraiser_of_another_organisation_is_flagged(row, foreign):
    elsewhere = user_with(Role.APPRAISER, foreign.clinician.organisation)
    assert conflicts(row, elsewhere) == (Conflict.ELSEWHERE,)


def test_load_counts_what_is_open_and_what_of_it_is_overdue(row, nurse, trust, rule, appraiser):
    appraisal(clinician_user(trust), rule=rule, appraiser=appraiser, due_on=in_days(-1))
    appraisal(clinician_user(trust), rule=rule, appraiser=appraiser)
    done(nurse, rule=rule, appraiser=appraiser)
    assert loads([appraiser.pk]) == {appraiser.pk: Load(2, 1)}


def test_assigning_moves_the_calendar_and_leaves_a_trace(row, appraiser, hr):
    assert assign(row, appraiser, hr) == 1
    row.refresh_from_db()
    assert (row.appraiser, row.calendar_sequence) == (appraiser, 1)
    event = AuditEvent.objects.get(verb="appraisal.assigned")
    assert (event.subject_id, event.detail) == (row.pk, {"appraiser": appraiser.pk, "conflicts": []})


def test_line_of_management_needs_a_reason_which_is_kept(row, nurse, appraiser, hr):
    manages(appraiser, nurse)
    with pytest.raises(Invalid) as refused:
        assign(row, appraiser, hr, reason=" ")
    assert refused.value.field == "reason"
    assign(row, appraiser, hr, reason="Nobody else knows the service")
    assert AuditEvent.objects.get(verb="appraisal.assigned").detail["reason"] == "Nobody else knows the service"


def test_nobody_is_assigned_where_one_of_several_cannot_be(row, nurse, trust, rule, appraiser, hr):
    signed = appraisal(clinician_user(trust), rule=rule, state=AppraisalState.SIGNED)
    with pytest.raises(WrongState):
        assign_appraiser(seen={row.pk: None, signed.pk: None}, appraiser=appraiser, reason="", by=hr)
    row.refresh_from_db()
    assert row.appraiser is None


def test_refusals(row, nurse, trust, appraiser, hr, foreign):
    with pytest.raises(WrongState, match="since you looked"):
        assign(row, appraiser, hr, seen=hr.pk)
    with pytest.raises(NotAllowed):
        assign(foreign, appraiser, hr)
    with pytest.raises(NotAllowed):
        assign(row, appraiser, user_with(Role.RESPONSIBLE_OFFICER, trust))
    with pytest.raises(Invalid, match="role appraiser"):
        assign(row, UserFactory(), hr)
    grant(nurse.user, Role.APPRAISER, trust)
    with pytest.raises(Invalid, match="themself"):
        assign(row, nurse.user, hr)
    renewal = appraisal(nurse, rule=CycleRuleFactory(cycle__kind=CycleKind.RENEWAL))
    with pytest.raises(WrongState):
        assign(renewal, appraiser, hr)
    with pytest.raises(Invalid):
        assign_appraiser(seen={}, appraiser=appraiser, reason="", by=hr)


def test_chosen_people_are_checked_then_assigned(sign_in, hr, row, nurse, appraiser):
    manages(appraiser, nurse)
    client = sign_in(hr)
    page = client.get(PAGE)
    assert f'value="{row.pk}"' in page.text
    assert "Foreign" not in page.text
    page = client.get(CHECK, {"pick": row.pk, "to": appraiser.pk})
    assert "The appraiser is in their line of management: 1 person" in text(page)
    assert "Now: none open. Then: 1 open." in text(page)
    sent = {"to": appraiser.pk, "seen": f"{row.pk}:"}
    assert "Say why somebody of the line of management" in client.post(CHECK, sent).text
    page = client.post(CHECK, sent | {"reason": "No other"}, follow=True)
    assert "Asha Appraiser is now the appraiser in 1 appraisal." in text(page)


def test_all_that_match_means_the_other_pages_too(sign_in, hr, trust, rule, appraiser):
    for _ in range(51):
        appraisal(ClinicianFactory(organisation=trust, department="Ward 9"), rule=rule)
    appraisal(ClinicianFactory(organisation=trust), rule=rule)
    page = sign_in(hr).get(CHECK, {"department": "Ward 9", "all": "yes", "to": appraiser.pk})
    assert "in 51 appraisals" in text(page)


@pytest.mark.parametrize("sent", [{}, {"pick": "999999"}, {"pick": "x", "to": "x"}])
def test_choice_of_nobody_says_what_is_missing(sign_in, hr, row, foreign, sent):
    page = sign_in(hr).get(CHECK, sent | {"pick": foreign.pk})
    assert "Choose at least one person." in page.text
    assert "Choose an appraiser" in page.text


def test_pages_ask_the_same_queries_for_one_and_three_people(sign_in, hr, trust, rule, appraiser):
    client, counts = sign_in(hr), []
    for times in (1, 2):
        for _ in range(times):
            done(clinician_user(trust, department=f"Ward {times}"), rule=rule, on=in_days(-300))
            appraisal(clinician_user(trust), rule=rule, appraiser=user_with(Role.APPRAISER, trust))
        for address in (PAGE, f"{CHECK}?all=yes&to={appraiser.pk}"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 20


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_assign_at_once_one_looks_again(row, trust, hr, appraiser):
    other = user_with(Role.APPRAISER, trust)
    second = user_with(Role.HR_OFFICER, trust)
    results = at_once(lambda: assign(row, appraiser, hr), lambda: assign(row, other, second))
    assert outcome(results) == (1, 1)
