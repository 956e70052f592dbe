"""Insight: agreed levels in groups, of one's own organisations only, and never of a few people."""

import csv
import io
import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.clinicians.models import Clinician
from registry.clinicians.querysets import ClinicianQuerySet
from registry.competency.models import Assessment
from registry.competency.presenters import result
from registry.kernel.permissions import Permission
from tests.factories.competency import agreed_in_sets, expecting, framework, tiny
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, grant, user_with

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/insight/", "/insight/export"


def people(organisation, number, **attributes):
    return ClinicianFactory.create_batch(number, organisation=organisation, **attributes)


@pytest.fixture
def trust():
    return OrganisationFactory(ods_code="AAA", name="Northshire Trust")


@pytest.fixture
def other():
    return OrganisationFactory(ods_code="BBB", name="Secret Trust")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust)


@pytest.fixture
def version():
    return expecting(code="EXP")


@pytest.fixture
def filled(trust, other, version):
    """Ours: 12 nurses (4 below, 8 as expected), 20 doctors not assessed, 3 podiatrists; theirs: 15 paramedics."""
    by = UserFactory()
    nurses = people(trust, 12)
    podiatrists = people(trust, 3, profession="podiatrist")
    people(trust, 20, profession="doctor", sector="community")
    theirs = people(other, 15, profession="paramedic", sector="ambulance", career_stage="practitioner")
    levels = {person: 1 if at < 4 else 2 for at, person in enumerate(nurses)}
    agreed_in_sets(version, levels | dict.fromkeys(podiatrists, 1) | dict.fromkeys(theirs, 2), by=by)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def exported(client, **params):
    response = client.get(EXPORT, params)
    assert response.status_code == 200
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    return {(row["Grouped by"], row["Group"]): row for row in rows}


def test_page_shows_groups_of_the_own_organisation_only(sign_in, hr, filled):
    page = sign_in(hr).get(PAGE)
    shown = text(page)
    assert "Tiny framework: Northshire Trust" in shown
    assert "35" in shown
    assert "Secret" not in page.text
    assert "Paramedic" not in page.text
    assert "By organisation" not in shown


def test_export_says_what_the_page_says_to_the_digit(sign_in, hr, filled):
    client = sign_in(hr)
    rows = exported(client, framework="EXP")
    assert list(rows) == [
        ("Profession", "Doctor"),
        ("Profession", "Nurse"),
        ("Profession", "Chiropodist or podiatrist"),
        ("Profession", "Groups not shown, together"),
        ("Profession", "Everybody"),
        ("Sector", "Community"),
        ("Sector", "Acute"),
        ("Sector", "Everybody"),
    ]
    everybody = rows["Profession", "Everybody"]
    assert everybody == {
        "Grouped by": "Profession",
        "Group": "Everybody",
        "People": "35",
        "Assessed": "15 of 35 (43%)",
        "Domain": "First domain",
        "People counted": "15",
        "As expected or ahead": "40 to 59%",
        "Not yet": "40 to 59%",
        "As expected": "40 to 59%",
        "Ahead": "0 to 19%",
        "Mean agreed level": "1.5",
        "Mean expected level": "2.0",
    }
    shown = text(client.get(PAGE, {"framework": "EXP"}))
    for row in rows.values():
        assert row["Assessed"] in shown
        assert row["As expected or ahead"] in shown


def test_small_group_is_hidden_with_a_partner_so_that_nothing_gives_it_away(sign_in, hr, filled):
    rows = exported(sign_in(hr))
    podiatrists, nurses = rows["Profession", "Chiropodist or podiatrist"], rows["Profession", "Nurse"]
    assert (podiatrists["People"], podiatrists["Assessed"], podiatrists["As expected or ahead"]) == (
        "3",
        "Not shown",
        "Not shown",
    )
    assert (nurses["Assessed"], nurses["As expected or ahead"]) == ("Not shown", "Not shown")
    assert {podiatrists["Mean agreed level"], nurses["Mean agreed level"]} == {""}
    assert rows["Profession", "Groups not shown, together"]["Assessed"] == "15 of 15 (100%)"
    assert rows["Profession", "Doctor"]["As expected or ahead"] == "Nobody yet"


