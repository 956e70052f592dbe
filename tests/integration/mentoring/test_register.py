"""Who offers mentoring and who looks for it: each their own, and whom somebody avoids is nobody else's business."""

import pghistory.models
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentoring.actions import register
from mentoring.fields import OfferState
from mentoring.models import Exclusion, MentoringRequest, MentorProfile
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.standing.models import AgreedLevels
from tests.factories import mentoring as make
from tests.factories.people import clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def offered(**changes):
    strengths = [domain.pk for domain in make.domains(2)]
    told = {"kinds": ["mentor", "coach"], "strengths": strengths, "capacity": "2", "meeting": "remote", "mix": "any"}
    return told | changes


def asked(**changes):
    needs = [domain.pk for domain in make.domains(2)]
    return {"kind": "mentor", "needs": needs, "aim": "To lead a service.", "mix": "any", "meeting": "either"} | changes


# --- offering --------------------------------------------------------------------------------------------------------


def test_offering_changing_pausing_and_leaving(client, nurse):
    client.force_login(nurse.user)
    assert client.post(to("offer"), offered()).status_code == 302
    assert client.post(to("offer"), offered(capacity="5", strengths=[make.domains()[0].pk])).status_code == 302
    profile = MentorProfile.objects.get()
    assert (profile.user, profile.capacity, profile.strengths.count()) == (nurse.user, 5, 1)
    assert MentorProfile.objects.can_be_matched().exists()
    for step, state in (("pause", "paused"), ("open", "open"), ("leave", "left")):
        client.post(to("move_offer", step))
        profile.refresh_from_db()
        assert profile.state == state
        assert MentorProfile.objects.can_be_matched().exists() == (state == "open")


def test_changing_what_one_offers_does_not_undo_a_pause_of_another_window(nurse):
    profile = make.offering(nurse.user)
    stale = MentorProfile.objects.get()
    register.move_offer(profile=profile, to=OfferState.PAUSED, by=nurse.user)
    register.offer(profile=stale, strengths=make.domains(), by=nurse.user)
    assert MentorProfile.objects.get().state == OfferState.PAUSED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": []}, "Choose what you offer."),
        ({"kinds": ["guru"]}, "Choose from the list."),
        ({"strengths": []}, "Choose what you are good at."),
        ({"strengths": ["0"]}, "Choose from the list."),
        ({"capacity": "0"}, "Pause if you cannot take anybody now."),
        ({"capacity": "13"}, "It must be 12 or fewer."),
        ({"capacity": "two"}, "Enter a whole number"),
        ({"trained_on-day": "1", "trained_on-month": "1", "trained_on-year": "2999"}, "today or in the past"),
    ],
)
def test_an_offer_that_cannot_be_says_why_beside_the_field_and_keeps_nothing(client, nurse, changes, said):
    client.force_login(nurse.user)
    answer = client.post(to("offer"), offered(**changes))
    assert answer.status_code == 200
    assert said in answer.text
    assert not MentorProfile.objects.exists()


def test_nobody_offers_for_somebody_else(nurse, foreign):
    with pytest.raises(NotAllowed):
        register.offer(
            profile=MentorProfile(user=nurse.user, kinds=["mentor"]), strengths=make.domains(), by=foreign.user
        )
    profile = make.offering(nurse.user)
    with pytest.raises(NotAllowed):
        register.move_offer(profile=profile, to=OfferState.LEFT, by=foreign.user)


@pytest.mark.django_db(transaction=True)
def test_two_windows_make_one_offer(nurse):
    strengths = make.domains()

    def offer():
        profile = MentorProfile(user=nurse.user, kinds=["mentor"])
        return register.offer(profile=profile, strengths=strengths, by=User.objects.get(pk=nurse.user_id))

    assert outcome(at_once(offer, offer)) == (1, 1)
    assert MentorProfile.objects.count() == 1


# --- looking ---------------------------------------------------------------------------------------------------------


