"""Programmes and their versions: what leads may say of them, and when a version becomes final."""

import pytest

from programmes.actions import catalogue, parts
from programmes.fields import Delivery, GateKind, ProgrammeKind, StageKind, Tier
from programmes.models import Criterion, Gate, Programme, ProgrammeVersion, Stage
from programmes.states import CohortState, VersionState
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db

SCORED = {"assessors": 2, "spread_limit": 3, "pass_mark": 4}


def described(organisation, **changed):
    return {
        "organisation": organisation,
        "code": "first-steps",
        "name": "First steps",
        "kind": ProgrammeKind.LEADERSHIP,
        "tier": Tier.MIDDLE,
        "intended_outcome": "Safer wards.",
        "description": "",
        "provider": "The trust",
        "delivery": Delivery.IN_HOUSE,
        "region": None,
        "budget_holder": "",
        "professions": [],
        "career_stages": [],
        "level": "",
        "award": "",
        "length_weeks": 26,
        "cost_per_place": 0,
        "domains": [],
    } | changed


def made(lead, trust, **changed):
    return catalogue.create_programme(values=described(trust, **changed), by=lead)


def with_stage(programme, lead):
    """Its draft, with the one stage that it needs to be published."""
    version = programme.versions.get(state=VersionState.DRAFT)
    values = {"name": "Module", "kind": StageKind.MODULE, "weeks": 4, "exempt_by_equivalence": False}
    parts.save_stage(version=version, stage=None, values=values, by=lead)
    return version


def in_force(lead, trust, code, *, asks=None, **changed):
    programme = made(lead, trust, code=code, name=code.title(), **changed)
    version = with_stage(programme, lead)
    if asks:
        asked(version, lead, prerequisite=asks)
    catalogue.publish_version(version=version, by=lead)
    return programme


def asked(version, lead, *, prerequisite=None, tier=None):
    values = {"prerequisite": prerequisite, "prerequisite_tier": tier}
    return parts.save_gate(version=version, gate=None, kind=GateKind.PREREQUISITE, values=values, by=lead)


def test_programme_begins_with_an_empty_draft(lead, trust):
    programme = made(lead, trust)
    assert list(programme.versions.values_list("number", "state")) == [(1, "draft")]


def test_programme_without_intended_outcome_is_refused_beside_the_field(lead, trust):
    with pytest.raises(Invalid) as refused:
        made(lead, trust, intended_outcome="")
    assert refused.value.field == "intended_outcome"
    assert not Programme.objects.exists()


def test_programme_of_another_trust_is_made_by_its_leads_only(lead):
    with pytest.raises(NotAllowed):
        made(lead, OrganisationFactory())


def test_short_name_is_one_programmes_only(lead, trust):
    made(lead, trust)
    with pytest.raises(Invalid) as refused:
        made(lead, trust)
    assert refused.value.field == "code"


def test_version_without_a_stage_is_not_published(lead, trust):
    version = made(lead, trust).versions.get()
    with pytest.raises(WrongState, match="It has no stage"):
        catalogue.publish_version(version=version, by=lead)


def test_scored_gate_needs_criteria_that_reach_the_pass_mark(lead, trust):
    version = with_stage(made(lead, trust), lead)
    gate = parts.save_gate(version=version, gate=None, kind=GateKind.WRITTEN, values=SCORED, by=lead)
    assert catalogue.problems(version) == ["Gate 1: it has no criteria to score by."]
    criterion = {"name": "Why you", "question": "Why you?", "full_marks": "", "weight": 1}
    parts.save_criterion(gate=gate, criterion=None, values=criterion, by=lead)
    assert catalogue.problems(version) == ["Gate 1: 4 points are needed, but its criteria give 3 at most."]
    parts.save_criterion(gate=gate, criterion=None, values=criterion, by=lead)
    assert catalogue.problems(version) == []


def test_interview_does_not_come_before_the_written_application(trust):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    interview = programmes.gate(version, GateKind.INTERVIEW)
    written = programmes.gate(version, GateKind.WRITTEN)
    assert catalogue.problems(version) == ["The written application comes before the interview."]
    interview.position, written.position = 2, 1
    Gate.objects.bulk_update([interview, written], ["position"])
    assert catalogue.problems(version) == []


