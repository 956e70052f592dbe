"""Places and people who cannot take them: passed over, named to the lead, and withdrawn for with a reason."""

import pytest
from django.urls import reverse

from programmes.actions import applying, offering
from programmes.applicants import messages
from programmes.models import Application
from programmes.states import ApplicationState
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories.people import ClinicianFactory, clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
A = ApplicationState


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead, capacity=1)


def ranked(cohort, *points):
    """Applicants past every gate, with these points."""
    return [selecting.passed(selecting.applicant(cohort), written=one) for one in points]


def state(row):
    """Where it stands now."""
    return Application.objects.get(pk=row.pk).state


def close_account(row):
    User.objects.filter(pk=row.clinician.user_id).update(is_active=False)


def leave(row):
    RoleGrant.objects.filter(user=row.clinician.user_id).delete()


def lose_account(row):
    clinician = row.clinician
    clinician.user = None
    clinician.save()


GONE = pytest.mark.parametrize("gone", [close_account, leave, lose_account])


@GONE
def test_deciding_names_whoever_would_win_a_place_and_cannot_take_it(cohort, lead, gone):
    first, second = ranked(cohort, 900, 800)
    gone(first)
    with pytest.raises(WrongState, match=first.reference):
        offering.decide(cohort=cohort, by=lead)
    applying.withdraw_for(application=first, reason="Left the trust.", by=lead)
    offering.decide(cohort=cohort, by=lead)
    assert (state(first), state(second)) == (A.WITHDRAWN, A.OFFERED)


@GONE
def test_a_place_that_falls_free_passes_over_whoever_cannot_take_it_and_keeps_them_waiting(cohort, lead, gone):
    first, second, third = ranked(cohort, 900, 800, 700)
    offering.decide(cohort=cohort, by=lead)
    gone(second)
    offering.decline(application=first, by=first.clinician.user)
    assert (state(second), state(third)) == (A.RESERVE, A.OFFERED)


def test_withdrawing_for_somebody_passes_their_offer_on_and_tells_them_why(cohort, lead):
    first, second = ranked(cohort, 900, 800)
    offering.decide(cohort=cohort, by=lead)
    with pytest.raises(Invalid) as refused:
        applying.withdraw_for(application=first, reason=" ", by=lead)
    assert refused.value.field == "reason"
    applying.withdraw_for(application=first, reason="Left the trust.", by=lead)
    assert (state(first), state(second)) == (A.WITHDRAWN, A.OFFERED)
    assert first.transitions.last().by == lead
    assert AuditEvent.objects.filter(verb="application.withdrawn_for", actor_id=lead.pk).exists()
    heads = list(Message.objects.filter(kind=messages.APPLICATION, recipient_id=first.clinician.user_id))
    (words,) = messages.compose_application([Outgoing(head, (head,)) for head in heads]).values()
    assert "Left the trust." in words.text


def test_what_somebody_withdrew_themself_is_not_told_as_withdrawn_for_them(cohort):
    row = selecting.applicant(cohort)
    applying.withdraw(application=row, reason="A new job.", by=row.clinician.user)
    assert not Message.objects.filter(kind=messages.APPLICATION).exists()


@pytest.mark.parametrize("where", ["draft", "rejected", "accepted"])
def test_only_what_can_still_win_a_place_is_withdrawn_for_somebody(cohort, lead, trust, where):
    row = programmes.application(cohort, clinician_user(trust), state=where)
    with pytest.raises(WrongState):
        applying.withdraw_for(application=row, reason="Left.", by=lead)


def test_only_leads_withdraw_for_somebody(cohort, trust):
    row = selecting.applicant(cohort)
    for user in (row.clinician.user, user_with(Role.HR_OFFICER, trust), selecting.assessor(cohort)):
        with pytest.raises(NotAllowed):
            applying.withdraw_for(application=row, reason="No.", by=user)


def test_somebody_without_an_account_is_withdrawn_without_a_message(cohort, lead, trust):
    row = programmes.application(cohort, ClinicianFactory(organisation=trust))
    applying.withdraw_for(application=row, reason="Left.", by=lead)
    assert state(row) == A.WITHDRAWN
    assert not Message.objects.filter(kind=messages.APPLICATION).exists()


def test_the_leads_pages_say_who_cannot_take_a_place_and_withdraw_for_them(sign_in, cohort, lead):
    (row,) = ranked(cohort, 900)
    close_account(row)
    browser, address = sign_in(lead), reverse("selecting:withdraw_for", args=[row.pk])
    decide = reverse("selecting:decide", args=[cohort.pk])
    assert address in browser.get(decide).text
    assert browser.post(decide, {}).status_code == 409
    assert address in browser.get(reverse("selecting:application", args=[row.pk])).text
    assert "Say why." in browser.post(address, {"reason": ""}).text
    assert browser.post(address, {"reason": "Left the trust."}).status_code == 302
    assert state(row) == A.WITHDRAWN
    assert browser.get(address).status_code == 302


def test_the_applicant_reads_why_their_application_was_withdrawn(sign_in, cohort, lead):
    row = selecting.applicant(cohort)
    applying.withdraw_for(application=row, reason="Wrong cohort.", by=lead)
    assert "Wrong cohort." in sign_in(row.clinician.user).get(reverse("applying:application", args=[row.pk])).text


def test_a_place_that_is_accepted_while_a_lead_withdraws_ends_in_one_of_the_two(transactional_db, lead):
    cohort = selecting.selection(lead, capacity=1)
    (row,) = ranked(cohort, 900)
    offering.decide(cohort=cohort, by=lead)
    results = at_once(
        lambda: offering.accept(application=row, expectations=True, by=row.clinician.user),
        lambda: applying.withdraw_for(application=row, reason="Left.", by=lead),
    )
    assert outcome(results) == (1, 1)
    assert cohort.enrolments.exists() == (state(row) == A.ACCEPTED)