def test_looking_changing_and_stopping(client, nurse):
    client.force_login(nurse.user)
    assert client.post(to("look"), asked()).status_code == 302
    row = MentoringRequest.objects.get()
    assert (
        client.post(to("change_request", row.pk), asked(kind="coach", needs=[make.domains()[0].pk])).status_code == 302
    )
    row.refresh_from_db()
    assert (row.kind, row.needs.count()) == ("coach", 1)
    client.post(to("stop_looking", row.pk))
    assert not MentoringRequest.objects.looking().exists()
    assert client.get(to("change_request", row.pk)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": ""}, "Choose what you are looking for."),
        ({"needs": []}, "Choose at least one domain"),
        ({"aim": " "}, "Say in a sentence"),
        ({"aim": "x" * 1001}, "at most 1000 characters"),
        ({"sector": "sea"}, "Select a valid choice"),
    ],
)
def test_a_request_that_cannot_be_says_why_and_keeps_nothing(client, nurse, changes, said):
    client.force_login(nurse.user)
    answer = client.post(to("look"), asked(**changes))
    assert answer.status_code == 200
    assert said in answer.text
    assert not MentoringRequest.objects.exists()


def test_whoever_looks_is_shown_where_their_agreed_levels_are_lowest(client, nurse, foreign):
    domains = make.domains(5)
    levels = {"d1": 36, "d2": 12, "d3": 24, "d4": 12}
    version = domains[0].version
    for clinician, held in ((nurse, levels), (foreign, {"d5": 0})):
        AgreedLevels.objects.create(
            clinician=clinician,
            framework=version.code,
            version=version.version,
            assessment_id=clinician.pk,
            agreed_at=timezone.now(),
            **held,
        )
    client.force_login(nurse.user)
    names = ", ".join(str(domains[position]) for position in (1, 3, 2))
    assert f"Your agreed levels are lowest in: {names}." in client.get(to("look")).text


def test_more_than_three_needs_are_no_focus(client, nurse):
    client.force_login(nurse.user)
    answer = client.post(to("look"), asked(needs=[domain.pk for domain in make.domains(4)]))
    assert "Choose one to 3 domains to work on." in answer.text


def test_a_kind_is_looked_for_once_at_a_time(client, nurse):
    first = make.looking(nurse)
    client.force_login(nurse.user)
    assert "You are looking for this kind already." in client.post(to("look"), asked()).text
    register.stop_looking(wanted=first, by=nurse.user)
    assert client.post(to("look"), asked()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_windows_make_one_request(nurse):
    needs = make.domains()

    def look():
        row = MentoringRequest(clinician=nurse, kind="mentor", aim="To lead.")
        return register.look(wanted=row, needs=needs, by=User.objects.get(pk=nurse.user_id))

    refused = [one for one in at_once(look, look) if isinstance(one, Invalid)]
    assert len(refused) == 1
    assert MentoringRequest.objects.count() == 1


def test_a_withdrawn_request_is_not_changed_in_another_window(nurse):
    row = make.looking(nurse)
    register.stop_looking(wanted=row, by=nurse.user)
    with pytest.raises(WrongState):
        register.look(wanted=row, needs=make.domains(), by=nurse.user)


def test_whoever_looks_is_told_that_everybody_who_is_proposed_reads_what_they_want(client, nurse):
    client.force_login(nurse.user)
    assert "Whoever is proposed to you as a mentor reads this, and nobody else." in client.get(to("look")).text


# --- whom one avoids -------------------------------------------------------------------------------------------------


def test_the_form_says_the_same_whether_the_address_is_somebodys_or_not(client, nurse, foreign):
    client.force_login(nurse.user)
    said = [
        client.post(to("exclusions"), {"email": email}, follow=True).text for email in (foreign.user.email, "no@b.ex")
    ]
    assert all("The registry will not match you with this person." in text for text in said)
    assert all("If they are proposed to you already, say no to that match." in text for text in said)
    assert Exclusion.objects.filter(user=nurse.user).count() == 2


def test_whom_somebody_avoids_is_seen_by_nobody_else_and_leaves_no_trace(client, nurse, lead, foreign):
    make.excluding(nurse.user, "avoided@trust.example")
    administrator = user_with(Role.ADMINISTRATOR)
    for user in (lead, administrator, foreign.user):
        for permission in P:
            assert not Exclusion.visible_to(user, permission).exists()
        client.force_login(user)
        for name in ("mine", "exclusions", "mentors", "requests"):
            assert "avoided@" not in client.get(to(name)).text
    assert not AuditEvent.objects.filter(verb__contains="exclu").exists()
    assert "avoided@" not in str(list(AuditEvent.objects.values())) + str(list(pghistory.models.Events.objects.all()))


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody", "Enter an e-mail address"),
        ("a\x00b@trust.example", "Null characters are not allowed"),
        ("", "Enter their work e-mail address."),
        ("AVOIDED@trust.example", "You have said so already."),
    ],
)
def test_an_address_that_cannot_be_is_refused_beside_the_field(client, nurse, email, said):
    make.excluding(nurse.user, "avoided@trust.example")
    client.force_login(nurse.user)
    assert said in client.post(to("exclusions"), {"email": email}).text
    assert Exclusion.objects.count() == 1


