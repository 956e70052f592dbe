"""Cohorts from a draft to the end of applications, and when they are called off."""

import datetime

import pytest

from programmes import cancelling, tasks
from programmes.actions import catalogue, cohorts, offering
from programmes.fields import GateKind, QuotaKind
from programmes.models import Cohort, CohortAssessor, PlaceLimit, Reading
from programmes.selection import holders
from programmes.states import CohortState
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def version(trust, lead):
    return programmes.published(programmes.draft_version(programmes.ProgrammeFactory(organisation=trust)), lead)


def planned(**changed):
    days = programmes.in_days
    return {
        "name": "Spring",
        "capacity": 5,
        "opens_on": days(1),
        "closes_on": days(20),
        "starts_on": days(60),
        "ends_on": days(200),
        "answer_days": 14,
    } | changed


def test_cohort_is_planned_on_the_newest_published_version(lead, version):
    draft = catalogue.draft_version(programme=version.programme, by=lead)
    cohort = cohorts.create_cohort(programme=version.programme, values=planned(), by=lead)
    assert (cohort.version, cohort.state) == (version, CohortState.DRAFT)
    catalogue.publish_version(version=draft, by=lead)
    assert cohorts.move_to_newest_version(cohort=cohort, by=lead).version == draft


def test_cohort_is_not_planned_without_a_version_in_force(lead, version):
    catalogue.close_version(version=version, by=lead)
    with pytest.raises(WrongState, match="Publish one first"):
        cohorts.create_cohort(programme=version.programme, values=planned(), by=lead)


@pytest.mark.parametrize(
    ("name", "before"), [("closes_on", "opens_on"), ("starts_on", "closes_on"), ("ends_on", "starts_on")]
)
def test_days_that_are_not_in_order_are_refused_beside_the_later_one(lead, version, name, before):
    values = planned()
    values[name] = values[before] - datetime.timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        cohorts.create_cohort(programme=version.programme, values=values, by=lead)
    assert refused.value.field == name


def test_announced_cohort_keeps_its_version(lead, version):
    cohort = cohorts.create_cohort(programme=version.programme, values=planned(), by=lead)
    cohorts.open_cohort(cohort=cohort, by=lead)
    assert list(cohort.transitions.values_list("before", "after", "by")) == [
        ("", "draft", lead.pk),
        ("draft", "open", lead.pk),
    ]
    with pytest.raises(WrongState, match="announced already"):
        cohorts.move_to_newest_version(cohort=cohort, by=lead)
    assert AuditEvent.objects.filter(verb="cohort.opened", subject_id=cohort.pk).count() == 1


def test_cohort_is_not_announced_on_a_closed_version(lead, version):
    cohort = programmes.cohort(version, state=CohortState.DRAFT)
    catalogue.close_version(version=version, by=lead)
    with pytest.raises(WrongState, match="is closed"):
        cohorts.open_cohort(cohort=cohort, by=lead)
    cohort.refresh_from_db()
    assert cohort.state == CohortState.DRAFT


def test_cohort_whose_last_day_is_over_is_not_announced(lead, version):
    cohort = programmes.cohort(version, state=CohortState.DRAFT, closes_on=programmes.in_days(-1))
    with pytest.raises(WrongState, match="last day to apply is over"):
        cohorts.open_cohort(cohort=cohort, by=lead)


def test_capacity_below_what_is_offered_and_taken_is_refused_beside_the_field(lead, version):
    cohort = programmes.cohort(version, state=CohortState.OPEN, capacity=3)
    programmes.application(cohort, clinician_user(version.programme.organisation), state="offered")
    programmes.enrolment(cohort, clinician_user(version.programme.organisation))
    values = {name: getattr(cohort, name) for name in cohorts.EDITED}
    with pytest.raises(Invalid, match="2 places are offered or taken") as refused:
        cohorts.edit_cohort(cohort=cohort, values=values | {"capacity": 1}, by=lead)
    assert refused.value.field == "capacity"
    assert cohorts.edit_cohort(cohort=cohort, values=values | {"capacity": 2}, by=lead).capacity == 2