def test_level_of_somebody_in_a_small_group_changes_nothing_but_what_they_share(sign_in, hr, trust, version, filled):
    """A podiatrist and a nurse exchange their levels: page and export stay byte for byte."""
    client = sign_in(hr)
    before = client.get(EXPORT).content
    podiatrist = Clinician.objects.filter(profession="podiatrist").first()
    nurse = Clinician.objects.filter(profession="nurse", agreed_levels__d1=24).first()
    agreed_in_sets(version, {podiatrist: 2, nurse: 1}, by=UserFactory())
    assert client.get(EXPORT).content == before


def test_threshold_can_be_raised_and_not_lowered(sign_in, hr, filled, settings):
    client = sign_in(hr)
    before = exported(client)
    settings.INSIGHT_SMALLEST_GROUP = 2
    assert exported(client) == before
    assert "fewer than 10 people" in text(client.get(PAGE))
    settings.INSIGHT_SMALLEST_GROUP = 16
    assert exported(client)["Profession", "Everybody"]["As expected or ahead"] == "Not shown"
    assert "fewer than 16 people" in text(client.get(PAGE))


def test_classes_are_those_of_each_persons_own_result_page(sign_in, hr, trust):
    """Over every career stage and level of a shipped framework, also after a move to another career stage."""
    version, stages = framework("MLCF"), ("student", "practitioner", "experienced")
    by = UserFactory()
    levels = {ClinicianFactory(organisation=trust, career_stage=s): level for s in stages for level in range(5)}
    agreed_in_sets(version, levels, by=by)
    Clinician.objects.filter(career_stage="practitioner").update(career_stage="experienced")
    wanted = {}
    for assessment in Assessment.objects.all():
        for figure in result(assessment, viewer=by, full=False).figures:
            if figure.against is not None:
                wanted.setdefault(figure.domain.code, Counter())[figure.against["text"]] += 1
    visible = Assessment.visible_to(hr, Permission.LEVELS_SUMMARISE).newest_agreed("MLCF")
    told = {
        code: Counter({"Not yet": below, "Ahead": ahead, "As expected": people - below - ahead})
        for *_, code, people, below, ahead, _, _ in visible.tallied(version)
    }
    assert told == wanted
    assert set(told["1"]) == {"Not yet", "As expected", "Ahead"}


def test_only_the_newest_agreed_assessment_counts_and_no_draft(sign_in, hr, trust, version):
    nurses = people(trust, 12)
    by = UserFactory()
    agreed_in_sets(version, dict.fromkeys(nurses, 1), by=by)
    agreed_in_sets(version, dict.fromkeys(nurses[:6], 2), by=by)
    Assessment.objects.create(clinician=nurses[0], version=version, framework="EXP")
    agreed_in_sets(expecting(code="ELSE"), dict.fromkeys(nurses, 2), by=by)
    row = exported(sign_in(hr), framework="EXP")["Profession", "Nurse"]
    assert (row["Assessed"], row["People counted"], row["As expected or ahead"]) == (
        "12 of 12 (100%)",
        "12",
        "40 to 59%",
    )


def newer_version():
    """The same framework, with one more level between what was 1 and what was 2."""
    return expecting(code="EXP", version="2", effective_from="2021-01-01")


