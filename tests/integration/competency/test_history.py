"""Old results in the registry: kept as they came, taken back only whole, and never part of what selection knows."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.competency.history import actions
from registry.competency.models import HistoricLevel, HistoryImport, HistoryKind
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.standing.models import AgreedLevels, Standing
from tests.factories.competency import framework
from tests.factories.history import external_file, imported, lqf_file, uploaded, waiting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import RegistrationFactory, clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(trust):
    return user_with(Role.HR_OFFICER, trust)


@pytest.fixture
def outsider():
    return user_with(Role.HR_OFFICER, OrganisationFactory())


def test_preview_writes_no_level_and_counts_every_row(nurse, officer):
    batch = waiting(nurse, officer)
    assert not HistoricLevel.objects.exists()
    assert (batch.state, batch.total, batch.to_add, batch.same, batch.errors) == ("ready", 3, 2, 0, 1)
    assert batch.problems == [[4, "", "Row 3 has the same person, date, quality and source."]]


def test_confirming_keeps_the_levels_and_forgets_the_rows(nurse, officer):
    batch = imported(nurse, officer)
    kept = HistoricLevel.objects.values_list(
        "clinician", "element__code", "taken_on", "instrument", "provider", "level"
    ).order_by("element__position")
    source = (datetime.date(2010, 5, 31), "LQF 360-degree feedback", "")
    assert list(kept) == [(nurse.pk, "Q1", *source, 2), (nurse.pk, "Q2", *source, 3)]
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.closed_by) == ("done", [], officer)
    assert list(AuditEvent.objects.filter(verb__startswith="history.").values_list("verb", flat=True)) == [
        "history.done",
        "history.uploaded",
    ]


def test_importing_the_same_file_again_changes_nothing(nurse, officer):
    imported(nurse, officer)
    before = list(HistoricLevel.objects.values())
    again = waiting(nurse, officer)
    assert (again.to_add, again.same, again.errors) == (0, 2, 1)
    actions.confirm_history(batch=again, by=officer)
    assert list(HistoricLevel.objects.values()) == before


def test_other_level_for_what_is_here_is_refused(nurse, officer):
    imported(nurse, officer)
    batch = uploaded(nurse.organisation, lqf_file(f"{nurse.staff_number},31/05/2010,Q1,4"), by=officer)
    assert batch.problems == [[2, "level", "Level 2 is here already for this person, date and source."]]


def test_preview_that_is_out_of_date_is_shown_again_and_nothing_is_kept(nurse, officer):
    first, second = waiting(nurse, officer), waiting(nurse, officer)
    actions.confirm_history(batch=first, by=officer)
    held = actions.confirm_history(batch=second, by=officer)
    assert (held.state, held.to_add, held.same) == ("ready", 0, 2)
    assert HistoricLevel.objects.count() == 2
    assert actions.confirm_history(batch=second, by=officer).state == "done"


def test_results_never_go_to_somebody_else_than_was_shown(nurse, officer):
    batch = waiting(nurse, officer)
    assert {row[1] for row in batch.preview} == {nurse.pk}
    number, nurse.staff_number = nurse.staff_number, "moved"
    nurse.save()
    other = clinician_user(nurse.organisation, staff_number=number)
    held = actions.confirm_history(batch=batch, by=officer)
    assert (held.state, held.to_add, held.errors) == ("ready", 2, 1)
    assert not HistoricLevel.objects.exists()
    assert {row[1] for row in held.preview} == {other.pk}
    assert actions.confirm_history(batch=batch, by=officer).state == "done"
    assert set(HistoricLevel.objects.values_list("clinician", flat=True)) == {other.pk}


def test_names_of_a_person_are_cleaned_as_on_their_profile(nurse, officer):
    framework("LQF")
    nurse.staff_number = "AB/12"
    nurse.save()
    RegistrationFactory(clinician=nurse, register="NMC", number="12A3456E")
    data = lqf_file(
        "ab / 12,,2010-05-31,Q1,1", ",12a 3456e,2010-05-31,Q2,1", headings="Employee Number,PIN,Date,Quality,Level"
    )
    batch = uploaded(nurse.organisation, data, by=officer)
    assert (batch.to_add, batch.problems) == (2, [])


def test_same_source_in_other_letters_is_refused_by_the_database_too(nurse, officer):
    batch = imported(nurse, officer)
    level = HistoricLevel.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoricLevel.objects.create(
            batch=batch,
            clinician=nurse,
            element=level.element,
            taken_on=level.taken_on,
            instrument=level.instrument.upper(),
            level=1,
        )


def test_person_who_left_meanwhile_is_not_imported(nurse, officer):
    batch = waiting(nurse, officer)
    nurse.organisation = OrganisationFactory()
    nurse.save()
    held = actions.confirm_history(batch=batch, by=officer)
    assert (held.state, held.to_add, held.errors) == ("ready", 0, 3)
    assert not HistoricLevel.objects.exists()


def test_external_results_name_their_instrument_and_framework(nurse, officer):
    framework("HLM")
    data = external_file(
        f"{nurse.staff_number},HLM,HLM 360,Elmtree,2019-03-01,H1,4",
        f"{nurse.staff_number},Healthcare Leadership Model,HLM 360,Elmtree,2019-03-01,Leading with care,1",
        f"{nurse.staff_number},HLM,HLM 360,Elmtree,2012-03-01,H1,4",
        f"{nurse.staff_number},HLM,HLM 360,Elmtree,2019-03-01,H3,0",
    )
    batch = uploaded(nurse.organisation, data, by=officer, kind=HistoryKind.EXTERNAL)
    assert [tuple(problem[:2]) for problem in batch.problems] == [(4, "date"), (5, "level")]
    actions.confirm_history(batch=batch, by=officer)
    assert set(HistoricLevel.objects.values_list("element__code", "instrument", "provider", "level")) == {
        ("H1", "HLM 360", "Elmtree", 4),
        ("H2", "HLM 360", "Elmtree", 1),
    }


def test_file_for_a_framework_that_is_not_loaded_is_refused(trust, officer):
    with pytest.raises(Invalid, match="not loaded yet"):
        uploaded(trust, lqf_file("1,2010-05-31,Q1,1"), by=officer)
    with pytest.raises(Invalid, match="not loaded yet"):
        uploaded(trust, external_file("1,LF,X,,2010-05-31,1.1,1"), by=officer, kind=HistoryKind.EXTERNAL)


def test_people_of_another_organisation_are_never_matched(nurse, officer, outsider):
    stranger = clinician_user(outsider.grants[0].organisation)
    framework("LQF")
    batch = uploaded(nurse.organisation, lqf_file(f"{stranger.staff_number},2010-05-31,Q1,1"), by=officer)
    assert batch.problems == [[2, "staff_number", "Nobody at the organisation has this employee number."]]


# --- who may -------------------------------------------------------------------------------------------------------


def test_only_the_organisations_officers_import_confirm_discard_and_take_back(nurse, officer, outsider, appraiser):
    ready, done = waiting(nurse, officer, day="2009-05-31"), imported(nurse, officer)
    for other in (outsider, appraiser, nurse.user):
        for act, batch in (
            (actions.confirm_history, ready),
            (actions.discard_history, ready),
            (actions.remove_history, done),
        ):
            with pytest.raises(NotAllowed):
                act(batch=batch, by=other)
        with pytest.raises(NotAllowed):
            uploaded(nurse.organisation, lqf_file("1,2010-05-31,Q1,1"), by=other)
    assert HistoricLevel.objects.count() == 2


def test_levels_are_seen_by_the_clinician_and_their_officers_only(nurse, officer, outsider, appraiser, trust):
    imported(nurse, officer)
    colleague = clinician_user(trust).user
    seen = {
        who: HistoricLevel.visible_to(user, Permission.ASSESSMENT_VIEW).count()
        for who, user in {
            "clinician": nurse.user,
            "officer": officer,
            "officer elsewhere": outsider,
            "appraiser": appraiser,
            "colleague": colleague,
        }.items()
    }
    assert seen == {"clinician": 2, "officer": 2, "officer elsewhere": 0, "appraiser": 0, "colleague": 0}


# --- taking back ---------------------------------------------------------------------------------------------------


def test_import_is_taken_back_whole_and_that_stays_written_down(nurse, officer):
    other = imported(nurse, officer, day="2008-05-31")
    batch = imported(nurse, officer)
    actions.remove_history(batch=batch, by=officer)
    assert set(HistoricLevel.objects.values_list("batch", flat=True)) == {other.pk}
    batch.refresh_from_db()
    assert (batch.state, batch.closed_by) == ("removed", officer)
    event = AuditEvent.objects.filter(verb="history.removed").get()
    assert (event.actor_id, event.organisation_id, event.detail["levels"]) == (officer.pk, nurse.organisation_id, 2)
    # The file can come again.
    assert imported(nurse, officer).to_add == 2


def test_taking_back_is_written_down_where_the_people_work_now(nurse, officer, outsider):
    batch = imported(nurse, officer)
    assert actions.levels_elsewhere(batch) == {}
    nurse.organisation = outsider.grants[0].organisation
    nurse.save()
    assert actions.levels_elsewhere(batch) == {nurse.organisation_id: 2}
    actions.remove_history(batch=batch, by=officer)
    assert not HistoricLevel.objects.exists()
    events = AuditEvent.objects.filter(verb="history.removed").order_by("pk")
    assert {event.organisation_id: event.detail["levels"] for event in events} == {
        batch.organisation_id: 2,
        nurse.organisation_id: 2,
    }
    assert "file" not in events.get(organisation_id=nurse.organisation_id).detail


def test_each_step_is_taken_once(nurse, officer):
    batch = imported(nurse, officer)
    for act in (actions.confirm_history, actions.discard_history):
        with pytest.raises(WrongState):
            act(batch=batch, by=officer)
    actions.remove_history(batch=batch, by=officer)
    with pytest.raises(WrongState):
        actions.remove_history(batch=batch, by=officer)
    thrown = waiting(nurse, officer)
    actions.discard_history(batch=thrown, by=officer)
    thrown.refresh_from_db()
    assert (thrown.rows, thrown.problems, thrown.preview) == ([], [], [])
    with pytest.raises(WrongState):
        actions.confirm_history(batch=thrown, by=officer)


def test_what_nobody_confirms_in_time_is_discarded(nurse, officer, settings):
    batch = waiting(nurse, officer)
    late = timezone.now() + datetime.timedelta(days=settings.IMPORT_UNCONFIRMED_DAYS)
    actions.discard_forgotten(late - datetime.timedelta(hours=1))
    batch.refresh_from_db()
    assert batch.state == "ready"
    actions.discard_forgotten(late + datetime.timedelta(hours=1))
    actions.discard_forgotten(late + datetime.timedelta(hours=1))
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == ("discarded", [])


def test_import_somebody_else_closes_meanwhile_does_not_stop_the_others(nurse, officer, settings, monkeypatch):
    waiting(nurse, officer), waiting(nurse, officer)
    taken, discard = [], actions.discard_history

    def raced(*, batch, by):
        if not taken:
            taken.append(discard(batch=batch, by=officer))
        return discard(batch=batch, by=by)

    monkeypatch.setattr(actions, "discard_history", raced)
    with CaptureQueriesContext(connection) as done:
        actions.discard_forgotten(timezone.now() + datetime.timedelta(days=settings.IMPORT_UNCONFIRMED_DAYS, hours=1))
    assert set(HistoryImport.objects.values_list("state", flat=True)) == {"discarded"}
    read = [query["sql"] for query in done if query["sql"].startswith("SELECT")]
    assert not any('"competency_historyimport"."rows"' in sql for sql in read)


# --- the database's own promise ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda: HistoricLevel.objects.update(level=1),
        lambda: HistoricLevel.objects.all().delete(),
        lambda: HistoricLevel.objects.filter(element__code="Q1").delete(),
        lambda: connection.cursor().execute("UPDATE competency_historiclevel SET taken_on = '2011-01-01'"),
        lambda: connection.cursor().execute("DELETE FROM competency_historiclevel"),
        lambda: HistoryImport.objects.update(state="ready"),
    ],
)
def test_database_keeps_levels_as_they_came(nurse, officer, change):
    imported(nurse, officer)
    before = list(HistoricLevel.objects.values())
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        change()
    assert list(HistoricLevel.objects.values()) == before


def test_history_never_reaches_standing_or_selection(nurse, officer):
    call_command("rebuild_standing", stdout=io.StringIO())
    before = list(Standing.objects.values()), list(AgreedLevels.objects.values())
    imported(nurse, officer)
    call_command("rebuild_standing", "--check", stdout=io.StringIO())
    call_command("rebuild_standing", stdout=io.StringIO())
    assert before == (list(Standing.objects.values()), list(AgreedLevels.objects.values()))
    assert not AgreedLevels.objects.exists()


# --- in sets -------------------------------------------------------------------------------------------------------


def test_checking_takes_as_many_queries_for_many_rows_as_for_one(nurse, officer):
    framework("LQF")

    def queries(count):
        rows = [f"{nurse.staff_number},2010-05-{1 + n % 28},Q{1 + n // 28},1" for n in range(count)]
        with CaptureQueriesContext(connection) as done:
            batch = uploaded(nurse.organisation, lqf_file(*rows), by=officer)
        assert batch.to_add == count
        return len(done)

    queries(1)  # what the officer may do is looked up once
    assert queries(400) == queries(1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_wins(nurse, officer):
    batch = waiting(nurse, officer)
    results = at_once(*[lambda: actions.confirm_history(batch=batch, by=officer)] * 2)
    assert outcome(results) == (1, 1)
    assert HistoricLevel.objects.count() == 2
