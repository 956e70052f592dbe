"""Sets keep the same log as pairs: how long, how and about what, with notes sealed."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from programmes.actions import learning_sets
from programmes.models import SetMeeting, SetNote
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.session_log.presenters import GONE
from tests.factories import programmes
from tests.factories import programmes_taking_part as taking

pytestmark = pytest.mark.django_db


@pytest.fixture
def members(lead):
    cohort = taking.running(lead.role_grants.get().organisation, by=lead)
    return taking.a_set(cohort, [taking.person(cohort), taking.person(cohort)])


def user_of(members):
    return members.members.first().enrolment.clinician.user


def posted(day, **changes):
    return {"held_on-day": day.day, "held_on-month": day.month, "held_on-year": day.year} | changes


def test_meeting_to_come_needs_only_its_day_and_is_described_once_it_is_over(client, members):
    client.force_login(user_of(members))
    assert client.post(reverse("taking_part:set", args=[members.pk]), posted(today())).status_code == 302
    row = SetMeeting.objects.get()
    assert (row.minutes, row.medium, row.themes) == (None, "", [])
    address = reverse("taking_part:change_meeting", args=[row.pk])
    told = posted(today(), minutes="90", medium="video", themes=["team", "change"])
    assert client.post(address, told).status_code == 302
    row.refresh_from_db()
    assert (row.minutes, row.medium, row.themes) == (90, "video", ["team", "change"])
    page = client.get(reverse("taking_part:meeting", args=[row.pk])).text
    assert "90 minutes: video" in page
    assert "Leading a team, Leading change" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minutes": "481"}, "Enter 480 minutes or fewer."),
        ({"medium": "pigeon"}, "Choose one of the answers shown."),
        ({"themes": ["gossip"]}, "Choose from the list."),
        ({"held_on-year": "1999"}, "when the programme runs"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(client, members, changes, said):
    client.force_login(user_of(members))
    answer = client.post(reverse("taking_part:set", args=[members.pk]), posted(today()) | changes)
    assert (answer.status_code, said in answer.text) == (200, True)
    assert not SetMeeting.objects.exists()


def test_meeting_is_changed_by_members_alone_and_not_onto_a_day_that_is_taken(lead, members):
    user = user_of(members)
    row = learning_sets.meet(learning_set=members, held_on=today(), by=user)
    learning_sets.meet(learning_set=members, held_on=programmes.in_days(3), by=user)
    with pytest.raises(NotAllowed):
        learning_sets.change_meeting(meeting=row, held_on=today(), by=lead)
    with pytest.raises(Invalid, match="already"):
        learning_sets.change_meeting(meeting=row, held_on=programmes.in_days(3), by=user)
    learning_sets.remove_meeting(meeting=row, by=user)
    with pytest.raises(WrongState):
        learning_sets.change_meeting(meeting=row, held_on=today(), by=user)


def test_note_copied_into_another_meeting_does_not_open(client, members):
    user = user_of(members)
    rows = [learning_sets.meet(learning_set=members, held_on=programmes.in_days(day), by=user) for day in (0, 1)]
    note = learning_sets.write(meeting=rows[0], text=taking.SET_NOTE, by=user)
    assert taking.SET_NOTE not in note.sealed
    SetNote.objects.update(meeting=rows[1])
    client.force_login(user)
    page = client.get(reverse("taking_part:meeting", args=[rows[1].pk]))
    assert (page.status_code, GONE in page.text, taking.SET_NOTE in page.text) == (200, True, False)


def migrated_to(name):
    """Bring the room's tables to this migration; answers its models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate([("programmes", name)])
    return executor.loader.project_state([("programmes", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_notes_that_are_there_are_sealed_by_the_migration(members):
    user = user_of(members)
    meeting = learning_sets.meet(learning_set=members, held_on=today(), by=user)
    try:
        before = migrated_to("0003_outcome_told_once")
        before.get_model("programmes", "SetNote").objects.create(
            meeting_id=meeting.pk, author_id=user.pk, text=taking.SET_NOTE
        )
    finally:
        migrated_to("0004_session_log")
    note = SetNote.objects.get()
    assert taking.SET_NOTE not in note.sealed
    assert note.read() == taking.SET_NOTE
    assert SetMeeting.objects.get().minutes is None