def test_new_places_go_to_whoever_is_next_on_the_waiting_list(lead, version, trust):
    cohort = programmes.cohort(version, state=CohortState.DECIDED, capacity=1)
    programmes.application(cohort, clinician_user(trust), state="offered")
    waiting = [programmes.application(cohort, clinician_user(trust), state="reserve") for _ in range(2)]
    for rank, row in enumerate(waiting, start=2):
        row.rank = rank
        row.save()
    values = {name: getattr(cohort, name) for name in cohorts.EDITED} | {"capacity": 2}
    cohorts.edit_cohort(cohort=cohort, values=values, by=lead)
    for row in waiting:
        row.refresh_from_db()
    assert [row.state for row in waiting] == ["offered", "reserve"]


def test_place_in_a_cancelled_cohort_cannot_be_taken(lead, version, trust):
    cohort = programmes.cohort(version, state=CohortState.DECIDED)
    offered = programmes.application(cohort, clinician_user(trust), state="offered")
    cohorts.cancel_cohort(cohort=cohort, reason="The provider has closed.", by=lead)
    with pytest.raises(WrongState, match="cancelled"):
        offering.accept(application=offered, expectations=True, by=offered.clinician.user)
    offered.refresh_from_db()
    assert offered.state == "offered"


def test_open_cohort_is_edited_also_after_its_version_was_closed(lead, version):
    cohort = programmes.cohort(version)
    catalogue.close_version(version=version, by=lead)
    values = {name: getattr(cohort, name) for name in cohorts.EDITED} | {"name": "Autumn", "capacity": 9}
    cohorts.edit_cohort(cohort=cohort, values=values, by=lead)
    cohort.refresh_from_db()
    assert (cohort.name, cohort.capacity, cohort.version) == ("Autumn", 9, version)


def test_no_cohort_opens_while_the_newest_version_is_closed(lead, version):
    programme = version.programme
    cohort = cohorts.create_cohort(programme=programme, values=planned(), by=lead)
    newest = catalogue.publish_version(version=catalogue.draft_version(programme=programme, by=lead), by=lead)
    catalogue.close_version(version=newest, by=lead)
    for act in (
        lambda: cohorts.create_cohort(programme=programme, values=planned(), by=lead),
        lambda: cohorts.open_cohort(cohort=cohort, by=lead),
        lambda: cohorts.move_to_newest_version(cohort=cohort, by=lead),
    ):
        with pytest.raises(WrongState, match="Publish one first"):
            act()
    again = catalogue.publish_version(version=catalogue.draft_version(programme=programme, by=lead), by=lead)
    assert cohorts.move_to_newest_version(cohort=cohort, by=lead).version == again


def test_days_of_applying_stay_once_applications_are_closed(lead, version):
    cohort = programmes.cohort(version, state=CohortState.SELECTING)
    values = {name: getattr(cohort, name) for name in cohorts.EDITED} | {"closes_on": programmes.in_days(30)}
    edited = cohorts.edit_cohort(cohort=cohort, values=values | {"name": "Autumn"}, by=lead)
    assert (edited.name, edited.closes_on) == ("Autumn", cohort.closes_on)


def test_applications_close_in_the_night_after_the_last_day(version):
    today, yesterday = programmes.in_days(0), programmes.in_days(-1)
    last_day = programmes.cohort(version, closes_on=today)
    over = programmes.cohort(version, closes_on=yesterday)
    planned_only = programmes.cohort(version, closes_on=yesterday, state=CohortState.DRAFT)
    tasks.close_applications()
    tasks.close_applications()
    states = dict(Cohort.objects.values_list("pk", "state"))
    assert states == {last_day.pk: "open", over.pk: "selecting", planned_only.pk: "draft"}
    assert list(over.transitions.values_list("after", "by")) == [("selecting", None)]


