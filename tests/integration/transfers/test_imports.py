"""An import from upload to being forgotten: states, who may, two people at once, nothing half written."""

import datetime
import hashlib
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.clinicians.fields import Sector
from registry.clinicians.models import Clinician
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.organisations.models import Kind, Organisation
from registry.transfers import actions, processing
from registry.transfers.models import ImportBatch, ImportRow
from registry.transfers.states import BATCH_TRANSITIONS, BatchState
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, clinician_user, user_with
from tests.factories.staff_files import GOOD, csv_of, people, row, xlsx_of

pytestmark = pytest.mark.django_db


def nothing(batch_id):
    """In place of a worker."""


def upload(officer, data, organisation=None, start=nothing, name="staff.csv"):
    organisation = organisation or Organisation.objects.get(pk=officer.grants[0].organisation_id)
    return actions.upload_staff_file(
        data=data, file_name=name, organisation=organisation, sector=Sector.ACUTE, by=officer, start=start
    )


def checked(officer, data):
    batch = upload(officer, data)
    processing.check_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def imported(officer, data):
    batch = checked(officer, data)
    actions.confirm_import(batch=batch, by=officer, start=nothing)
    processing.write_batch(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def here():
    return OrganisationFactory(name="Here")


@pytest.fixture
def officer(here):
    return user_with(Role.HR_OFFICER, here)


@pytest.fixture
def outsider():
    return user_with(Role.HR_OFFICER, OrganisationFactory(name="Elsewhere"))


def test_upload_keeps_the_rows_and_not_the_file(officer):
    data = csv_of(row(), row() | {"Employee Number": "2"})
    batch = upload(officer, data)
    assert (batch.state, batch.total, batch.size) == ("checking", 2, len(data))
    assert batch.sha256 == hashlib.sha256(data).hexdigest()
    assert [item.payload["cells"]["staff_number"] for item in batch.rows.order_by("number")] == ["00012345", "2"]
    assert Clinician.objects.count() == 0


def test_upload_starts_the_check_once_all_is_committed(officer, django_capture_on_commit_callbacks):
    started = []
    with django_capture_on_commit_callbacks(execute=True):
        batch = upload(officer, csv_of(GOOD), start=started.append)
        assert started == []
    assert started == [batch.pk]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"a,b\r\n1,2\r\n", "The first row must hold the headings, like Employee Number, First Name and Last Name."),
        (b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB. Split it into smaller files."),
    ],
)
def test_upload_refuses_a_file_and_keeps_nothing(officer, data, message):
    with pytest.raises(Invalid) as refused:
        upload(officer, data)
    assert (refused.value.message, refused.value.field) == (message, "file")
    assert ImportBatch.objects.count() == 0


def test_upload_takes_a_file_of_exactly_10_mb(officer):
    data = csv_of(GOOD)
    padded = data + b"\r\n" * ((10 * 1024 * 1024 - len(data)) // 2)
    assert len(padded) in {10 * 1024 * 1024, 10 * 1024 * 1024 - 1}
    assert upload(officer, padded).total == 1


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"closed_on": datetime.date(2026, 3, 31)}, "Here (RJ9) is closed."),
        ({"kind": Kind.ICB}, "Here is not an NHS trust of England."),
    ],
)
def test_upload_refuses_a_closed_organisation(facts, message, time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC))
    officer = user_with(Role.HR_OFFICER, OrganisationFactory(name="Here", ods_code="RJ9", **facts))
    with pytest.raises(Invalid) as refused:
        upload(officer, csv_of(GOOD))
    assert (refused.value.message, refused.value.field) == (message, "organisation")


def test_upload_confirm_and_discard_need_the_right_at_this_organisation(here, officer, outsider):
    batch = checked(officer, csv_of(GOOD))
    for person in (outsider, clinician_user(here).user, user_with(Role.APPRAISER, here)):
        with pytest.raises(NotAllowed):
            upload(person, csv_of(GOOD), organisation=here)
        with pytest.raises(NotAllowed):
            actions.confirm_import(batch=batch, by=person, start=nothing)
        with pytest.raises(NotAllowed):
            actions.discard_import(batch=batch, by=person)
    assert ImportBatch.objects.get().state == "ready"


