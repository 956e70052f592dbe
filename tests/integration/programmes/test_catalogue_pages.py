"""The pages of catalogue and cohorts: what everybody reads, what leads do, and what HR sees of its people."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from programmes.actions import catalogue
from programmes.catalogue_needs import needs_now
from programmes.fields import GateKind, ProgrammeKind, QuotaKind, Tier
from programmes.models import Cohort, Criterion, Gate, PlaceLimit, Programme, Session
from programmes.states import CohortState
from registry.accounts.roles import Role
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def programme(trust):
    return programmes.ProgrammeFactory(organisation=trust, name="First steps", code="first-steps")


@pytest.fixture
def version(programme, lead):
    draft = programmes.draft_version(programme)
    programmes.gate(draft, GateKind.PREREQUISITE, prerequisite_tier=Tier.FIRST)
    programmes.gate(draft, GateKind.ENDORSEMENT)
    programmes.gate(draft, GateKind.WRITTEN)
    return programmes.published(draft, lead)


def date(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def days(**changed):
    said = {"opens_on": 1, "closes_on": 20, "starts_on": 60, "ends_on": 200} | changed
    return {key: value for name, at in said.items() for key, value in date(name, programmes.in_days(at)).items()}


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_catalogue_is_narrowed_by_kind_tier_profession_and_what_is_open(sign_in, trust, version):
    programmes.cohort(version)
    programmes.ProgrammeFactory(
        organisation=trust, name="For doctors", professions=["doctor"], kind=ProgrammeKind.FELLOWSHIP, tier=Tier.SENIOR
    )
    programmes.ProgrammeFactory(organisation=trust, name="Retired", retired_at=version.published_at)
    client = sign_in(clinician_user(trust).user)

    def shown(**query):
        page = client.get(reverse("programmes:catalogue"), query)
        return [row.name for row in page.context["page"].rows] if page.context else names(page)

    def names(page):
        return [name for name in ("First steps", "For doctors", "Retired") if f">{name}</a>" in page.text]

    assert shown() == ["First steps", "For doctors"]
    assert shown(kind="fellowship") == ["For doctors"]
    assert shown(tier="3") == ["First steps"]
    assert shown(profession="nurse") == ["First steps"]
    assert shown(profession="doctor") == ["First steps", "For doctors"]
    assert shown(applications="open") == ["First steps"]
    assert shown(applications="open", kind="fellowship") == []
    # What is not in the list of choices narrows nothing, and breaks nothing.
    assert client.get(reverse("programmes:catalogue"), {"tier": "9" * 30, "after": "x"}).status_code == 200


def test_programme_says_first_what_it_is_for_and_each_gate_in_words(sign_in, trust, programme, version):
    cohort = programmes.cohort(version)
    programmes.cohort(version, state=CohortState.DRAFT, name="Secret plan")
    page = sign_in(clinician_user(trust).user).get(reverse("programmes:programme", args=[programme.code])).text
    outcome, gates = page.index("Teams that improve what they do."), page.index("What is asked of you")
    assert outcome < page.index("For every profession.") < gates
    said = [
        "You have completed a programme of tier 2 or higher, or something recognised as equal to it.",
        "Your line manager endorses your application and confirms that your time for it is protected.",
        "On average 4 of 9 points are needed.",
        "You are asked: Why you?",
    ]
    places = [page.index(words) for words in said]
    assert places == sorted(places)
    assert places[0] > gates
    assert reverse("programmes:cohort", args=[cohort.pk]) in page
    assert "Secret plan" not in page
    assert "Manage this programme" not in page


def test_restriction_to_professions_is_shown(sign_in, trust, programme):
    programme.professions = ["doctor", "nurse"]
    programme.save()
    page = sign_in(user_with(Role.AUDITOR)).get(reverse("programmes:programme", args=[programme.code])).text
    assert "Only for: doctor; nurse." in page


def test_catalogue_asks_the_same_queries_for_one_and_three_programmes(
    sign_in, trust, lead, django_assert_max_num_queries
):
    def add():
        draft = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
        programmes.cohort(programmes.published(draft, lead))

    client, counts = sign_in(clinician_user(trust).user), []
    for _ in range(2):
        add()
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse("programmes:catalogue"))
        counts.append(len(queries))
        add()
    assert counts[0] == counts[1] <= 10


# --- a cohort's page -------------------------------------------------------------------------------------------------


def test_button_to_apply_is_there_for_whoever_may(sign_in, trust, programme, version):
    cohort, nurse = programmes.cohort(version), clinician_user(trust)
    path, apply = reverse("programmes:cohort", args=[cohort.pk]), reverse("applying:apply", args=[cohort.pk])
    client = sign_in(nurse.user)
    assert apply in client.get(path).text
    programme.professions = ["doctor"]
    programme.save()
    page = client.get(path).text
    assert apply not in page
    assert "these professions: doctor" in page


@pytest.mark.parametrize("state", ["submitted", "withdrawn"])
def test_whoever_has_applied_finds_the_application_instead(sign_in, trust, version, state):
    cohort, nurse = programmes.cohort(version), clinician_user(trust)
    programmes.application(cohort, nurse, state=state)
    page = sign_in(nurse.user).get(reverse("programmes:cohort", args=[cohort.pk])).text
    assert "You have applied." in page
    assert reverse("applying:apply", args=[cohort.pk]) not in page


def test_nobody_applies_before_the_first_or_after_the_last_day(sign_in, trust, version):
    early = programmes.cohort(version, opens_on=programmes.in_days(3))
    late = programmes.cohort(version, closes_on=programmes.in_days(-1))
    client = sign_in(clinician_user(trust).user)
    for cohort, words in ((early, "Applications open on"), (late, "Applications have closed.")):
        page = client.get(reverse("programmes:cohort", args=[cohort.pk])).text
        assert words in page
        assert reverse("applying:apply", args=[cohort.pk]) not in page


def test_who_is_no_clinician_reads_the_page_without_a_button(sign_in, trust, version):
    cohort = programmes.cohort(version)
    PlaceLimit.objects.create(cohort=cohort, kind=QuotaKind.PROFESSION, value="doctor", places=1)
    page = sign_in(user_with(Role.HR_OFFICER, trust)).get(reverse("programmes:cohort", args=[cohort.pk])).text
    assert "At most 1: Doctor" in page
    assert reverse("applying:apply", args=[cohort.pk]) not in page


def test_draft_is_seen_by_its_leads_only(sign_in, trust, lead, version):
    path = reverse("programmes:cohort", args=[programmes.cohort(version, state=CohortState.DRAFT).pk])
    assert sign_in(clinician_user(trust).user).get(path).status_code == 404
    assert sign_in(lead).get(path).status_code == 200


# --- leads -----------------------------------------------------------------------------------------------------------


def test_lead_makes_a_programme_with_a_stage_a_gate_and_a_criterion_and_publishes_it(sign_in, trust, lead):
    client = sign_in(lead)
    said = {
        "name": "First steps",
        "code": "first-steps",
        "organisation": trust.pk,
        "intended_outcome": "Safer wards.",
        "kind": "leadership",
        "tier": "2",
        "provider": "The trust",
        "delivery": "in_house",
        "length_weeks": "26",
        "cost_per_place": "0",
    }
    client.post(reverse("programmes:new"), said)
    programme = Programme.objects.get()
    version = programme.versions.get()
    stage = {"name": "Module", "kind": "module", "weeks": "4"}
    client.post(reverse("programmes:add_stage", args=[version.pk]), stage)
    scored = {"assessors": "2", "spread_limit": "3", "pass_mark": "2"}
    client.post(reverse("programmes:add_gate", args=[version.pk, "written"]), scored)
    gate = Gate.objects.get()
    assert "it has no criteria" in client.get(reverse("programmes:publish", args=[version.pk])).text
    criterion = {"name": "Why", "question": "Why you?", "weight": "1"}
    client.post(reverse("programmes:add_criterion", args=[gate.pk]), criterion)
    assert client.get(reverse("programmes:publish", args=[version.pk])).status_code == 200
    client.post(reverse("programmes:publish", args=[version.pk]))
    assert catalogue.newest_open_version(programme) == version
    page = client.post(reverse("programmes:part", args=["criteria", Criterion.objects.get().pk]), criterion)
    assert page.status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "a\x00b", "Null characters are not allowed."),
        ("code", "Not a code", "Use small letters, digits and dashes"),
        ("length_weeks", "9" * 30, "Enter a whole number from 1 to 520."),
        ("cost_per_place", "-1", "Enter a whole number from 0 to 1,000,000."),
        ("tier", "7", "Choose from the list."),
        ("organisation", "9" * 30, "Choose from the list."),
        ("professions", "wizard", "Select a valid choice."),
        ("intended_outcome", "", "Say what the programme is meant to achieve."),
        ("intended_outcome", "é" * 4001, "at most 4000 characters"),
    ],
)
def test_what_is_wrong_with_a_programme_is_said_beside_the_field(sign_in, trust, lead, field, value, message):
    said = {"name": "First", "code": "first", "organisation": trust.pk, "tier": "2", field: value}
    page = sign_in(lead).post(reverse("programmes:new"), said)
    assert page.status_code == 200
    assert message in page.text
    assert not Programme.objects.exists()


def test_form_of_a_gate_has_the_fields_of_its_kind_only(sign_in, lead, programme, version):
    draft, client = catalogue.draft_version(programme=programme, by=lead), sign_in(lead)
    fields = {
        "prerequisite": ["prerequisite", "prerequisite_tier"],
        "level": ["domain", "minimum_level"],
        "stage": ["career_stages"],
        "endorsement": [],
        "interview": ["assessors", "spread_limit", "pass_mark"],
    }
    everything = {name for names in fields.values() for name in names}
    for kind, names in fields.items():
        page = client.get(reverse("programmes:add_gate", args=[draft.pk, kind])).text
        assert {name for name in everything if f'name="{name}"' in page} == set(names), kind
    assert client.get(reverse("programmes:add_gate", args=[draft.pk, "riddle"])).status_code == 404


def test_lead_plans_announces_changes_and_cancels_a_cohort(sign_in, lead, programme, version):
    client = sign_in(lead)
    said = {"name": "Spring", "capacity": "3", "answer_days": "14"} | days()
    client.post(reverse("programmes:new_cohort", args=[programme.code]), said)
    cohort = Cohort.objects.get()
    client.post(reverse("programmes:open_cohort", args=[cohort.pk]))
    programmes.application(cohort, clinician_user(cohort.organisation))
    for state in ("submitted", "offered"):
        programmes.application(cohort, clinician_user(cohort.organisation), state=state)
    programmes.application(cohort, clinician_user(cohort.organisation), state="offered")
    page = client.post(reverse("programmes:edit_cohort", args=[cohort.pk]), said | {"capacity": "1"})
    assert "2 places are offered or taken, so there cannot be fewer." in page.text
    page = client.post(reverse("programmes:edit_cohort", args=[cohort.pk]), said | days(closes_on=0))
    assert "This cannot be before applications open." in page.text
    page = client.post(reverse("programmes:edit_cohort", args=[cohort.pk]), said | {"ends_on-year": "3000"})
    assert "Enter a year from 2000 to 2099." in page.text
    assert "Say why" in client.post(reverse("programmes:cancel_cohort", args=[cohort.pk]), {"reason": " "}).text
    client.post(reverse("programmes:cancel_cohort", args=[cohort.pk]), {"reason": "Too few tutors."})
    page = client.get(reverse("programmes:manage_cohort", args=[cohort.pk])).text
    places = [page.index(f"<strong>{words}</strong>") for words in ("Draft", "Open for applications", "Cancelled")]
    assert places == sorted(places)
    assert "Too few tutors." in page


def test_limits_assessors_and_tutors_are_added_and_taken_away(sign_in, trust, lead, version):
    cohort, client = programmes.cohort(version), sign_in(lead)
    assessor, mentor = user_with(Role.ASSESSOR, trust), user_with(Role.MENTOR, trust)
    adds = {
        "limits": {"what": "region:Y62", "places": "1"},
        "assessors": {"user": assessor.pk, "most": "5"},
        "tutors": {"email": mentor.email},
    }
    for what, said in adds.items():
        path = reverse(f"programmes:{what}", args=[cohort.pk])
        assert client.post(path, said).status_code == 302, what
        rows = getattr(cohort, what)
        row = rows.get()
        assert reverse("programmes:remove_from_cohort", args=[cohort.pk, what, row.pk]) in client.get(path).text
        client.post(reverse("programmes:remove_from_cohort", args=[cohort.pk, what, row.pk]))
        assert not rows.exists()
        assert client.post(path, {}).status_code == 200
    assert client.post(reverse("programmes:remove_from_cohort", args=[cohort.pk, "wizards", 1])).status_code == 404


def test_page_of_a_cohort_links_to_its_other_pages(sign_in, lead, version):
    cohort = programmes.cohort(version, state=CohortState.RUNNING)
    page = sign_in(lead).get(reverse("programmes:manage_cohort", args=[cohort.pk])).text
    for name in ("applying:settle", "selecting:cohort", "taking_part:cohort", "outcomes:people"):
        assert reverse(name, args=[cohort.pk]) in page


def test_lists_of_leads_ask_the_same_queries_for_one_and_three(sign_in, trust, lead, django_assert_max_num_queries):
    client, counts = sign_in(lead), {"programmes:manage": [], "programmes:manage_cohorts": []}
    for more in (1, 2):
        for _ in range(more):
            draft = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
            programmes.cohort(programmes.published(draft, lead))
        for name, seen in counts.items():
            with django_assert_max_num_queries(30) as queries:
                client.get(reverse(name))
            seen.append(len(queries))
    for seen in counts.values():
        assert seen[0] == seen[1] <= 12


def test_leads_see_what_they_run_and_nothing_else(sign_in, lead, programme, version):
    other = programmes.ProgrammeFactory(name="Elsewhere")
    client = sign_in(lead)
    assert "Elsewhere" not in client.get(reverse("programmes:manage")).text
    assert client.get(reverse("programmes:manage_programme", args=[other.code])).status_code == 404


def test_leads_are_told_of_cohorts_to_announce_and_about_to_close_and_of_drafts(trust, lead, programme, version):
    soon, later = programmes.in_days(5), programmes.in_days(40)
    plan = programmes.cohort(version, state=CohortState.DRAFT, opens_on=soon, closes_on=later, name="Plan")
    programmes.cohort(version, state=CohortState.DRAFT, opens_on=later, closes_on=later, name="Far")
    closing = programmes.cohort(version, closes_on=soon, name="Closing")
    programmes.cohort(version, closes_on=later, name="Open long")
    draft = catalogue.draft_version(programme=programme, by=lead)
    assert [(need.text, need.due) for need in needs_now(lead)] == [
        (f"Announce {plan}", soon),
        (f"Applications close for {closing}", soon),
        (f"Finish and publish {draft}", None),
    ]
    assert needs_now(user_with(Role.PROGRAMME_LEAD, OrganisationFactory())) == []


def test_sessions_of_a_cohort_come_in_pages(sign_in, lead, version):
    cohort = programmes.cohort(version)
    day = timezone.now() + datetime.timedelta(days=70)
    for number in range(26):
        starts_at = day + datetime.timedelta(days=number)
        ends_at = starts_at + datetime.timedelta(hours=1)
        Session.objects.create(cohort=cohort, title=f"Day {number} of it", starts_at=starts_at, ends_at=ends_at)
    client = sign_in(lead)
    last = Session.objects.get(title="Day 24 of it").pk
    for name, after in (("programmes:cohort", "after"), ("taking_part:cohort", "sessions_after")):
        path = reverse(name, args=[cohort.pk])
        page = client.get(path).text
        assert ("Day 24 of it" in page, "Day 25 of it" in page) == (True, False)
        assert f"?{after}={last}" in page
        page = client.get(path, {after: last}).text
        assert ("Day 24 of it" in page, "Day 25 of it" in page) == (False, True)


def test_pages_say_that_no_cohort_opens_while_the_newest_version_is_closed(sign_in, lead, programme, version):
    planned = programmes.cohort(version, state=CohortState.DRAFT)
    newest = programmes.published(programmes.draft_version(programme), lead)
    catalogue.close_version(version=newest, by=lead)
    client = sign_in(lead)
    page = client.get(reverse("programmes:manage_programme", args=[programme.code])).text
    assert "No new cohort can open" in page
    assert "Plan a cohort" not in page
    page = client.get(reverse("programmes:manage_cohort", args=[planned.pk])).text
    assert "The newest version of the programme is closed" in page
    assert reverse("programmes:open_cohort", args=[planned.pk]) not in page
    assert "Version 2 closed" in client.get(reverse("programmes:manage")).text
    assert "so no new cohort opens" in client.get(reverse("programmes:programme", args=[programme.code])).text


def seen_on(page):
    return re.search(r'name="seen" value="([^"]+)"', page.text)[1]


def test_of_two_leads_who_change_the_same_stage_the_second_sees_what_the_first_saved(sign_in, programme, lead):
    stage = programmes.draft_version(programme).stages.first()
    address, said = reverse("programmes:part", args=["stages", stage.pk]), {"kind": "module", "weeks": "4"}
    client = sign_in(lead)
    seen = seen_on(client.get(address))
    assert client.post(address, said | {"name": "First", "seen": seen}).status_code == 302
    page = client.post(address, said | {"name": "Second", "seen": seen})
    stage.refresh_from_db()
    assert (page.status_code, stage.name) == (200, "First")
    assert "This was saved somewhere else since you opened the page." in page.text
    assert client.post(address, said | {"name": "Second", "seen": seen_on(page)}).status_code == 302
    stage.refresh_from_db()
    assert stage.name == "Second"


def test_of_two_leads_who_change_the_same_cohort_the_second_sees_that_the_first_did(sign_in, version, lead):
    cohort = programmes.cohort(version, state=CohortState.DRAFT)
    address = reverse("programmes:edit_cohort", args=[cohort.pk])
    said = {"name": "Autumn", "capacity": "9", "answer_days": "14"} | days()
    client = sign_in(lead)
    seen = seen_on(client.get(address))
    assert client.post(address, said | {"seen": seen}).status_code == 302
    page = client.post(address, said | {"capacity": "4", "seen": seen})
    cohort.refresh_from_db()
    assert (page.status_code, cohort.capacity) == (200, 9)
    assert "This was saved somewhere else since you opened the page." in page.text


def test_cohort_of_a_retired_programme_waits_for_nobody(sign_in, lead, version):
    planned = programmes.cohort(version, state=CohortState.DRAFT, opens_on=programmes.in_days(3))
    assert [need.text for need in needs_now(lead)] == [f"Announce {planned}"]
    catalogue.retire_programme(programme=version.programme, by=lead)
    assert needs_now(lead) == []
    page = sign_in(lead).get(reverse("programmes:manage_cohort", args=[planned.pk])).text
    assert "The programme is retired, so the cohort cannot be announced." in page
    assert "Announce the cohort" not in page


def test_empty_lists_say_what_they_are_for(sign_in, trust, lead):
    client, hr = sign_in(lead), user_with(Role.HR_OFFICER, trust)
    assert "You run no programme yet." in client.get(reverse("programmes:manage")).text
    assert "There is no cohort yet." in client.get(reverse("programmes:manage_cohorts")).text
    assert "There are no programmes yet." in client.get(reverse("programmes:catalogue")).text
    assert "None of your people has applied" in sign_in(hr).get(reverse("programmes:people")).text
