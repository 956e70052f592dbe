"""Audit rows can be added, and neither changed nor removed; history follows bulk writes too."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from registry.accounts.actions import give_consent
from registry.accounts.models import ConsentReach
from registry.audit.models import AuditEvent, ReadEvent
from registry.audit.record import read, record
from registry.clinicians.models import Clinician
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user


@pytest.fixture
def rows(db):
    user = UserFactory()
    record("thing.done", user, by=user)
    read("profile", user, by=user)
    return [AuditEvent.objects.get(), ReadEvent.objects.get()]


def test_audit_row_cannot_be_changed_or_removed_by_the_orm_or_by_sql(rows):
    for row in rows:
        table = row._meta.db_table
        for attempt in (
            lambda row=row: type(row).objects.filter(pk=row.pk).update(actor_name="Somebody else"),
            lambda row=row: row.delete(),
            lambda table=table: connection.cursor().execute(f"UPDATE {table} SET actor_name = 'x'"),
            lambda table=table: connection.cursor().execute(f"DELETE FROM {table}"),
        ):
            with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
                attempt()
        row.refresh_from_db()


def test_audit_row_outlives_what_it_speaks_of(db):
    clinician, by = ClinicianFactory(), UserFactory()
    record("clinician.made", clinician, by=by)
    by.delete()
    assert AuditEvent.objects.values_list("subject_id", "actor_name").get() == (clinician.pk, by.name)


def test_action_that_fails_leaves_no_audit_row(db):
    clinician = clinician_user(ClinicianFactory().organisation)
    with pytest.raises(RuntimeError), transaction.atomic():
        give_consent(user=clinician.user, reach=ConsentReach.REGION, by=clinician.user)
        raise RuntimeError
    assert not AuditEvent.objects.exists()


def test_history_records_bulk_writes_and_deletions_with_what_was_before(db):
    clinician = ClinicianFactory(given_name="Ada")
    Clinician.objects.filter(pk=clinician.pk).update(given_name="Grace")
    key = clinician.pk
    clinician.delete()
    events = Clinician.pgh_event_models["insert"].objects.filter(pgh_obj_id=key).order_by("pgh_id")
    assert list(events.values_list("pgh_label", "given_name")) == [
        ("insert", "Ada"),
        ("update", "Grace"),
        ("delete", "Grace"),
    ]
