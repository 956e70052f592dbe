"""What stays between two people, or within a set: supporters' notes and marks, and the notes of a learning set."""

from itertools import pairwise

import pytest
from django.apps import apps
from django.urls import reverse

from programmes import check_ins
from programmes.actions import learning_sets, supporting
from programmes.models import CheckIn, SetNote
from programmes.states import CohortState, EnrolmentState
from programmes.taking_part_presenters import check_ins_due
from registry.accounts.roles import RIGHTS, Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories import programmes_taking_part as taking
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db
NOTE, SECRET = "Said that the nights are lonely.", "We spoke of what went wrong on the ward."


@pytest.fixture
def cohort(lead):
    return taking.running(lead.role_grants.get().organisation, by=lead)


@pytest.fixture
def place(cohort):
    return taking.person(cohort)


@pytest.fixture
def supporter(place):
    return taking.supporter(place)


@pytest.fixture
def noted(place, supporter):
    """A check-in that was held, with a note and the mark of worry."""
    row = taking.check_in(place)
    return supporting.note(check_in=row, held_on=today(), text=NOTE, worried=True, by=supporter)


@pytest.fixture
def note(cohort, place):
    """A note that a member of a set wrote."""
    members = taking.a_set(cohort, [place, taking.person(cohort)])
    meeting = learning_sets.meet(learning_set=members, held_on=today(), by=place.clinician.user)
    return learning_sets.write(meeting=meeting, text=SECRET, by=place.clinician.user)


def everybody_else(cohort):
    """One of every role at the organisation that runs the cohort, a tutor, and administrators."""
    people = [user_with(role, cohort.organisation) for role in Role if role not in (Role.API_CLIENT, Role.AUDITOR)]
    return [*people, taking.tutor(cohort), user_with(Role.ADMINISTRATOR), user_with(Role.AUDITOR)]


