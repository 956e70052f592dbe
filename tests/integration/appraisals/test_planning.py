"""Planning in sets puts down exactly what the definition says, once, whoever plans at the same time."""

import datetime
from dataclasses import astuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal, Connection, QuietPeriod
from registry.appraisals.planning import plan
from registry.appraisals.schedule import due_on
from registry.appraisals.states import AppraisalState
from registry.clinicians.models import Clinician
from registry.notifications.models import Message
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, user_with
from tests.factories.reminders import defined, population, written
from tests.races import at_once

pytestmark = pytest.mark.django_db

DAY = datetime.date(2027, 3, 3)  # a Wednesday
DUE = datetime.date(2027, 3, 31)
WEEK = datetime.timedelta(days=7)


def since(day=DAY):
    return {"due_on": DUE, "reminders_from": day}


@pytest.mark.parametrize("seed", range(12))
def test_planning_in_sets_is_what_the_definition_says(seed):
    around = datetime.date(2026, 12, 21) if seed % 2 else DAY  # Christmas, or an ordinary week
    population(seed, around)
    for days in (0, 1, 2, 5, 19):  # with a gap, as if nothing ran
        day = around + datetime.timedelta(days=days)
        *known, dropped = defined(day)
        messages = due_on(day, *known, dropped=dropped)
        plan(day)
        assert written(planned_for=day) == [tuple(astuple(part) for part in parts) for parts in messages]
        if days == 1:  # some were not needed any more, and somebody else has the part now
            drop(Message.objects.filter(head__isnull=True).order_by("pk")[::2])
            first = Appraisal.objects.filter(appraiser__isnull=False).order_by("pk").values_list("pk")[:5]
            Appraisal.objects.filter(pk__in=first).update(appraiser=user_with(Role.APPRAISER))
        moved = Appraisal.objects.filter(state=AppraisalState.READY).order_by("pk").first()
        if moved:  # a postponement between
            Appraisal.objects.filter(pk=moved.pk).update(due_on=moved.due_on + 2 * WEEK)


def drop(heads):
    Message.objects.filter(pk__in=[head.pk for head in heads]).update(state="dropped", finished_at=timezone.now())


def test_what_was_dropped_because_its_recipient_changed_goes_to_whoever_has_the_part_now():
    trust = OrganisationFactory()
    first, second = clinician_user(trust), clinician_user(trust)
    one = appraisal(clinician_user(trust, line_manager=first), due_on=DAY, reminders_from=DAY)
    plan(DAY + 2 * WEEK)
    drop(Message.objects.filter(head__isnull=True))
    assert plan(DAY + 2 * WEEK) == 0  # nobody is told twice of the same
    Clinician.objects.filter(pk=one.clinician_id).update(line_manager=second)
    assert plan(DAY + 2 * WEEK) == 1
    assert {row.recipient_id for row in Message.objects.filter(step__endswith=":manager")} == {
        first.user_id,
        second.user_id,
    }
    Clinician.objects.filter(pk=one.clinician_id).update(line_manager=first)
    assert plan(DAY + 2 * WEEK) == 0


def test_what_was_folded_into_a_message_that_was_dropped_is_planned_again_too():
    trust = OrganisationFactory()
    manager = clinician_user(trust)
    for _ in range(2):
        appraisal(clinician_user(trust, line_manager=manager), due_on=DAY, reminders_from=DAY)
    plan(DAY + 2 * WEEK)
    drop(Message.objects.filter(step__endswith=":manager", head__isnull=True))
    Clinician.objects.filter(line_manager=manager).update(line_manager=clinician_user(trust))
    assert plan(DAY + 2 * WEEK) == 2


@pytest.mark.parametrize("role", [Role.APPRAISER, Role.RESPONSIBLE_OFFICER])
def test_whoever_lost_the_role_is_told_nothing_and_the_officers_are(role):
    trust = OrganisationFactory()
    officer, holder = user_with(Role.HR_OFFICER, trust), user_with(role, trust)
    person = clinician_user(trust)
    Connection.objects.create(
        clinician=person, designated_body=trust, responsible_officer=holder, started_on=datetime.date(2020, 1, 1)
    )
    appraisal(person, appraiser=holder, due_on=DAY, reminders_from=DAY + WEEK)
    holder.role_grants.update(revoked_at=timezone.now(), revoked_by=officer)
    plan(DAY + 6 * WEEK)
    assert not Message.objects.filter(recipient_id=holder.pk).exists()
    told = set(Message.objects.filter(recipient_id=officer.pk).values_list("step", flat=True))
    assert {"2027-03-03:responsible", "2027-03-03:overdue:1:appraiser"} <= told


def test_a_responsible_officer_of_another_body_is_not_this_ones():
    trust = OrganisationFactory()
    officer, elsewhere = user_with(Role.HR_OFFICER, trust), user_with(Role.RESPONSIBLE_OFFICER, OrganisationFactory())
    person = clinician_user(trust)
    Connection.objects.create(
        clinician=person, designated_body=trust, responsible_officer=elsewhere, started_on=datetime.date(2020, 1, 1)
    )
    appraisal(person, due_on=DAY, reminders_from=DAY)
    plan(DAY + 4 * WEEK)
    assert Message.objects.get(step__endswith=":responsible").recipient_id == officer.pk


