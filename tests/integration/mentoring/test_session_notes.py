"""A private note is read by whoever wrote it, by the other one once it is shared, and by nobody else in any way."""

import io

import pytest
import redis
from django.apps import apps
from django.conf import settings as configured
from django.db import connection
from django.urls import reverse

from mentoring.actions import notes
from mentoring.models import MentoringSession, PlannedSession, SessionNote
from mentoring.models.sessions import MentoringSession as Session
from programmes.models import SetNote
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.session_log.models import SealedNote
from registry.session_log.presenters import GONE
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories.people import clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(trust):
    return user_with(Role.MENTOR, trust, name="Mo Mentor")


@pytest.fixture
def session(mentor, nurse):
    return make.logged(make.pair(mentoring.offering(mentor), nurse), themes=["politics"])


def page_of(client, user, session):
    client.force_login(user)
    return client.get(reverse("mentoring:session", args=[session.pk]))


def everybody_else(session):
    organisation = session.relationship.clinician.organisation
    people = [user_with(role, organisation) for role in Role if role not in (Role.API_CLIENT, Role.AUDITOR)]
    return [*people, user_with(Role.ADMINISTRATOR), user_with(Role.AUDITOR), clinician_user(organisation).user]


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_note_is_read_by_its_writer_then_by_both_then_by_its_writer_again(client, session, mentor, nurse):
    client.force_login(nurse.user)
    sent = {"text": make.PRIVATE}
    assert client.post(reverse("mentoring:session", args=[session.pk]), sent).status_code == 302
    note = SessionNote.objects.get()
    for step, reads in (("share", True), ("unshare", False)):
        assert make.PRIVATE not in page_of(client, mentor, session).text or step == "unshare"
        for user, status in ((mentor, 404), (nurse.user, 302)):
            client.force_login(user)
            assert client.post(reverse(f"mentoring:{step}_note", args=[note.pk])).status_code == status
        assert (make.PRIVATE in page_of(client, mentor, session).text) == reads
        assert make.PRIVATE in page_of(client, nurse.user, session).text
    client.force_login(mentor)
    assert client.post(reverse("mentoring:remove_note", args=[note.pk])).status_code == 404
    client.force_login(nurse.user)
    assert client.post(reverse("mentoring:remove_note", args=[note.pk])).status_code == 302
    assert not SessionNote.objects.exists()


def test_note_is_shared_from_the_start_where_the_writer_says_so(client, session, mentor, nurse):
    client.force_login(nurse.user)
    client.post(reverse("mentoring:session", args=[session.pk]), {"text": make.SHARED, "shared": "on"})
    assert make.SHARED in page_of(client, mentor, session).text


def test_nobody_else_reaches_sessions_plans_or_notes_with_any_permission(client, session, mentor, nurse):
    make.noted(session, nurse.user)
    make.noted(session, nurse.user, make.SHARED, shared=True)
    make.planned(session.relationship)
    for user in everybody_else(session):
        for model in (MentoringSession, PlannedSession, SessionNote):
            assert [model.visible_to(user, permission).count() for permission in P] == [0] * len(P)
        assert page_of(client, user, session).status_code == 404


def test_lead_sees_themes_of_a_pair_on_no_page(client, session, lead):
    client.force_login(lead)
    for name in ("mentoring:mentors", "mentoring:requests", "dashboard:home"):
        assert "Politics" not in client.get(reverse(name)).text


# --- what is kept ----------------------------------------------------------------------------------------------------