def test_levels_of_another_version_are_never_added_up(sign_in, hr, trust, version):
    by = UserFactory()
    old, new = people(trust, 11), people(trust, 12, profession="doctor", sector="community")
    agreed_in_sets(version, dict.fromkeys(old, 1), by=by)
    agreed_in_sets(newer_version(), dict.fromkeys(new, 2), by=by)
    client = sign_in(hr)
    row = exported(client)["Profession", "Everybody"]
    assert (row["Assessed"], row["People counted"], row["Mean agreed level"]) == ("23 of 23 (100%)", "12", "2.0")
    assert exported(client)["Profession", "Nurse"]["As expected or ahead"] == "Nobody yet"
    shown = text(client.get(PAGE))
    assert "the version shown (2), and never converted" in shown
    assert "counts as assessed, and in no domain; here that is 11 people." in shown


def test_few_on_another_version_are_not_counted_out(sign_in, hr, trust, other, version):
    by = UserFactory()
    grant(hr, Role.HR_OFFICER, other)
    for place, on_old in ((trust, 9), (other, 10)):
        agreed_in_sets(version, dict.fromkeys(people(place, on_old), 1), by=by)
    agreed_in_sets(newer_version(), dict.fromkeys(people(trust, 12, profession="doctor"), 2), by=by)
    client = sign_in(hr)
    assert "in no domain; here that is 10 people, without organisations where it is fewer than 10." in text(
        client.get(PAGE)
    )
    assert "and in no domain." in text(client.get(PAGE, {"organisation": "AAA"}))


@pytest.mark.parametrize(("missed", "assessed"), [(12, "3 of 23 (13%)"), (1, "14 of 34 (41%)")])
def test_who_joins_while_the_page_is_made_counts_next_time(sign_in, hr, filled, monkeypatch, missed, assessed):
    """The number of people is asked first: all nurses, or one of them, come after it."""
    counted = ClinicianQuerySet.counted
    later = list(Clinician.objects.filter(profession="nurse").values_list("pk", flat=True)[:missed])

    def before(rows):
        return counted(rows.exclude(pk__in=later))

    monkeypatch.setattr(ClinicianQuerySet, "counted", before)
    rows = exported(sign_in(hr))
    assert rows["Profession", "Everybody"]["Assessed"] == assessed
    assert (("Profession", "Nurse") in rows) == (missed < 12)


def test_who_has_several_organisations_sees_them_side_by_side_and_each_alone(sign_in, hr, other, filled):
    grant(hr, Role.HR_OFFICER, other)
    client = sign_in(hr)
    page = client.get(PAGE)
    assert "By organisation" in text(page)
    assert "/insight/?framework=EXP&amp;organisation=BBB" in page.text
    rows = exported(client)
    assert rows["Organisation", "Everybody"]["Assessed"] == "30 of 50 (60%)"
    assert rows["Organisation", "Secret Trust"]["As expected or ahead"] == "80 to 100%"
    alone = client.get(PAGE, {"organisation": "BBB"})
    assert "/people/?organisation=BBB&amp;profession=paramedic" in alone.text
    assert "Northshire Trust</h2>" not in alone.text
    assert exported(client, organisation="BBB")["Profession", "Paramedic"]["Assessed"] == "15 of 15 (100%)"


def test_administrator_sees_every_organisation(sign_in, filled):
    rows = exported(sign_in(user_with(Role.ADMINISTRATOR)))
    assert [group for cut, group in rows if cut == "Organisation"] == ["Northshire Trust", "Secret Trust", "Everybody"]


@pytest.mark.parametrize("params", [{"organisation": "BBB"}, {"organisation": "\0"}, {"framework": "NONE"}, {"x": "y"}])
def test_what_is_unknown_or_out_of_reach_is_as_if_not_asked_for(sign_in, hr, filled, params):
    client = sign_in(hr)
    assert exported(client, **params) == exported(client)
    assert "Secret" not in client.get(PAGE, params).text


def test_groups_lead_to_their_people_who_show_no_levels(sign_in, hr, filled):
    client = sign_in(hr)
    link = "/people/?profession=podiatrist"
    assert f'href="{link}"' in client.get(PAGE).text
    listed = client.get(link).text
    assert "<strong>3</strong> people" in listed
    assert "evel" not in listed


