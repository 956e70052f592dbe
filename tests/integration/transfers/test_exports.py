"""Exports: short ones at once, long ones in the background, for who asked and as long as they may see such rows."""

import csv
import datetime
import io

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.transfers import exporting, exports, progress, tasks
from registry.transfers.models import ExportJob, FileKind
from registry.transfers.states import ExportState
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import in_days
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, grant, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust)


@pytest.fixture
def late(trust):
    rule = CycleRuleFactory()
    for name in ("=Formula", "Plain"):
        appraisal(ClinicianFactory(organisation=trust, family_name=name), rule=rule, due_on=in_days(-3))


@pytest.fixture
def long(settings, late):
    settings.EXPORT_ROWS_AT_ONCE = 1


def asked(hr, kind=FileKind.XLSX):
    return exporting.ask(name="overdue", kind=kind, query="", total=2, start=lambda key: None, by=hr)


def names(content):
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return {row[2] for row in rows[1:]}


def test_short_table_comes_at_once_and_holds_no_formula(sign_in, hr, late):
    response = sign_in(hr).get("/exports/overdue.xlsx")
    assert names(response.content) == {"'=Formula", "Plain"}
    assert ReadEvent.objects.filter(purpose="overdue appraisals.export").count() == 2


def test_figures_are_exported_with_groups_and_months(sign_in, hr, late):
    content = sign_in(hr).get("/exports/compliance.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Overdue"] for row in rows if row["Group"] == "Everybody"] == ["2", "2"]
    assert len([row for row in rows if row["Grouped by"] == "Month"]) == 12
    assert AuditEvent.objects.filter(verb="compliance.exported").count() == 1


def test_long_table_is_asked_for_made_and_downloaded(
    sign_in, hr, long, monkeypatch, django_capture_on_commit_callbacks
):
    started = []
    monkeypatch.setattr(tasks.make_export, "delay", started.append)
    client = sign_in(hr)
    assert "The table has 2 rows" in client.get("/exports/overdue.xlsx?order=name").text
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/exports/overdue.xlsx?order=name")
    job = ExportJob.objects.get()
    assert (started, job.query, response.url) == ([job.pk], "order=name", f"/exports/{job.pk}")
    page = client.get(response.url)
    assert "0% done" in page.text
    assert "You can leave this page" in page.text
    assert client.get(f"/exports/{job.pk}/file").status_code == 404
    assert "0% done" in client.get(f"/exports/{job.pk}/progress").text
    tasks.make_export(job.pk)
    assert "Your file is ready" in client.get(response.url).text
    assert client.get(f"/exports/{job.pk}/progress").headers["HX-Refresh"] == "true"
    assert names(client.get(f"/exports/{job.pk}/file").content) == {"'=Formula", "Plain"}


def test_file_is_made_once_and_tells_how_far_it_is(hr, long):
    job = asked(hr)
    tasks.make_export(job.pk)
    finished = ExportJob.objects.get(pk=job.pk).finished_at
    tasks.make_export(job.pk)
    assert ExportJob.objects.get(pk=job.pk).finished_at == finished
    progress.tell(job.pk, 1, 2, job="export")
    assert (progress.percent(job.pk, job="export"), progress.percent(job.pk)) == (50, 0)


def test_file_holds_what_its_asker_may_see_when_it_is_made(hr, long):
    job = asked(hr)
    hr.role_grants.update(revoked_at=timezone.now(), revoked_by=hr)
    tasks.make_export(job.pk)
    assert names(bytes(ExportJob.objects.get(pk=job.pk).content)) == set()


def test_file_is_its_askers_while_they_hold_the_right(sign_in, hr, trust, long):
    job = asked(hr)
    assert sign_in(user_with(Role.HR_OFFICER, trust)).get(f"/exports/{job.pk}").status_code == 404
    assert sign_in(hr).get(f"/exports/{job.pk}").status_code == 200
    hr.role_grants.update(revoked_at=timezone.now(), revoked_by=hr)
    assert sign_in(hr).get(f"/exports/{job.pk}").status_code == 404