def test_written_application_asks_a_question_for_every_criterion(lead, trust):
    version = with_stage(made(lead, trust), lead)
    gate = parts.save_gate(version=version, gate=None, kind=GateKind.WRITTEN, values=SCORED | {"pass_mark": 1}, by=lead)
    values = {"name": "Why you", "question": "", "full_marks": "", "weight": 1}
    parts.save_criterion(gate=gate, criterion=None, values=values, by=lead)
    said = "Gate 1: every criterion of a written application says what applicants are asked."
    assert catalogue.problems(version) == [said]


def test_fellowship_says_what_is_expected(lead, trust):
    version = with_stage(made(lead, trust, kind=ProgrammeKind.FELLOWSHIP), lead)
    assert catalogue.problems(version) == ["A fellowship says what fellow and hosts expect of each other."]
    catalogue.describe_version(version=version, expectations="Four days a week.", note="", by=lead)
    version.refresh_from_db()
    assert catalogue.problems(version) == []


def test_programme_does_not_ask_for_itself_however_far_round(lead, trust):
    first = in_force(lead, trust, "first")
    second = in_force(lead, trust, "second", asks=first)
    draft = catalogue.draft_version(programme=first, by=lead)
    gate = asked(draft, lead, prerequisite=second)
    assert catalogue.problems(draft) == ["Gate 1: Second asks for First in turn, so nobody could begin."]
    gate.prerequisite = first
    gate.save()
    assert catalogue.problems(draft) == ["Gate 1: the programme asks for itself."]


def test_tier_asked_for_is_below_the_programmes_own(lead, trust):
    version = with_stage(made(lead, trust, tier=Tier.MIDDLE), lead)
    gate = asked(version, lead, tier=Tier.MIDDLE)
    assert len(catalogue.problems(version)) == 1
    gate.prerequisite_tier = Tier.FIRST
    gate.save()
    assert catalogue.problems(version) == []


def test_prerequisite_names_a_programme_or_a_tier_and_not_both(lead, trust):
    version, other = with_stage(made(lead, trust), lead), in_force(lead, trust, "other")
    for values in ({}, {"prerequisite": other, "tier": Tier.FIRST}):
        with pytest.raises(Invalid) as refused:
            asked(version, lead, **values)
        assert refused.value.field == "prerequisite"


def test_published_version_is_final(lead, trust):
    version = with_stage(made(lead, trust), lead)
    stage = version.stages.get()
    catalogue.publish_version(version=version, by=lead)
    with pytest.raises(WrongState, match="published, so it cannot change"):
        parts.remove_part(part=stage, by=lead)
    with pytest.raises(WrongState):
        catalogue.publish_version(version=version, by=lead)
    with pytest.raises(WrongState):
        catalogue.describe_version(version=version, expectations="", note="", by=lead)
    assert version.stages.count() == 1


def test_next_version_begins_with_everything_the_last_one_has(lead, trust):
    old = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    programmes.gate(old, GateKind.CAREER_STAGE, career_stages=["experienced"])
    programmes.gate(old, GateKind.WRITTEN, pass_mark=5)
    programmes.published(old, lead)
    new = catalogue.draft_version(programme=old.programme, by=lead)
    assert (new.number, new.state, new.expectations) == (2, "draft", old.expectations)

    def rows(version, model, way):
        left_out = {"id", "version", "gate"}
        names = [field.name for field in model._meta.concrete_fields if field.name not in left_out]
        return list(model.objects.filter(**{way: version}).order_by("position", "pk").values(*names))

    for model, way in ((Stage, "version"), (Gate, "version"), (Criterion, "gate__version")):
        assert rows(new, model, way) == rows(old, model, way)
        assert rows(new, model, way)


def test_there_is_one_draft_at_a_time(lead, trust):
    programme = made(lead, trust)
    with pytest.raises(WrongState, match="draft already"):
        catalogue.draft_version(programme=programme, by=lead)


def test_cohorts_stay_on_their_version_when_another_is_published(lead, trust):
    programme = in_force(lead, trust, "first")
    old = programme.versions.get()
    running = programmes.cohort(old)
    new = catalogue.publish_version(version=catalogue.draft_version(programme=programme, by=lead), by=lead)
    running.refresh_from_db()
    old.refresh_from_db()
    assert running.version_id == old.pk
    assert old.closed_at is None
    assert catalogue.newest_open_version(programme) == new


