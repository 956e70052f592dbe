"""Connections, recommendations and the yearly figures of a designated body."""

import csv
import datetime
import io
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.appraisals.actions.connecting import connect_doctors, end_connection, recommend
from registry.appraisals.models import Connection, Recommendation
from registry.appraisals.officers.annual import annual, year_of
from registry.appraisals.states import ConnectionKind, RecommendationKind
from registry.audit.models import ReadEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from tests.factories.appraisals import appraisal
from tests.factories.officers import approved, connection, done, in_days, revalidation
from tests.factories.people import ClinicianFactory, UserFactory, grant, user_with

pytestmark = pytest.mark.django_db
LAST_DAY = datetime.date(2026, 3, 31)
IN_YEAR = datetime.date(2025, 11, 3)


@pytest.fixture
def officer(trust):
    return user_with(Role.RESPONSIBLE_OFFICER, trust, name="Ruth Responsible")


def doctor(trust, **fields):
    return ClinicianFactory(organisation=trust, profession="doctor", **fields)


def connect(doctors, trust, by, **fields):
    wanted = {"responsible_officer": None, "kind": ConnectionKind.STANDARD, "started_on": today()}
    return connect_doctors(doctors=doctors, designated_body=trust, by=by, **(wanted | fields))


def say(row, by, kind=RecommendationKind.REVALIDATE, **fields):
    wanted = {"due_on": in_days(30), "deferred_to": None, "reason": "", "made_on": today()}
    return recommend(connection=row, kind=kind, by=by, **(wanted | fields))


def test_doctors_are_connected_all_or_none(trust, hr, officer, nurse):
    one, other = doctor(trust), doctor(trust)
    assert connect([one], trust, hr, responsible_officer=officer) == 1
    with pytest.raises(WrongState):
        connect([other, one], trust, hr)
    assert not Connection.objects.filter(clinician=other).exists()
    with pytest.raises(Invalid):
        connect([nurse], trust, hr)
    with pytest.raises(Invalid):
        connect([], trust, hr)


def test_refusals_of_connecting_name_their_field(trust, hr, foreign):
    for fields, field in (
        ({"started_on": in_days(1)}, "started_on"),
        ({"started_on": datetime.date.min}, "started_on"),
        ({"responsible_officer": hr}, "responsible_officer"),
    ):
        with pytest.raises(Invalid) as refused:
            connect([doctor(trust)], trust, hr, **fields)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        connect([doctor(foreign.clinician.organisation)], trust, hr)


def test_connection_ends_once_and_on_a_day_it_held(trust, hr, officer):
    row = connection(doctor(trust), officer)
    for day in (in_days(1), row.started_on - datetime.timedelta(days=1)):
        with pytest.raises(Invalid):
            end_connection(connection=row, ended_on=day, by=hr)
    with pytest.raises(NotAllowed):
        end_connection(connection=row, ended_on=today(), by=officer)
    end_connection(connection=row, ended_on=today(), by=hr)
    with pytest.raises(WrongState):
        end_connection(connection=row, ended_on=today(), by=hr)


def test_recommendation_is_the_responsible_officers_alone(trust, hr, officer):
    row = connection(doctor(trust), officer)
    for by in (hr, user_with(Role.RESPONSIBLE_OFFICER, trust)):
        with pytest.raises(NotAllowed):
            say(row, by)
    about_themself = connection(doctor(trust, user=officer), officer)
    with pytest.raises(NotAllowed):
        say(about_themself, officer)
    say(row, officer)
    say(row, officer, RecommendationKind.DEFER, deferred_to=in_days(400), reason="Evidence is missing")
    assert Recommendation.objects.filter(connection=row).count() == 2


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (RecommendationKind.DEFER, {"reason": "Missing"}, "deferred_to"),
        (RecommendationKind.DEFER, {"reason": "Missing", "deferred_to": datetime.date(2020, 1, 1)}, "deferred_to"),
        (RecommendationKind.DEFER, {"reason": "Missing", "deferred_to": datetime.date.max}, "deferred_to"),
        (RecommendationKind.NON_ENGAGEMENT, {}, "reason"),
        (RecommendationKind.REVALIDATE, {"made_on": datetime.date.min}, "made_on"),
        (RecommendationKind.REVALIDATE, {"made_on": datetime.date(2999, 1, 1)}, "made_on"),
    ],
)
def test_refusals_of_recommendations_name_their_field(trust, officer, kind, fields, field):
    with pytest.raises(Invalid) as refused:
        say(connection(doctor(trust), officer), officer, kind, **fields)
    assert refused.value.field == field


def test_my_doctors_are_those_connected_to_me_with_dates_and_no_words(sign_in, trust, officer, rule):
    soon, later = doctor(trust, family_name="Soon"), doctor(trust, family_name="Later")
    dates = revalidation()
    appraisal(soon, rule=dates, due_on=in_days(84))
    appraisal(later, rule=dates, due_on=in_days(85))
    done(soon, rule=rule, on=in_days(-100), summary="Secret words")
    row = connection(soon, officer)
    connection(later, officer)
    connection(doctor(trust, family_name="Other"), user_with(Role.RESPONSIBLE_OFFICER, trust))
    client = sign_in(officer)
    assert "Recommend on doctors due within 12 weeks" in client.get("/").text
    page = client.get("/appraisals/organisation/doctors")
    assert "To recommend within 12 weeks (1)" in page.text
    assert "Everybody connected to you (2)" in page.text
    assert "Other" not in page.text
    day = today()
    sent = {"kind": "revalidate"} | {f"made_on-{part}": getattr(day, part) for part in ("day", "month", "year")}
    page = client.post(f"/appraisals/organisation/doctors/{row.pk}", sent, follow=True)
    assert "is recorded." in page.text
    assert "Secret" not in page.text
    assert "Recommend on doctors" not in client.get("/").text
    assert ReadEvent.objects.filter(purpose="revalidation", subject_id=soon.pk).exists()