def test_people_are_narrowed_to_one_of_several_organisations(sign_in, hr, other, filled):
    client = sign_in(hr)
    assert 'name="organisation"' not in client.get("/people/").text
    assert "<strong>35</strong>" in client.get("/people/", {"organisation": "BBB"}).text
    grant(hr, Role.HR_OFFICER, other)
    assert "<strong>15</strong>" in sign_in(hr).get("/people/", {"organisation": "BBB"}).text


def test_export_is_a_file_spreadsheets_read_and_is_recorded(sign_in, hr, trust, filled):
    response = sign_in(hr).get(EXPORT, {"framework": "EXP"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"\xef\xbb\xbf")
    event = AuditEvent.objects.get(verb="insight.exported")
    assert (event.actor_id, event.subject_id, event.organisation_id) == (hr.pk, trust.pk, trust.pk)
    assert event.detail == {"framework": "EXP", "organisation": "AAA"}


def test_export_of_several_organisations_is_recorded_for_each(sign_in, hr, trust, other, filled):
    grant(hr, Role.HR_OFFICER, other)
    sign_in(hr).get(EXPORT)
    events = AuditEvent.objects.filter(verb="insight.exported")
    assert set(events.values_list("organisation_id", flat=True)) == {trust.pk, other.pk}


def test_name_that_would_run_in_a_spreadsheet_is_disarmed(sign_in, hr, other, filled):
    other.name = "=HYPERLINK(1)"
    other.save()
    grant(hr, Role.HR_OFFICER, other)
    assert ("Organisation", "'=HYPERLINK(1)") in exported(sign_in(hr))


def test_framework_without_expectations_compares_who_is_assessed(sign_in, hr, trust):
    agreed_in_sets(tiny(), dict.fromkeys(people(trust, 12), 2), by=UserFactory())
    client = sign_in(hr)
    assert "does not say what each career stage is expected to show" in text(client.get(PAGE))
    assert exported(client)["Profession", "Nurse"]["Assessed"] == "12 of 12 (100%)"


def test_domains_of_which_nothing_is_expected_are_named_not_compared(sign_in, hr, trust):
    people(trust, 12)
    framework("LF")
    shown = text(sign_in(hr).get(PAGE))
    assert "Creating the vision and Delivering the strategy: no career stage" in shown


def test_empty_pages_say_what_to_do(sign_in, hr, trust):
    client = sign_in(hr)
    assert "No leadership framework is loaded yet" in client.get(PAGE).text
    assert client.get(EXPORT).status_code == 404
    tiny()
    assert "Import people" in client.get(PAGE).text
    assert exported(client) == {}


@pytest.mark.parametrize("role", [Role.APPRAISER, Role.AUDITOR, Role.MENTOR, Role.FACILITATOR, Role.NATIONAL_LEAD])
def test_insight_does_not_exist_for_others(sign_in, trust, filled, role):
    client = sign_in(user_with(role, None if role == Role.NATIONAL_LEAD else trust))
    assert (client.get(PAGE).status_code, client.get(EXPORT).status_code) == (404, 404)


def test_insight_does_not_exist_for_a_clinician(sign_in, trust):
    assert sign_in(clinician_user(trust).user).get(PAGE).status_code == 404


def test_page_asks_the_same_queries_whatever_the_number_of_people_and_groups(sign_in, hr, trust, other, version):
    grant(hr, Role.HR_OFFICER, other)
    client = sign_in(hr)
    counts = []
    for profession, sector in (("nurse", "acute"), ("doctor", "community"), ("midwife", "ambulance")):
        for place in (trust, other):
            agreed_in_sets(version, dict.fromkeys(people(place, 11, profession=profession, sector=sector), 2), by=hr)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12


def test_home_of_hr_leads_to_insight(sign_in, hr):
    assert 'href="/insight/"' in sign_in(hr).get("/").text