def test_nobody_excludes_themself_and_one_can_take_it_back(client, nurse):
    with pytest.raises(Invalid, match="your own address"):
        make.excluding(nurse.user, nurse.user.email.upper())
    row = make.excluding(nurse.user)
    client.force_login(nurse.user)
    client.post(to("include", row.pk))
    assert not Exclusion.objects.exists()


# --- leads -----------------------------------------------------------------------------------------------------------


def test_leads_see_the_mentors_and_requests_of_their_own_organisations(client, trust, nurse, foreign, lead):
    guest = user_with(Role.MENTOR, trust, name="Gill Guest")
    for user in (nurse.user, guest, foreign.user):
        make.offering(user)
    make.looking(nurse)
    make.looking(foreign)
    client.force_login(lead)
    mentors, requests = client.get(to("mentors")).text, client.get(to("requests")).text
    assert ["Ada Nurse" in mentors, "Gill Guest" in mentors, "Foreign" in mentors] == [True, True, False]
    assert ["Ada Nurse" in requests, "Foreign" in requests] == [True, False]


def test_leads_do_not_find_people_whose_account_is_closed(client, trust, lead):
    gone = clinician_user(trust, family_name="Gone")
    make.offering(gone.user)
    make.looking(gone)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    client.force_login(lead)
    assert ["Gone" in client.get(to(name)).text for name in ("mentors", "requests")] == [False, False]
    assert not MentorProfile.objects.can_be_matched().exists()


@pytest.mark.parametrize("name", ["mentors", "requests"])
def test_a_leads_list_holds_its_query_count(client, trust, lead, name):
    counts = []
    client.force_login(lead)
    for _ in (1, 2):
        person = clinician_user(trust)
        make.offering(person.user, strengths=make.domains(2))
        make.looking(person, needs=make.domains(2))
        make.offering(user_with(Role.MENTOR, trust))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(to(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_person_without_a_staff_record_is_told_what_to_do(client):
    client.force_login(user_with(Role.CLINICIAN))
    assert "We do not have a profile for you yet." in client.get(to("mine")).text
    assert client.get(to("look")).status_code == 404


@pytest.mark.parametrize("what", ["offer", "request"])
def test_whoever_lost_the_right_to_take_part_is_not_matched(nurse, what):
    make.offering(nurse.user)
    make.looking(nurse)
    found = MentorProfile.objects.can_be_matched() if what == "offer" else MentoringRequest.objects.looking()
    assert found.count() == 1
    nurse.user.role_grants.update(revoked_at=timezone.now(), revoked_by=nurse.user)
    assert found.all().count() == 0