def test_role_that_ended_at_a_body_ends_there_though_it_holds_at_another(sign_in, trust, officer, foreign):
    row = connection(doctor(trust, family_name="Former"), officer)
    say(row, officer)
    grant(officer, Role.RESPONSIBLE_OFFICER, foreign.clinician.organisation)
    RoleGrant.objects.filter(user=officer, organisation=trust).update(revoked_at=timezone.now(), revoked_by=officer)
    officer = User.objects.get(pk=officer.pk)
    assert not Connection.visible_to(officer, P.RECOMMENDATION_MAKE).exists()
    assert not Recommendation.visible_to(officer, P.RECOMMENDATION_MAKE).exists()
    assert sign_in(officer).get(f"/appraisals/organisation/doctors/{row.pk}").status_code == 404
    with pytest.raises(NotAllowed):
        say(row, officer)


def test_pages_ask_the_same_queries_for_one_and_three_doctors(sign_in, trust, hr, officer):
    counts, dates = [], revalidation()
    for times in (1, 2):
        for _ in range(times):
            one = doctor(trust)
            connection(one, officer)
            appraisal(one, rule=dates, due_on=in_days(20))
            doctor(trust)
        for user, address in ((officer, "doctors"), (hr, "connections"), (hr, "connections/connect")):
            client = sign_in(user)
            client.get(f"/appraisals/organisation/{address}")
            with CaptureQueriesContext(database) as queries:
                client.get(f"/appraisals/organisation/{address}")
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 14


def test_doctor_connected_elsewhere_is_left_out_and_holds_nobody_up(sign_in, trust, hr, foreign, officer):
    free, taken = doctor(trust), doctor(trust)
    connection(taken, officer, designated_body=foreign.clinician.organisation)
    client, address = sign_in(hr), "/appraisals/organisation/connections/connect"
    page, day = client.get(address), today()
    assert "1 doctor who matches is left out" in page.text
    assert "Connect 1 doctor" in page.text
    sent = {f"started_on-{part}": getattr(day, part) for part in ("day", "month", "year")} | {"kind": "standard"}
    assert "The list of people has changed" in client.post(address, sent | {"shown": "other"}).text
    sent["shown"] = re.search(r'name="shown" value="(\w+)"', page.text)[1]
    assert "1 doctor is connected to" in client.post(address, sent, follow=True).text
    assert Connection.objects.filter(designated_body=trust).get().clinician == free
    assert "not connected." not in client.get("/appraisals/organisation/connections").text


# --- the yearly figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "ends"), [("2026-03-31", "2026-03-31"), ("2026-04-01", "2027-03-31"), ("2026-01-01", "2026-03-31")]
)
def test_year_ends_on_31_march(day, ends):
    assert year_of(datetime.date.fromisoformat(day)) == datetime.date.fromisoformat(ends)


@pytest.fixture
def year(trust, hr, officer, rule):
    """Four doctors, one in each group; one who left, and one who came, just outside the year."""
    completed = connection(doctor(trust), officer)
    done(completed.clinician, rule=rule, on=IN_YEAR)
    moved = appraisal(doctor(trust), rule=rule, due_on=in_days(50))
    approved(moved, UserFactory(), hr, from_due_on=IN_YEAR)
    connection(moved.clinician, officer)
    missed = connection(doctor(trust), officer)
    done(missed.clinician, rule=rule, on=datetime.date(2025, 3, 31))
    connection(doctor(trust), officer, kind=ConnectionKind.TRAINING)
    connection(doctor(trust), officer, ended_on=LAST_DAY - datetime.timedelta(days=1))
    connection(doctor(trust), officer, started_on=LAST_DAY + datetime.timedelta(days=1))
    for due_on, made_on in (
        (IN_YEAR, IN_YEAR),
        (datetime.date(2025, 11, 2), IN_YEAR),
        (LAST_DAY, datetime.date(2026, 4, 1)),
    ):
        say(completed, officer, due_on=due_on, made_on=made_on)


def test_every_connected_doctor_is_in_exactly_one_group(year, trust, hr):
    found = annual(hr, body=trust, last_day=LAST_DAY)
    assert (found.connected, found.completed, found.approved, found.unapproved, found.training) == (4, 1, 1, 1, 1)
    assert [(one.on_time, one.late) for one in found.recommended] == [(1, 1), (0, 0), (0, 0)]


def test_yearly_figures_are_shown_and_exported_alike(sign_in, year, hr):
    client = sign_in(hr)
    page = client.get("/appraisals/organisation/designated-body", {"year": "2026"})
    assert "of these, missed without approval" in page.text
    content = client.get("/exports/designated-body.csv", {"year": "2026"}).content.decode("utf-8-sig")
    rows = dict(list(csv.reader(io.StringIO(content)))[1:])
    assert rows["Year"] == "1 April 2025 to 31 March 2026"
    assert rows["Doctors with a prescribed connection on the last day"] == "4"
    assert rows["Recommendations to the GMC: revalidate, late"] == "1"


def test_year_that_runs_has_missed_nothing_yet(sign_in, hr, trust, nurse):
    page = sign_in(hr).get("/appraisals/organisation/designated-body")
    assert "not done so far, and not postponed" in page.text
    assert "The year has not ended yet" in page.text