def test_check_counts_verdicts_and_writes_nothing_else(here, officer):
    ClinicianFactory(organisation=here, staff_number="7", given_name="Old", family_name="Name")
    batch = checked(
        officer,
        csv_of(
            row(),
            row(Employee_Number="7", Work_Email="", Registration_Number="13A3456E"),
            row(Employee_Number="", Work_Email="", Registration_Number="14A3456E"),
            row(
                Employee_Number="9",
                Work_Email="",
                Staff_Group="Estates and Ancillary",
                Registration_Body="",
                Registration_Number="",
            ),
        ),
    )
    assert (batch.state, batch.to_add, batch.to_change, batch.same, batch.left_out, batch.errors) == (
        "ready", 1, 1, 0, 1, 1,
    )  # fmt: skip
    assert list(batch.rows.order_by("number").values_list("number", "verdict")) == [
        (2, "add"), (3, "change"), (4, "error"), (5, "left_out"),
    ]  # fmt: skip
    assert batch.rows.get(number=4).problems == [["staff_number", "Enter the employee number."]]
    assert ["first name", "Old", "Zoë"] in batch.rows.get(number=3).changes
    assert Clinician.objects.count() == 1


def test_check_twice_does_the_work_once(officer):
    batch = checked(officer, csv_of(GOOD))
    processing.check_batch(batch.pk)
    assert list(batch.transitions.values_list("state", "by")) == [("checking", officer.pk), ("ready", None)]


def test_import_writes_what_was_confirmed_and_remembers_which_row_became_whom(officer):
    batch = imported(officer, xlsx_of(*people(3)))
    assert (batch.state, batch.confirmed_by, batch.to_add) == ("done", officer, 3)
    assert list(batch.rows.order_by("number").values_list("clinician__family_name", flat=True)) == [
        "Person 1",
        "Person 2",
        "Person 3",
    ]
    assert [step.state for step in batch.transitions.all()] == ["checking", "ready", "writing", "done"]
    assert [
        (event.verb, event.actor_id, event.detail["rows"])
        for event in AuditEvent.objects.filter(verb__startswith="import").order_by("pk")
    ] == [("import.uploaded", officer.pk, 3), ("import.confirmed", officer.pk, 3)]


def test_history_of_an_import_names_who_confirmed_it_and_which_import(officer):
    batch = imported(officer, csv_of(GOOD))
    context = Clinician.pgh_event_model.objects.get().pgh_context
    assert (context["user"], context["batch"]) == (officer.pk, batch.pk)


def test_import_of_the_same_file_again_changes_nothing(officer):
    imported(officer, csv_of(*people(2)))
    again = checked(officer, csv_of(*people(2)))
    assert (again.to_add, again.to_change, again.same) == (0, 0, 2)


def test_write_twice_does_the_work_once(officer):
    batch = imported(officer, csv_of(GOOD))
    processing.write_batch(batch.pk)
    assert Clinician.objects.count() == 1
    assert batch.transitions.filter(state="done").count() == 1


def test_write_goes_back_to_be_checked_where_the_registry_has_changed(here, officer):
    batch = checked(officer, csv_of(GOOD))
    actions.confirm_import(batch=batch, by=officer, start=nothing)
    ClinicianFactory(organisation=here, staff_number="00012345", family_name="Meanwhile")
    processing.write_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.to_add, batch.to_change) == ("ready", 0, 1)
    assert (batch.confirmed_by, batch.confirmed_at) == (None, None)
    assert batch.reason.startswith("The registry changed after this file was checked, so nothing was imported.")
    assert Clinician.objects.get().family_name == "Meanwhile"


def test_write_fails_where_the_right_was_withdrawn_meanwhile(here, officer):
    batch = checked(officer, csv_of(GOOD))
    actions.confirm_import(batch=batch, by=officer, start=nothing)
    officer.role_grants.update(revoked_at=timezone.now(), revoked_by=officer)
    processing.write_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.reason) == ("failed", "You do not keep people for this organisation.")
    assert Clinician.objects.count() == 0