def everything_kept(words, *, but):
    """The tables, other than `but`, that have these words in any column of text."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model is not but and model._meta.managed and not model._meta.proxy:
            for row in model._base_manager.all().values():
                found += [model._meta.label] * any(words in str(value) for value in row.values())
    return found


# --- supporters ------------------------------------------------------------------------------------------------------


def test_check_in_is_seen_by_its_supporter_and_nobody_else_with_any_permission(cohort, place, supporter, noted):
    for user in [place.clinician.user, cohort.tutors.first(), *everybody_else(cohort)]:
        if user is not None:
            assert [CheckIn.visible_to(user, permission).count() for permission in P] == [0] * len(P)
    assert CheckIn.visible_to(supporter, P.FELLOW_SUPPORT).get() == noted
    assert all(P.FELLOW_SUPPORT not in rights.over for rights in RIGHTS.values())


def test_note_and_mark_are_on_no_page_of_lead_tutor_officer_administrator_or_fellow(
    client, cohort, place, supporter, noted
):
    people = [place.clinician.user, *everybody_else(cohort)]
    addresses = [
        reverse("taking_part:place", args=[place.pk]),
        reverse("taking_part:person", args=[place.pk]),
        reverse("taking_part:cohort", args=[cohort.pk]),
        reverse("taking_part:fellow", args=[place.pk]),
        reverse("taking_part:check_in", args=[noted.pk]),
        reverse("taking_part:fellows"),
        reverse("clinicians:profile", args=[place.clinician_id]),
    ]
    opened = 0
    for user in people:
        client.force_login(user)
        for address in addresses:
            page = client.get(address)
            opened += page.status_code == 200
            assert NOTE not in page.text, (user, address)
            assert "worried" not in page.text.lower(), (user, address)
    assert opened > 10
    client.force_login(supporter)
    assert NOTE in client.get(addresses[3]).text
    assert NOTE in client.get(addresses[4]).text


def test_note_is_in_no_history_audit_or_message(place, supporter, noted):
    check_ins.plan_reminders(today())
    assert everything_kept(NOTE, but=CheckIn) == []
    assert not AuditEvent.objects.filter(subject_type="programmes.checkin").exists()


def test_fellow_sees_the_days_of_check_ins(client, place, supporter, noted):
    taking.check_in(place, days=28)
    client.force_login(place.clinician.user)
    page = client.get(reverse("taking_part:place", args=[place.pk])).text
    assert "Check-ins with your supporter" in page
    assert check_ins.dates(place) == [(today(), today()), (programmes.in_days(28), None)]


def test_later_supporter_reads_nothing_of_an_earlier_one(client, lead, place, supporter, noted):
    planned = taking.check_in(place, days=20)
    later = user_with(Role.MENTOR, place.cohort.organisation, email="later@trust.example")
    supporting.name_supporter(enrolment=place, email="Later@trust.example", by=lead)
    assert list(CheckIn.visible_to(later, P.FELLOW_SUPPORT)) == []
    client.force_login(later)
    assert NOTE not in client.get(reverse("taking_part:fellow", args=[place.pk])).text
    assert client.get(reverse("taking_part:check_in", args=[noted.pk])).status_code == 404
    client.force_login(supporter)
    assert client.get(reverse("taking_part:fellow", args=[place.pk])).status_code == 404
    assert NOTE in client.get(reverse("taking_part:check_in", args=[noted.pk])).text
    assert not CheckIn.objects.filter(pk=planned.pk).exists()


def test_fellow_is_not_shown_when_they_talked_with_an_earlier_supporter_of_their_own(lead, place, supporter, noted):
    user_with(Role.MENTOR, place.cohort.organisation, email="later@trust.example")
    row = supporting.name_supporter(enrolment=place, email="later@trust.example", by=lead)
    assert check_ins.dates(row) == []


def test_line_manager_tutor_lead_and_the_person_themself_cannot_be_the_supporter(cohort, lead):
    manager = clinician_user(cohort.organisation)
    place = taking.person(cohort, line_manager=manager)
    tutor = taking.tutor(cohort)
    officer = user_with(Role.HR_OFFICER, cohort.organisation)
    other_lead = user_with(Role.PROGRAMME_LEAD, cohort.organisation)
    for user in (manager.user, tutor, lead, other_lead, place.clinician.user, officer):
        with pytest.raises(Invalid) as refused:
            supporting.name_supporter(enrolment=place, email=user.email, by=lead)
        assert refused.value.field == "email"
    for email in ("nobody@trust.example", "\x00"):
        with pytest.raises(Invalid, match="Nobody with this address"):
            supporting.name_supporter(enrolment=place, email=email, by=lead)


def test_supporter_alone_plans_and_notes(place, supporter, lead):
    row = taking.check_in(place)
    for user in (lead, place.clinician.user, user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            supporting.plan(enrolment=place, planned_on=today(), by=user)
        with pytest.raises(NotAllowed):
            supporting.note(check_in=row, held_on=None, text="", worried=False, by=user)
        with pytest.raises(NotAllowed):
            supporting.remove(check_in=row, by=user)


def test_check_ins_are_suggested_every_four_weeks_until_the_end(place, supporter):
    assert supporting.plan_all(enrolment=place, by=supporter) == 10
    days = [row.planned_on for row in place.check_ins.all()]
    assert {(later - day).days for day, later in pairwise(days)} == {28}
    assert (days[0], days[-1] <= place.cohort.ends_on) == (programmes.in_days(28), True)
    with pytest.raises(WrongState):
        supporting.plan_all(enrolment=place, by=supporter)


@pytest.mark.parametrize("days", [-1, 301])
def test_check_in_is_planned_from_today_to_the_end(place, supporter, days):
    with pytest.raises(Invalid) as refused:
        supporting.plan(enrolment=place, planned_on=programmes.in_days(days), by=supporter)
    assert refused.value.field == "planned_on"


# --- reminders -------------------------------------------------------------------------------------------------------


def reminders():
    return list(Message.objects.filter(kind=check_ins.KIND_NAME).order_by("pk"))


def test_supporter_is_reminded_once_ahead_and_once_when_late(place, supporter):
    taking.check_in(place, days=3)
    late = taking.check_in(place, days=-7)
    taking.check_in(place, days=4)
    assert check_ins.plan_reminders(today()) == 2
    assert check_ins.plan_reminders(today()) == 0
    assert [message.step.partition(":")[0] for message in reminders()] == ["ahead", "late"]
    assert {message.recipient_id for message in reminders()} == {supporter.pk}
    assert {message.organisation_id for message in reminders()} == {None}
    words = check_ins.compose([Outgoing(message, (message,)) for message in reminders()])
    assert [made.to for made in words.values()] == [supporter.email] * 2
    supporting.note(check_in=late, held_on=today(), text=NOTE, worried=False, by=supporter)
    assert check_ins.over([late.pk]) == {late.pk}
    assert [message.about_id for message in reminders()] != [late.pk]


def test_reminder_that_another_supporter_or_a_break_has_overtaken_is_left_out(place, supporter, lead):
    taking.check_in(place, days=1)
    check_ins.plan_reminders(today())
    (message,) = reminders()
    place.state = EnrolmentState.DEFERRED
    place.save()
    assert check_ins.compose([Outgoing(message, (message,))]) == {}
    supporting.name_supporter(enrolment=place, email="", by=lead)
    assert reminders() == []


@pytest.mark.parametrize("change", ["role", "account", "cohort"])
def test_nobody_is_reminded_who_cannot_support_any_more_or_of_a_cohort_that_was_cancelled(place, supporter, change):
    taking.check_in(place, days=1)
    assert check_ins.plan_reminders(today()) == 1
    (message,) = reminders()
    if change == "role":
        supporter.role_grants.all().delete()
    elif change == "account":
        supporter.is_active = False
        supporter.save()
    else:
        place.cohort.state = CohortState.CANCELLED
        place.cohort.save()
    assert check_ins.compose([Outgoing(message, (message,))]) == {}
    message.delete()
    assert check_ins.plan_reminders(today()) == 0


def test_a_cancelled_cohort_has_no_check_in_to_plan_and_none_that_waits(client, place, supporter):
    row = taking.check_in(place)
    assert len(check_ins_due(supporter)) == 1
    place.cohort.state = CohortState.CANCELLED
    place.cohort.save()
    assert check_ins_due(supporter) == []
    assert check_ins.over([row.pk]) == {row.pk}
    with pytest.raises(WrongState):
        supporting.plan(enrolment=place, planned_on=programmes.in_days(3), by=supporter)
    with pytest.raises(WrongState):
        supporting.plan_all(enrolment=place, by=supporter)
    client.force_login(supporter)
    assert "Plan a check-in" not in client.get(reverse("taking_part:fellow", args=[place.pk])).text


# --- sets ------------------------------------------------------------------------------------------------------------


def test_set_note_is_read_by_members_and_nobody_else(client, cohort, place, note):
    outside = taking.person(cohort).clinician.user
    for user in [outside, *everybody_else(cohort)]:
        assert [SetNote.visible_to(user, permission).count() for permission in P] == [0] * len(P)
        client.force_login(user)
        assert client.get(reverse("taking_part:meeting", args=[note.meeting_id])).status_code == 404
    for member in note.meeting.learning_set.members.all():
        client.force_login(member.enrolment.clinician.user)
        assert SECRET in client.get(reverse("taking_part:meeting", args=[note.meeting_id])).text


def test_who_has_left_the_cohort_reads_no_note_of_the_set(cohort, place, note):
    other = note.meeting.learning_set.members.last().enrolment
    other.state = EnrolmentState.WITHDRAWN
    other.save()
    assert not SetNote.visible_to(other.clinician.user, P.PROGRAMME_TAKE_PART).exists()
    with pytest.raises(NotAllowed):
        learning_sets.write(meeting=note.meeting, text="Still here", by=other.clinician.user)


def test_set_note_is_in_no_history_and_no_audit(note):
    assert everything_kept(SECRET, but=SetNote) == []
    assert not AuditEvent.objects.filter(subject_type__in=["programmes.setnote", "programmes.setmeeting"]).exists()
    assert not ReadEvent.objects.filter(subject_type="programmes.setnote").exists()


def test_only_its_author_takes_a_note_back(note):
    other = note.meeting.learning_set.members.last().enrolment.clinician.user
    with pytest.raises(WrongState):
        learning_sets.remove_note(note=note, by=other)
    learning_sets.remove_note(note=note, by=note.author)
    assert not SetNote.objects.exists()


def test_sets_of_five_to_eight_are_formed_as_previewed_until_one_has_met(cohort, lead):
    for number in range(11):
        taking.person(cohort, profession="doctor" if number % 3 else "nurse")
    seen = learning_sets.mark_of(learning_sets.proposed(cohort=cohort))
    made = learning_sets.form(cohort=cohort, by=lead, seen=seen)
    assert [one.members.count() for one in made] == [6, 5]
    assert [one.members.filter(enrolment__clinician__profession="nurse").count() for one in made] == [2, 2]
    late = taking.person(cohort)
    with pytest.raises(WrongState, match="somewhere else"):
        learning_sets.form(cohort=cohort, by=lead, seen=seen)
    assert learning_sets.add_newcomers(cohort=cohort, by=lead) == 1
    assert late.set_membership.learning_set == made[1]
    learning_sets.form(cohort=cohort, by=lead)
    one = cohort.sets.first()
    learning_sets.meet(learning_set=one, held_on=today(), by=one.members.first().enrolment.clinician.user)
    with pytest.raises(WrongState, match="has met"):
        learning_sets.form(cohort=cohort, by=lead)


def test_facilitator_goes_round_and_passes_over_who_left(cohort):
    places = [taking.person(cohort) for _ in range(3)]
    members = taking.a_set(cohort, places)
    user = places[0].clinician.user
    places[1].state = EnrolmentState.WITHDRAWN
    places[1].save()
    meetings = [
        learning_sets.meet(learning_set=members, held_on=programmes.in_days(days), by=user) for days in (1, 2, 3)
    ]
    assert [meeting.facilitator.enrolment for meeting in meetings] == [places[0], places[2], places[0]]


def test_lead_and_tutor_form_sets_or_see_who_is_in_one_but_write_nothing_there(cohort, lead, note):
    for user in (lead, taking.tutor(cohort), user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            learning_sets.meet(learning_set=note.meeting.learning_set, held_on=programmes.in_days(3), by=user)
    with pytest.raises(NotAllowed):
        learning_sets.form(cohort=cohort, by=taking.tutor(cohort))


def test_meeting_with_notes_stays_on_the_list(place, note):
    with pytest.raises(WrongState, match="There are notes"):
        learning_sets.remove_meeting(meeting=note.meeting, by=place.clinician.user)
    empty = learning_sets.meet(
        learning_set=note.meeting.learning_set, held_on=programmes.in_days(9), by=place.clinician.user
    )
    learning_sets.remove_meeting(meeting=empty, by=place.clinician.user)
    assert note.meeting.learning_set.meetings.get() == note.meeting
