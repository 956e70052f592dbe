"""Notes are sealed anew under the first key, after which the old key opens nothing and is not needed."""

import io

import pytest
from django.core.management import CommandError, call_command

from mentoring.actions import notes
from mentoring.models import SessionNote
from programmes.actions import learning_sets
from programmes.models import SetNote
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.session_log.management.commands import rotate_note_keys
from registry.session_log.sealing import CannotOpen, unseal
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories import programmes_taking_part as taking
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(settings):
    """Notes of a pair and of a set, under the old key."""
    settings.NOTES_KEYS = ["the old key"]
    trust = OrganisationFactory()
    nurse = clinician_user(trust)
    session = make.logged(make.pair(mentoring.offering(user_with(Role.MENTOR, trust)), nurse))
    make.noted(session, nurse.user)
    make.noted(session, nurse.user, make.SHARED, shared=True)
    cohort = taking.running(trust, by=user_with(Role.PROGRAMME_LEAD, trust))
    place = taking.person(cohort)
    meeting = learning_sets.meet(learning_set=taking.a_set(cohort, [place]), held_on=today(), by=place.clinician.user)
    learning_sets.write(meeting=meeting, text=taking.SET_NOTE, by=place.clinician.user)


def rotate():
    said = io.StringIO()
    call_command("rotate_note_keys", stdout=said)
    return said.getvalue().strip()


def texts():
    return [note.read() for model in (SessionNote, SetNote) for note in model.objects.order_by("pk")]


@pytest.mark.parametrize("batch", [1, 500])
def test_after_rotation_the_old_key_is_not_needed_and_opens_nothing(settings, monkeypatch, written, batch):
    monkeypatch.setattr(rotate_note_keys, "BATCH", batch)
    before, old = texts(), [(note.sealed, note.place) for note in SessionNote.objects.all()]
    settings.NOTES_KEYS = ["a new key", "the old key"]
    assert rotate() == "3 notes sealed anew, 0 were already."
    assert rotate() == "0 notes sealed anew, 3 were already."
    settings.NOTES_KEYS = ["a new key"]
    assert texts() == before == [make.PRIVATE, make.SHARED, taking.SET_NOTE]
    for sealed, place in old:
        with pytest.raises(CannotOpen):
            unseal(sealed, place=place)


def test_note_that_opens_with_no_key_stays_and_the_command_says_so(settings, written):
    settings.NOTES_KEYS = ["the old key"]
    shut = SessionNote.objects.first()
    shut.sealed = "nonsense"
    shut.save()
    settings.NOTES_KEYS = ["a new key", "the old key"]
    with pytest.raises(CommandError, match="1 notes open with none of these keys"):
        rotate()
    shut.refresh_from_db()
    assert shut.sealed == "nonsense"
    settings.NOTES_KEYS = ["a new key"]
    assert SessionNote.objects.last().read() == make.SHARED


def test_note_written_meanwhile_is_sealed_under_the_new_key(settings, written):
    settings.NOTES_KEYS = ["a new key", "the old key"]
    note = SessionNote.objects.first()
    make.noted(note.session, note.author, "Later")
    assert rotate() == "3 notes sealed anew, 1 were already."


@pytest.mark.django_db(transaction=True)
def test_rotation_beside_somebody_who_shares_and_writes_loses_nothing(settings, written):
    settings.NOTES_KEYS = ["a new key", "the old key"]
    note = SessionNote.objects.first()
    results = at_once(
        rotate,
        lambda: notes.share_note(note=note, shared=True, by=note.author),
        lambda: make.noted(note.session, note.author, "Later"),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    settings.NOTES_KEYS = ["a new key"]
    assert texts() == [make.PRIVATE, make.SHARED, "Later", taking.SET_NOTE]
    assert SessionNote.objects.get(pk=note.pk).shared