def test_version_is_closed_once(lead, trust):
    version = in_force(lead, trust, "first").versions.get()
    catalogue.close_version(version=version, by=lead)
    with pytest.raises(WrongState, match="closed already"):
        catalogue.close_version(version=version, by=lead)
    assert catalogue.newest_open_version(version.programme) is None


def test_older_version_takes_the_place_of_no_closed_one(lead, trust):
    programme = in_force(lead, trust, "first")
    newest = catalogue.publish_version(version=catalogue.draft_version(programme=programme, by=lead), by=lead)
    catalogue.close_version(version=newest, by=lead)
    assert catalogue.newest_open_version(programme) is None


def test_retired_programme_has_no_new_version_and_no_cohort_selecting(lead, trust):
    programme = in_force(lead, trust, "first")
    cohort = programmes.cohort(programme.versions.get())
    with pytest.raises(WrongState, match="applying"):
        catalogue.retire_programme(programme=programme, by=lead)
    cohort.state = CohortState.CANCELLED
    cohort.save()
    catalogue.retire_programme(programme=programme, by=lead)
    with pytest.raises(WrongState, match="retired"):
        catalogue.draft_version(programme=programme, by=lead)


def test_tier_stays_once_a_cohort_was_announced(lead, trust):
    programme = in_force(lead, trust, "first")
    programmes.cohort(programme.versions.get())
    with pytest.raises(Invalid) as refused:
        catalogue.edit_programme(programme=programme, values=described(trust, tier=Tier.SENIOR), by=lead)
    assert refused.value.field == "tier"


@pytest.mark.parametrize(("name", "value"), [("professions", ["nurse"]), ("career_stages", ["experienced"])])
def test_whom_it_is_for_stays_while_people_apply_or_are_selected(lead, trust, name, value):
    programme = in_force(lead, trust, "first", professions=["doctor", "nurse"])
    cohort = programmes.cohort(programme.versions.get())
    kept = described(trust, professions=["nurse", "doctor"], name="Another name")
    for state in (CohortState.OPEN, CohortState.SELECTING):
        cohort.state = state
        cohort.save()
        with pytest.raises(Invalid, match="open for applications or selecting") as refused:
            catalogue.edit_programme(programme=programme, values=kept | {name: value}, by=lead)
        assert refused.value.field == name
        assert catalogue.edit_programme(programme=programme, values=kept, by=lead).name == "Another name"
    cohort.state = CohortState.DECIDED
    cohort.save()
    edited = catalogue.edit_programme(programme=programme, values=kept | {name: value}, by=lead)
    assert getattr(edited, name) == value


def test_parts_change_places_and_stop_at_the_ends(lead, trust):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    first, second = version.stages.all()
    parts.move_part(part=second, up=True, by=lead)
    parts.move_part(part=second, up=True, by=lead)
    assert list(version.stages.all()) == [second, first]
    parts.move_part(part=second, up=False, by=lead)
    assert list(version.stages.all()) == [first, second]


def test_part_that_somebody_took_away_cannot_change(lead, trust):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    gate = programmes.gate(version, GateKind.WRITTEN)
    criterion = gate.criteria.first()
    parts.remove_part(part=gate, by=lead)
    assert not Criterion.objects.filter(gate__version=version).exists()
    with pytest.raises(WrongState, match="taken this away"):
        parts.save_criterion(gate=gate, criterion=criterion, values={}, by=lead)


def test_gate_of_a_kind_that_is_there_once_is_not_added_twice(lead, trust):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    programmes.gate(version, GateKind.ENDORSEMENT)
    with pytest.raises(Invalid, match="already"):
        parts.save_gate(version=version, gate=None, kind=GateKind.ENDORSEMENT, values={}, by=lead)


def test_lead_of_another_trust_changes_nothing(lead, trust):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    stranger = user_with(Role.PROGRAMME_LEAD, OrganisationFactory())
    for act in (
        lambda: catalogue.publish_version(version=version, by=stranger),
        lambda: catalogue.close_version(version=version, by=stranger),
        lambda: catalogue.retire_programme(programme=version.programme, by=stranger),
        lambda: parts.remove_part(part=version.stages.first(), by=stranger),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ProgrammeVersion.objects.get().state == VersionState.DRAFT