@pytest.mark.parametrize("act", [actions.confirm_import, actions.discard_import])
def test_confirm_and_discard_only_what_waits(officer, act):
    batch = imported(officer, csv_of(GOOD))
    with pytest.raises(WrongState) as refused:
        act(batch=batch, by=officer)
    assert refused.value.message == f"This import has already been confirmed by {officer}."


def test_discard_forgets_at_once(officer):
    batch = checked(officer, csv_of(GOOD))
    actions.discard_import(batch=batch, by=officer)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.get().payload, batch.to_add) == ("discarded", None, 1)
    with pytest.raises(WrongState) as refused:
        actions.confirm_import(batch=batch, by=officer)
    assert refused.value.message == "This import is not waiting to be confirmed: discarded."


@pytest.mark.parametrize("wrong", [("done", "ready"), ("discarded", "ready"), ("ready", "done"), ("failed", "writing")])
def test_database_refuses_a_step_that_is_not_in_the_table(officer, wrong):
    assert wrong not in BATCH_TRANSITIONS
    batch = upload(officer, csv_of(GOOD))
    for state in {"done": ["ready", "writing", "done"], "ready": ["ready"]}.get(wrong[0], [wrong[0]]):
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, total=0, confirmed_at=timezone.now())
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state=wrong[1])


# What is kept, and how long ---------------------------------------------------------------------------


def test_forget_old_expires_what_nobody_confirmed_for_7_days(officer):
    batch = checked(officer, csv_of(GOOD))
    now = batch.uploaded_at + datetime.timedelta(days=7)
    processing.forget_old(now - datetime.timedelta(minutes=1))
    batch.refresh_from_db()
    assert batch.state == "ready"
    processing.forget_old(now + datetime.timedelta(minutes=1))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.get().payload, batch.to_add) == ("expired", None, 1)


def test_forget_old_removes_the_rows_of_a_finished_import_after_30_days_and_keeps_the_counts(officer):
    batch = imported(officer, csv_of(*people(2), row(Employee_Number="")))
    now = batch.changed_at + datetime.timedelta(days=30)
    processing.forget_old(now - datetime.timedelta(minutes=1))
    assert batch.rows.filter(payload=None).count() == 0
    processing.forget_old(now + datetime.timedelta(minutes=1))
    processing.forget_old(now + datetime.timedelta(minutes=2))
    batch.refresh_from_db()
    assert (batch.state, batch.to_add, batch.errors, batch.forgotten_at is not None) == ("done", 2, 1, True)
    assert list(
        batch.rows.order_by("number").values_list("verdict", "payload", "problems", "clinician__family_name")
    ) == [
        ("add", None, [], "Person 1"),
        ("add", None, [], "Person 2"),
        ("error", None, [], None),
    ]


def test_history_keeps_nothing_of_what_a_file_said(officer):
    imported(officer, csv_of(GOOD))
    columns = {field.name for field in ImportBatch.pgh_event_model._meta.concrete_fields}
    assert not columns & {"payload", "rows"}
    assert not hasattr(ImportRow, "pgh_event_model")


# Two people at once -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_confirm_at_once_one_wins(here):
    officers = [user_with(Role.HR_OFFICER, here, name=name) for name in ("Ann", "Bea")]
    batch = checked(officers[0], csv_of(GOOD))
    outcomes = []
    ready = threading.Barrier(2)

    def confirm(officer):
        try:
            ready.wait()
            actions.confirm_import(batch=ImportBatch(pk=batch.pk), by=officer, start=nothing)
            outcomes.append("won")
        except WrongState:
            outcomes.append("lost")
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "won"]
    assert batch.transitions.filter(state=BatchState.WRITING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_write_at_once_one_does_the_work(officer):
    batch = checked(officer, csv_of(*people(50)))
    actions.confirm_import(batch=batch, by=officer, start=nothing)

    def write():
        processing.write_batch(batch.pk)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert (batch.state, Clinician.objects.count()) == ("done", 50)
    assert batch.transitions.filter(state=BatchState.DONE).count() == 1
