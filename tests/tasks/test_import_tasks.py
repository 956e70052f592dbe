"""The tasks behind imports: what they start, and what they do when the work breaks off."""

import datetime

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from registry.accounts.roles import Role
from registry.clinicians.fields import Sector
from registry.clinicians.models import Clinician
from registry.transfers import actions, processing, progress, tasks
from registry.transfers.models import ImportBatch
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with
from tests.factories.staff_files import GOOD, csv_of, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    here = OrganisationFactory()
    return actions.upload_staff_file(
        data=csv_of(*people(3)),
        file_name="staff.csv",
        organisation=here,
        sector=Sector.ACUTE,
        by=user_with(Role.HR_OFFICER, here),
        start=lambda _: None,
    )


def state(batch):
    batch.refresh_from_db()
    return batch.state


def test_check_then_write_brings_an_import_home(batch):
    tasks.check(batch.pk)
    assert state(batch) == "ready"
    actions.confirm_import(batch=batch, by=batch.uploaded_by, start=lambda _: None)
    tasks.write(batch.pk)
    assert (state(batch), Clinician.objects.count()) == ("done", 3)
    assert progress.percent(batch.pk) == 100


def test_progress_of_a_job_that_waits_for_a_worker_is_nothing(batch):
    assert progress.percent(batch.pk) == 0


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (SoftTimeLimitExceeded, "It took too long. Split the file into smaller ones."),
        (MemoryError, "Something went wrong, and nothing was imported. Try again later."),
    ],
)
def test_write_that_breaks_off_leaves_nothing_and_says_so(batch, monkeypatch, trouble, reason):
    tasks.check(batch.pk)
    batch.refresh_from_db()
    actions.confirm_import(batch=batch, by=batch.uploaded_by, start=lambda _: None)

    def break_off(*args):
        raise trouble

    monkeypatch.setattr(processing, "_save_results", break_off)
    with pytest.raises(trouble):
        tasks.write(batch.pk)
    assert (state(batch), batch.reason, Clinician.objects.count()) == ("failed", reason, 0)


def test_task_for_an_import_that_is_gone_or_done_does_nothing(batch):
    tasks.check(batch.pk + 1)
    tasks.write(batch.pk)
    assert state(batch) == "checking"


def test_take_up_lost_starts_what_no_worker_can_still_be_doing(batch, monkeypatch):
    started = []
    monkeypatch.setattr(tasks.check, "delay", lambda pk: started.append(("check", pk)))
    monkeypatch.setattr(tasks.write, "delay", lambda pk: started.append(("write", pk)))
    tasks.take_up_lost()
    assert started == []
    ImportBatch.objects.update(changed_at=timezone.now() - datetime.timedelta(minutes=16))
    tasks.take_up_lost()
    tasks.check(batch.pk)
    batch.refresh_from_db()
    actions.confirm_import(batch=batch, by=batch.uploaded_by, start=lambda _: None)
    ImportBatch.objects.update(changed_at=timezone.now() - datetime.timedelta(minutes=16))
    tasks.take_up_lost()
    assert started == [("check", batch.pk), ("write", batch.pk)]


def test_forget_old_runs_every_night(settings):
    assert settings.CELERY_BEAT_SCHEDULE["forget-imports"]["task"] == tasks.forget_old.name
    tasks.forget_old()


def test_tasks_carry_keys_and_never_people(batch):
    assert "Zoë" not in repr(tasks.check.s(batch.pk)) and GOOD["Last Name"] not in repr(tasks.check.s(batch.pk))
