"""The catalogue on the shelf: what its files say, and bringing them into the database."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from programmes.actions import catalogue
from programmes.catalogue_files import SHIPPED, read
from programmes.library import load, read_files
from programmes.models import Gate, Programme, ProgrammeVersion
from registry.accounts.roles import Role
from registry.competency import strict_yaml
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories import competency, programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

ONE = """
code: first
name: First
kind: leadership
tier: 2
intended_outcome: Safer wards.
description: A programme.
provider: The trust
delivery: in_house
length_weeks: 10
note: An example.
stages:
  - name: Module
    kind: module
    weeks: 10
gates:
  - kind: prerequisite
    tier: 1
  - kind: written
    assessors: 2
    spread_limit: 3
    pass_mark: 2
    criteria:
      - name: Why
        question: Why you?
"""


def refused(text):
    with pytest.raises(strict_yaml.Refused) as found:
        read(text)
    return [(problem.path, problem.reason) for problem in found.value.problems]


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (("tier: 1", "tier: 1\n    programme: other"), "gates[0].kind", "one of the two"),
        (("    pass_mark: 2\n", ""), "gates[1].kind", "written needs pass_mark"),
        (("tier: 1", "tier: 1\n    pass_mark: 3"), "gates[0].pass_mark", "says nothing"),
        (("note: An", "professions: [wizard]\nnote: An"), "professions", "unknown: wizard"),
        (("length_weeks: 10", "length_weeks: 0"), "length_weeks", "from 1 to 520"),
        (("name: First", "name: 1.1"), "name", "must be text"),
        (("note: An example.", "note: An example.\nextra: 1"), "", "unknown key"),
    ],
)
def test_file_that_breaks_a_rule_is_refused_where_it_does(change, path, reason):
    problems = refused(ONE.replace(*change))
    assert [(where, reason in why) for where, why in problems] == [(path, True)]


def test_shipped_programmes_read_and_are_gated_in_series():
    files = {file.code: file for file in read_files([SHIPPED])}
    assert len(files) == 12
    assert all(file.intended_outcome and file.note for file in files.values())
    for file in files.values():
        asked = [gate.tier for gate in file.gates if gate.kind == "prerequisite"]
        # Whoever wants in above tier 1 must have been below.
        assert len(asked) == (0 if file.tier == 1 else 1), file.code
        assert all(tier < file.tier for tier in asked)
    shorter = [stage for stage in files["elizabeth-garrett-anderson"].stages if stage.exempt]
    assert sum(stage.weeks for stage in shorter) == 26  # 18 months instead of 24


@pytest.mark.django_db
def test_shipped_programmes_load_once_and_then_stay(trust, lead):
    for code in ("LF", "LCF", "MLCF", "CLCF"):
        competency.framework(code)
    out = io.StringIO()
    for _ in range(2):
        call_command("load_programmes", organisation=trust.ods_code, by=lead.email.upper(), stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.partition(": ")[2] for line in lines] == ["loaded"] * 12 + ["unchanged"] * 12
    assert set(ProgrammeVersion.objects.values_list("number", "state", "published_by")) == {(1, "published", lead.pk)}
    assert ProgrammeVersion.objects.count() == 12


@pytest.mark.django_db
def test_changed_file_publishes_a_version_and_leaves_the_old_one(trust, lead):
    load([read(ONE)], organisation=trust, by=lead)
    changed = read(ONE.replace("pass_mark: 2", "pass_mark: 3").replace("Safer wards", "Kinder wards"))
    [(programme, done)] = load([changed], organisation=trust, by=lead)
    assert done == "changed"
    programme.refresh_from_db()
    assert programme.intended_outcome == "Kinder wards."
    marks = Gate.objects.filter(kind="written").order_by("version__number").values_list("pass_mark", flat=True)
    assert list(marks) == [2, 3]


@pytest.mark.django_db
def test_draft_of_a_lead_is_not_overwritten(trust, lead):
    [(programme, _)] = load([read(ONE)], organisation=trust, by=lead)
    catalogue.draft_version(programme=programme, by=lead)
    with pytest.raises(WrongState, match="is a draft"):
        load([read(ONE)], organisation=trust, by=lead)


@pytest.mark.django_db
def test_programmes_that_ask_for_others_are_loaded_after_them(trust, lead):
    early = ONE.replace("code: first", "code: a").replace("tier: 1", "programme: first")
    done = load([read(early), read(ONE)], organisation=trust, by=lead)
    assert [programme.code for programme, _ in done] == ["first", "a"]


@pytest.mark.django_db
def test_nothing_is_loaded_where_one_file_cannot_be(trust, lead):
    lonely = ONE.replace("code: first", "code: a").replace("tier: 1", "programme: nowhere")
    with pytest.raises(Invalid, match="no programme nowhere"):
        load([read(ONE), read(lonely)], organisation=trust, by=lead)
    assert not Programme.objects.exists()


@pytest.mark.django_db
def test_what_can_no_longer_change_is_refused_with_the_programme_that_it_is_about(trust, lead):
    [(programme, _)] = load([read(ONE)], organisation=trust, by=lead)
    programmes.cohort(programme.versions.get(), state="open")
    with pytest.raises(Invalid, match="first: The tier cannot change any more"):
        load([read(ONE.replace("tier: 2", "tier: 3"))], organisation=trust, by=lead)


@pytest.mark.django_db
def test_only_a_lead_of_the_organisation_loads_programmes(trust, lead):
    with pytest.raises(NotAllowed):
        load([read(ONE)], organisation=OrganisationFactory(), by=lead)
    load([read(ONE)], organisation=trust, by=lead)
    national = user_with(Role.PROGRAMME_LEAD)
    with pytest.raises(Invalid, match="runs this programme"):
        load([read(ONE)], organisation=OrganisationFactory(), by=national)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [({"organisation": "XXX"}, "no organisation XXX"), ({"by": "nobody@trust.example"}, "Nobody signs in as")],
)
def test_command_says_whom_or_what_it_does_not_know(trust, lead, given, says):
    with pytest.raises(CommandError, match=says):
        call_command("load_programmes", **({"organisation": trust.ods_code, "by": lead.email} | given))