def test_what_goes_out_as_one_is_about_people_of_one_organisation():
    manager = clinician_user(OrganisationFactory())
    for _ in range(2):
        trust = OrganisationFactory()
        for _ in range(2):
            appraisal(clinician_user(trust, line_manager=manager), due_on=DAY, reminders_from=DAY)
    plan(DAY + 2 * WEEK)
    rows = Message.objects.filter(recipient_id=manager.user_id).select_related("head")
    assert sorted({(row.organisation_id, (row.head or row).organisation_id) for row in rows}) == sorted(
        {(row.organisation_id, row.organisation_id) for row in rows}
    )
    assert rows.filter(head__isnull=True).count() == 2


def test_planning_again_adds_nothing_and_says_how_much_it_added():
    population(1, DAY)
    assert plan(DAY) == Message.objects.count() > 0
    assert plan(DAY) == 0


def test_the_first_of_a_recipients_messages_is_the_head_of_the_others():
    trust = OrganisationFactory()
    user_with(Role.HR_OFFICER, trust)
    for _ in range(3):
        appraisal(
            ClinicianFactory(organisation=trust),
            appraiser=user_with(Role.APPRAISER),
            due_on=DAY,
            reminders_from=DAY + WEEK,
        )
    assert plan(DAY + 6 * WEEK) == 3 * (6 + 6 + 3)
    heads = Message.objects.filter(head__isnull=True)
    assert {head.state for head in heads} == {"waiting"}
    assert set(Message.objects.filter(head__isnull=False).values_list("state", flat=True)) == {"folded"}
    assert heads.count() == 1 + 3  # the officers', for everybody who is not there, and each appraiser's


def test_nobody_is_missed_silently():
    one = appraisal(ClinicianFactory(), **since())
    with capture_logs() as logs:
        assert plan(DAY) == 0
    assert [line for line in logs if line["event"] == "reminders_for_nobody"] == [
        {"event": "reminders_for_nobody", "log_level": "error", "day": "2027-03-03", "reminders": 2}
    ]
    officer = user_with(Role.HR_OFFICER, one.clinician.organisation)
    assert plan(DAY + datetime.timedelta(days=1)) == 2
    assert set(Message.objects.values_list("recipient_id", flat=True)) == {officer.pk}


def test_a_new_holder_of_a_role_is_not_told_again_what_the_old_one_was_told():
    one = appraisal(clinician_user(OrganisationFactory()), appraiser=user_with(Role.APPRAISER), **since())
    assert plan(DAY) == 2
    Appraisal.objects.filter(pk=one.pk).update(appraiser=user_with(Role.APPRAISER))
    Clinician.objects.filter(pk=one.clinician_id).update(user=UserFactory())
    assert plan(DAY + datetime.timedelta(days=1)) == 0


def test_the_message_is_of_the_appraisees_organisation_and_for_the_person():
    person = clinician_user(OrganisationFactory())
    one = appraisal(person, appraiser=user_with(Role.APPRAISER), **since())
    plan(DAY)
    message = Message.objects.get(recipient_id=person.user_id)
    assert (message.organisation_id, message.about_id, message.step, message.planned_for, message.channel) == (
        person.organisation_id, one.pk, "2027-03-31:lead:28", DAY, "email",
    )  # fmt: skip
    assert (message.recipient_key, message.attempts, message.last_error) == (f"u{person.user_id}", 0, "")


def test_one_trusts_quiet_days_are_not_anothers():
    people = [clinician_user(OrganisationFactory()) for _ in range(2)]
    for person in people:
        appraisal(person, appraiser=user_with(Role.APPRAISER), due_on=DUE, reminders_from=DAY)
    QuietPeriod.objects.create(organisation=people[0].organisation, first_day=DAY, last_day=DAY, reason="Inspection")
    plan(DAY)
    assert {row.organisation_id for row in Message.objects.all()} == {people[1].organisation_id}


def test_planning_takes_the_same_few_statements_however_many_people_there_are():
    population(2, DAY, people=4)
    with CaptureQueriesContext(
        connection,
    ) as few:
        plan(DAY)
    population(3, DAY, people=12)
    with CaptureQueriesContext(connection) as many:
        plan(DAY)
    assert len(few) == len(many)


def test_what_is_there_already_is_never_joined_to_whatever_the_planner_knows():
    """Right after a first run PostgreSQL has no statistics of what it wrote; joined to all of it, a run took minutes."""
    population(2, DAY, people=12)
    with CaptureQueriesContext(connection) as asked:
        plan(DAY)
    (statement,) = (query["sql"] for query in asked if "INSERT INTO notifications_message" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement.replace('%', '%%')}", [])
        lines = [line for (line,) in cursor.fetchall()]
    assert len([line for line in lines if "on notifications_message" in line]) >= 3
    assert not [line for line in lines if "Anti Join" in line]


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_once():
    rule = CycleRuleFactory()
    for _ in range(20):
        appraisal(clinician_user(OrganisationFactory()), rule=rule, appraiser=user_with(Role.APPRAISER), **since())
    assert sorted(at_once(*[lambda: plan(DAY)] * 3)) == [0, 0, 40]
    assert Message.objects.count() == 40