def dump():
    """Every table of the database as text, as a backup has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = cursor.fetchall()
        kept = io.StringIO()
        for schema, table in tables:
            cursor.copy_expert(f'COPY (SELECT * FROM "{schema}"."{table}") TO STDOUT', kept)
    assert len(tables) > 100
    return kept.getvalue()


def remembered():
    """Everything in Redis: cache, sessions of browsers, what waits for workers."""
    store = redis.Redis.from_url(configured.REDIS_URL)
    return b"".join(store.dump(key) or b"" for key in store.scan_iter())


def test_dump_of_the_database_and_redis_hold_no_word_of_a_note(client, session, mentor, nurse):
    client.force_login(nurse.user)
    address = reverse("mentoring:session", args=[session.pk])
    # Written, refused, read, shared.
    client.post(address, {"text": make.PRIVATE})
    client.post(address, {"text": make.PRIVATE + "x" * 4000})
    client.get(address)
    client.post(reverse("mentoring:share_note", args=[SessionNote.objects.get().pk]))
    make.logged(session.relationship, held_on=make.days_ago(1), note=make.OWN)
    everything = dump()
    assert "Mo Mentor" in everything  # it is a dump
    for phrase in (make.PRIVATE, make.OWN):
        assert phrase not in everything
        assert phrase.encode().hex() not in everything
        assert phrase.encode() not in remembered()


def test_no_history_audit_or_admin_keeps_notes_or_themes(session, nurse):
    note = make.noted(session, nurse.user)
    notes.share_note(note=note, shared=True, by=nurse.user)
    notes.remove_note(note=note, by=nurse.user)
    sealed = [model for model in apps.get_models() if issubclass(model, SealedNote)]
    assert sealed == [SetNote, SessionNote] or sealed == [SessionNote, SetNote]
    tracked = {getattr(model, "pgh_tracked_model", None) for model in apps.get_models(include_auto_created=True)}
    assert tracked.isdisjoint(sealed)
    history = apps.get_model("mentoring", "MentoringSessionEvent")
    assert "themes" not in {field.name for field in history._meta.get_fields()}
    for events in (AuditEvent, ReadEvent):
        assert not events.objects.filter(subject_type__endswith="note").exists()
    assert "django.contrib.admin" not in configured.INSTALLED_APPS


# --- a hand in the database ------------------------------------------------------------------------------------------


def test_sealed_words_copied_into_another_row_do_not_open(client, session, mentor, nurse):
    theirs = make.noted(session, nurse.user)
    mine = make.noted(session, mentor, "Mine")
    SessionNote.objects.filter(pk=mine.pk).update(sealed=theirs.sealed)
    page = page_of(client, mentor, session)
    assert (page.status_code, GONE in page.text, make.PRIVATE in page.text) == (200, True, False)


@pytest.mark.parametrize("hand", ["author", "shared", "session"])
def test_note_that_is_handed_to_somebody_by_the_database_does_not_open(client, session, mentor, nurse, hand):
    note = make.noted(session, nurse.user)
    other = make.logged(make.pair(session.relationship.mentor, clinician_user(nurse.organisation)))
    changes = {
        "author": {"author": mentor},
        "shared": {"shared": True},
        "session": {"session": other, "author": mentor},
    }
    SessionNote.objects.filter(pk=note.pk).update(**changes[hand])
    page = page_of(client, mentor, Session.objects.get(pk=SessionNote.objects.get().session_id))
    assert (page.status_code, GONE in page.text, make.PRIVATE in page.text) == (200, True, False)


def test_note_whose_key_is_gone_is_named_and_nothing_fails(client, settings, session, nurse):
    note = make.noted(session, nurse.user)
    settings.NOTES_KEYS = ["another key"]
    page = page_of(client, nurse.user, session)
    assert (page.status_code, GONE in page.text) == (200, True)
    with pytest.raises(WrongState, match="cannot be opened"):
        notes.share_note(note=note, shared=True, by=nurse.user)
    notes.remove_note(note=note, by=nurse.user)


# --- actions ---------------------------------------------------------------------------------------------------------


def test_only_the_two_write_and_only_the_writer_shares_and_removes(session, mentor, nurse, lead):
    note = make.noted(session, nurse.user)
    for user in (lead, user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            make.noted(session, user)
    for user in (lead, mentor):
        with pytest.raises(NotAllowed):
            notes.share_note(note=note, shared=True, by=user)
        with pytest.raises(NotAllowed):
            notes.remove_note(note=note, by=user)


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001, "a\0b"])
def test_note_that_cannot_be_is_not_kept(client, session, nurse, text):
    with pytest.raises(Invalid) as refused:
        make.noted(session, nurse.user, text)
    assert refused.value.field == "text"
    client.force_login(nurse.user)
    assert client.post(reverse("mentoring:session", args=[session.pk]), {"text": text}).status_code == 200
    assert not SessionNote.objects.exists()


def test_sharing_what_is_shared_or_gone_is_refused_in_words(session, nurse):
    note = make.noted(session, nurse.user, shared=True)
    with pytest.raises(WrongState, match="already"):
        notes.share_note(note=note, shared=True, by=nurse.user)
    notes.remove_note(note=note, by=nurse.user)
    with pytest.raises(WrongState, match="gone"):
        notes.remove_note(note=note, by=nurse.user)


@pytest.mark.django_db(transaction=True)
def test_sharing_while_it_is_removed_leaves_no_note(session, nurse):
    note = make.noted(session, nurse.user)
    results = at_once(
        lambda: notes.share_note(note=note, shared=True, by=nurse.user),
        lambda: notes.remove_note(note=note, by=nurse.user),
    )
    assert outcome(results)[0] >= 1
    assert not SessionNote.objects.exists()