def test_applications_are_closed_by_hand(lead, version):
    cohort = cohorts.close_applications(cohort=programmes.cohort(version), by=lead)
    assert cohort.state == CohortState.SELECTING
    with pytest.raises(WrongState):
        cohorts.close_applications(cohort=cohort, by=lead)


def test_cancelling_tells_whoever_applied_or_takes_part_and_nobody_else(lead, version, trust):
    cohort, other = programmes.cohort(version, capacity=9), programmes.cohort(version)
    told = [
        programmes.application(cohort, clinician_user(trust), state=state).clinician.user_id
        for state in ("draft", "submitted", "offered")
    ]
    told.append(programmes.enrolment(cohort, clinician_user(trust)).clinician.user_id)
    for state in ("withdrawn", "rejected"):
        programmes.application(cohort, clinician_user(trust), state=state)
    programmes.application(other, clinician_user(trust))
    cohorts.cancel_cohort(cohort=cohort, reason="The provider has closed.", by=lead)
    messages = list(Message.objects.filter(kind=cancelling.KIND_NAME))
    assert {message.recipient_id for message in messages} == set(told)
    assert len(messages) == len(told)
    words = cancelling.compose([Outgoing(message, (message,)) for message in messages])
    assert len(words) == len(told)
    assert all("The provider has closed." in one.text for one in words.values())


def test_nobody_else_learns_by_a_cancelled_cohort_who_had_begun_an_application(lead, version, trust):
    cohort = programmes.cohort(version)
    begun = programmes.application(cohort, clinician_user(trust), state="draft").clinician.user_id
    sent = programmes.application(cohort, clinician_user(trust)).clinician.user_id
    cohorts.cancel_cohort(cohort=cohort, reason="The provider has closed.", by=lead)
    messages = Message.objects.filter(kind=cancelling.KIND_NAME)
    assert dict(messages.values_list("recipient_id", "organisation")) == {begun: None, sent: trust.pk}


def test_draft_is_cancelled_without_a_message(lead, version):
    cohorts.cancel_cohort(cohort=programmes.cohort(version, state=CohortState.DRAFT), reason="Not now.", by=lead)
    assert not Message.objects.filter(kind=cancelling.KIND_NAME).exists()


@pytest.mark.parametrize(("reason", "says"), [("  ", "Say why"), ("a" * 1001, "at most"), ("a\x00b", "null")])
def test_cancelling_needs_a_reason_that_can_be_kept(lead, version, reason, says):
    with pytest.raises(Invalid, match=says) as refused:
        cohorts.cancel_cohort(cohort=programmes.cohort(version), reason=reason, by=lead)
    assert refused.value.field == "reason"


def test_limit_is_for_a_known_region_or_profession_and_fewer_than_all_places(lead, version):
    cohort = programmes.cohort(version, capacity=4)
    cohorts.limit_places(cohort=cohort, kind=QuotaKind.PROFESSION, value="nurse", places=2, by=lead)
    cohorts.limit_places(cohort=cohort, kind=QuotaKind.PROFESSION, value="nurse", places=3, by=lead)
    assert list(PlaceLimit.objects.values_list("kind", "value", "places")) == [("profession", "nurse", 3)]
    for value, places, field in (("wizard", 1, "what"), ("nurse", 4, "places")):
        with pytest.raises(Invalid) as refused:
            cohorts.limit_places(cohort=cohort, kind=QuotaKind.PROFESSION, value=value, places=places, by=lead)
        assert refused.value.field == field


def test_limits_stay_once_places_are_offered(lead, version):
    cohort = programmes.cohort(version, state=CohortState.DECIDED)
    with pytest.raises(WrongState, match="offered already"):
        cohorts.limit_places(cohort=cohort, kind=QuotaKind.REGION, value="Y62", places=1, by=lead)