def test_file_is_not_reached_by_a_right_over_other_people(sign_in, hr, trust, long):
    job = asked(hr)
    tasks.make_export(job.pk)
    hr.role_grants.update(revoked_at=timezone.now(), revoked_by=hr)
    grant(hr, Role.HR_OFFICER, OrganisationFactory())
    client = sign_in(hr)
    for address in (f"/exports/{job.pk}", f"/exports/{job.pk}/progress", f"/exports/{job.pk}/file"):
        assert client.get(address).status_code == 404
    grant(hr, Role.HR_OFFICER, trust)
    assert names(sign_in(hr).get(f"/exports/{job.pk}/file").content) == {"'=Formula", "Plain"}


def test_file_of_everybody_needs_the_right_over_everybody(sign_in, hr, long):
    everywhere = user_with(Role.ADMINISTRATOR)
    job = asked(everywhere)
    assert sign_in(everywhere).get(f"/exports/{job.pk}").status_code == 200
    everywhere.role_grants.update(revoked_at=timezone.now(), revoked_by=hr)
    grant(everywhere, Role.HR_OFFICER, OrganisationFactory())
    assert sign_in(everywhere).get(f"/exports/{job.pk}").status_code == 404


def test_file_whose_worker_is_killed_is_given_up_after_three_attempts(sign_in, hr, long, monkeypatch):
    job = asked(hr)

    class Killed(BaseException):
        pass

    def killed(*args):
        raise Killed

    with monkeypatch.context() as at_work:
        at_work.setattr(exporting, "as_file", killed)
        for _ in range(3):
            with pytest.raises(Killed):
                tasks.make_export(job.pk)
    started = []
    monkeypatch.setattr(tasks.make_export, "delay", started.append)
    tasks.take_up_lost()
    assert started == []
    ExportJob.objects.filter(pk=job.pk).update(attempted_at=timezone.now() - 2 * tasks.LOST_AFTER)
    tasks.take_up_lost()
    assert started == [job.pk]
    tasks.make_export(job.pk)
    job = ExportJob.objects.get(pk=job.pk)
    assert (job.state, job.attempts) == (ExportState.FAILED, 3)
    assert "It was begun three times" in sign_in(hr).get(f"/exports/{job.pk}").text


def test_table_longer_than_a_sheet_says_so_and_names_the_other_kind(sign_in, hr, long, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    job = asked(hr)
    tasks.make_export(job.pk)
    assert "Choose a CSV file" in sign_in(hr).get(f"/exports/{job.pk}").text
    table = asked(hr, FileKind.CSV)
    tasks.make_export(table.pk)
    assert ExportJob.objects.get(pk=table.pk).state == ExportState.READY


def test_work_that_breaks_off_is_said_and_can_be_asked_for_again(sign_in, hr, long, monkeypatch):
    job = asked(hr)

    def broken(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr(exporting, "as_file", broken)
    with pytest.raises(RuntimeError, match="broken"):
        tasks.make_export(job.pk)
    page = sign_in(hr).get(f"/exports/{job.pk}")
    assert "Your file could not be made" in page.text
    assert 'href="/exports/overdue.xlsx"' in page.text


def test_lost_task_is_taken_up_and_old_file_removed(hr, long, monkeypatch):
    started = []
    monkeypatch.setattr(tasks.make_export, "delay", started.append)
    job = asked(hr)
    tasks.take_up_lost()
    assert started == []
    ExportJob.objects.filter(pk=job.pk).update(asked_at=timezone.now() - 2 * tasks.LOST_AFTER)
    tasks.take_up_lost()
    assert started == [job.pk]
    tasks.make_export(job.pk)
    exporting.remove_old(timezone.now() + datetime.timedelta(days=6))
    assert ExportJob.objects.get(pk=job.pk).state == ExportState.READY
    exporting.remove_old(timezone.now() + datetime.timedelta(days=8))
    job = ExportJob.objects.get(pk=job.pk)
    assert (job.state, job.content) == (ExportState.REMOVED, None)