def test_assessor_holds_the_role_for_the_organisation(lead, version, trust):
    cohort = programmes.cohort(version)
    here, elsewhere = user_with(Role.ASSESSOR, trust), user_with(Role.ASSESSOR, OrganisationFactory())
    anywhere = user_with(Role.ASSESSOR)
    for user in (here, anywhere):
        cohorts.add_assessor(cohort=cohort, user=user, most=10, by=lead)
    for user in (elsewhere, lead):
        with pytest.raises(Invalid) as refused:
            cohorts.add_assessor(cohort=cohort, user=user, most=10, by=lead)
        assert refused.value.field == "user"
    assert {row.user for row in cohort.assessors.all()} == {here, anywhere}


def test_assessor_with_something_to_read_is_not_taken_away(lead, trust):
    draft = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    gate = programmes.gate(draft, GateKind.WRITTEN)
    cohort = programmes.cohort(programmes.published(draft, lead))
    row = CohortAssessor.objects.create(cohort=cohort, user=user_with(Role.ASSESSOR, trust))
    application = programmes.application(cohort, clinician_user(trust))
    reading = Reading.objects.create(application=application, gate=gate, assessor=row.user)
    with pytest.raises(WrongState, match="still has applications to read"):
        cohorts.remove_from_cohort(row=row, by=lead)
    reading.conflict = True
    reading.conflict_reason = "A colleague."
    reading.declared_at = application.submitted_at
    reading.save()
    cohorts.remove_from_cohort(row=row, by=lead)
    assert not CohortAssessor.objects.exists()


def test_tutor_is_found_by_the_address_they_sign_in_with(lead, version, trust):
    cohort = programmes.cohort(version, state=CohortState.RUNNING)
    mentor, stranger = user_with(Role.MENTOR, trust), user_with(Role.MENTOR, OrganisationFactory())
    added = cohorts.add_tutor(cohort=cohort, email=f" {mentor.email.upper()} ", by=lead)
    assert added.user == mentor
    for email in (stranger.email, "nobody@trust.example"):
        with pytest.raises(Invalid) as refused:
            cohorts.add_tutor(cohort=cohort, email=email, by=lead)
        assert refused.value.field == "email"


def test_supporter_of_somebody_in_the_cohort_is_no_tutor(lead, version, trust):
    cohort, mentor = programmes.cohort(version, state=CohortState.RUNNING), user_with(Role.MENTOR, trust)
    place = programmes.enrolment(cohort, clinician_user(trust), supporter=mentor)
    with pytest.raises(Invalid, match="supporter") as refused:
        cohorts.add_tutor(cohort=cohort, email=mentor.email, by=lead)
    assert refused.value.field == "email"
    place.supporter = None
    place.save()
    assert cohorts.add_tutor(cohort=cohort, email=mentor.email, by=lead).user == mentor


def test_places_taken_are_those_that_the_ranking_counts(lead, version, trust):
    cohort = programmes.cohort(version, capacity=9)
    for state in ("submitted", "reserve", "offered"):
        programmes.application(cohort, clinician_user(trust), state=state)
    for state in ("enrolled", "completed", "deferred", "withdrawn"):
        place = programmes.enrolment(cohort, clinician_user(trust))
        if state != "enrolled":
            place.state, place.completed_on = state, programmes.in_days(0) if state == "completed" else None
            place.save()
    assert cohorts.places_taken(cohort) == len(holders(cohort)) == 3


def test_lead_of_another_trust_changes_nothing(version):
    stranger, cohort = user_with(Role.PROGRAMME_LEAD, OrganisationFactory()), programmes.cohort(version)
    for act in (
        lambda: cohorts.close_applications(cohort=cohort, by=stranger),
        lambda: cohorts.cancel_cohort(cohort=cohort, reason="No.", by=stranger),
        lambda: cohorts.edit_cohort(cohort=cohort, values=planned(), by=stranger),
        lambda: cohorts.limit_places(cohort=cohort, kind="region", value="Y62", places=1, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            act()
