"""Loading frameworks: all or nothing, and never under somebody's feet."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, transaction

from registry.audit.models import AuditEvent
from registry.competency.models import Domain, Element, Expectation, FrameworkVersion
from tests.factories import boards as vacancies
from tests.factories.competency import draft, framework, tiny, tiny_text
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user

pytestmark = pytest.mark.django_db


def load(*paths):
    out = io.StringIO()
    call_command("load_frameworks", *map(str, paths), stdout=out)
    return out.getvalue().splitlines()


def refusal(*paths):
    with pytest.raises(CommandError) as refused:
        load(*paths)
    return str(refused.value).splitlines()


def test_shipped_files_load_whole():
    load()
    counts = {
        version.code: (version.domains.count(), Element.objects.filter(domain__version=version).count())
        for version in FrameworkVersion.objects.all()
    }
    assert counts == {"MLCF": (5, 20), "CLCF": (5, 20), "LF": (7, 28), "LQF": (3, 15), "HLM": (9, 9), "LCF": (6, 6)}
    # Both matrices, three career stages, every domain.
    assert Expectation.objects.filter(domain__version__code="LF").count() == 2 * 3 * 7
    assert list(FrameworkVersion.objects.filter(is_default=True).values_list("code", flat=True)) == ["LF"]


def test_loading_twice_changes_nothing():
    load()
    before = (
        list(FrameworkVersion.objects.values()) + list(Element.objects.values()) + list(Expectation.objects.values())
    )
    assert {line.split(": ")[1] for line in load()} == {"unchanged"}
    assert before == list(FrameworkVersion.objects.values()) + list(Element.objects.values()) + list(
        Expectation.objects.values()
    )
    assert AuditEvent.objects.filter(verb__startswith="framework.").count() == 6


def test_changed_file_replaces_a_version_nobody_used(tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text(tiny_text())
    assert load(file) == ["TINY 1: loaded"]
    key = FrameworkVersion.objects.get().pk
    file.write_text(tiny_text(prompt="I decide in time."))
    assert load(file) == ["TINY 1: replaced"]
    assert FrameworkVersion.objects.get().pk == key
    assert list(Element.objects.values_list("prompt", flat=True)) == ["I listen.", "I decide in time."]


def test_file_with_only_another_layout_is_unchanged(tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text(tiny_text())
    load(file)
    file.write_text("# A comment.\n" + tiny_text())
    assert load(file) == ["TINY 1: unchanged"]


def test_changed_file_is_refused_once_an_assessment_exists(tmp_path):
    draft(clinician_user(OrganisationFactory()), tiny())
    (tmp_path / "a.yaml").write_text(tiny_text(code="OTHER"))
    (tmp_path / "b.yaml").write_text(tiny_text(prompt="I decide in time."))
    assert refusal(tmp_path) == [
        (
            "TINY 1 differs from what is loaded, and assessments have been made on it. It can only be superseded: "
            "give the new file a version of its own."
        ),
        "1 problem; nothing was loaded.",
    ]
    assert list(FrameworkVersion.objects.values_list("code", flat=True)) == ["TINY"]
    assert not Element.objects.filter(prompt="I decide in time.").exists()


def test_changed_file_is_refused_while_a_vacancy_asks_for_its_levels(tmp_path):
    version = tiny()
    vacancies.draft(OrganisationFactory(), framework=version)
    file = tmp_path / "tiny.yaml"
    file.write_text(tiny_text(prompt="I decide in time."))
    assert "what is loaded is in use elsewhere" in refusal(file)[0]
    assert list(Element.objects.values_list("prompt", flat=True)) == ["I listen.", "I decide."]


def test_new_version_supersedes_one_with_assessments(tmp_path):
    old = tiny()
    draft(clinician_user(OrganisationFactory()), old)
    (tmp_path / "b.yaml").write_text(tiny_text(version="2", effective_from="2024-01-01", prompt="I decide in time."))
    assert load(tmp_path) == ["TINY 2: loaded"]
    assert list(Element.objects.filter(domain__version=old).values_list("prompt", flat=True)) == [
        "I listen.",
        "I decide.",
    ]


def test_two_versions_from_one_day_are_refused(tmp_path):
    tiny()
    file = tmp_path / "b.yaml"
    file.write_text(tiny_text(version="2"))
    assert refusal(file)[0] == (
        "TINY 2 takes effect on the same day as TINY 1. Only one version of a framework can be in force."
    )


def test_bad_file_is_refused_whole_with_file_line_and_reason(tmp_path):
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_text(tiny_text())
    bad.write_text(tiny_text(code="BAD", effective_to="2019-01-01").replace("name: Listening", "name: 5"))
    assert refusal(good, bad) == [
        f"{bad}, line 8: effective_to: is before effective_from",
        f"{bad}, line 27: domains[0].elements[0].name: must be text (in quotes if it looks like a number, a date, yes or no)",
        "2 problems; nothing was loaded.",
    ]
    assert not FrameworkVersion.objects.exists()


def test_many_problems_are_shown_as_the_first_twenty_and_their_number(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(tiny_text() + "".join(f"unknown{n}: x\n" for n in range(25)))
    lines = refusal(file)
    assert len(lines) == 22
    assert lines[-2:] == ["… and 5 more", "25 problems; nothing was loaded."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ", line 1: the file is empty"),
        (b"name: \xff", ", line 1: not UTF-8 text: save the file as UTF-8"),
        (b"name: a\0b", ", line 1: control character U+0000 in the file"),
        (b"x" * 11_000_000, ", line 1: the file has more than 1,000,000 bytes"),
    ],
)
def test_hostile_file_is_refused(tmp_path, content, reason):
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    assert refusal(file) == [f"{file}{reason}", "1 problem; nothing was loaded."]


def test_missing_file_and_empty_folder_are_refused(tmp_path):
    missing = tmp_path / "none.yaml"
    assert refusal(missing)[0] == f"{missing}: cannot be read: No such file or directory"
    assert refusal(tmp_path) == ["There are no framework files there."]


def test_one_version_in_two_files_is_refused(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(tiny_text())
    assert refusal(tmp_path)[0] == f"{tmp_path / 'b.yaml'}: TINY 1 is in {tmp_path / 'a.yaml'} as well"


# --- the database's own promise ------------------------------------------------------------------------------------


@pytest.fixture
def used():
    version = framework("LF")
    draft(clinician_user(OrganisationFactory()), version)
    return version


def refused_by_the_database(change):
    with pytest.raises(InternalError, match="has assessments and cannot change"), transaction.atomic():
        change()


def test_database_refuses_any_change_of_a_version_with_assessments(used):
    other = tiny()
    element = Element.objects.filter(domain__version=used)
    domain = Domain.objects.filter(version=used)
    expectation = Expectation.objects.filter(domain__version=used)
    for change in (
        lambda: FrameworkVersion.objects.filter(pk=used.pk).update(name="Other"),
        lambda: FrameworkVersion.objects.filter(pk=used.pk)._raw_delete("default"),
        lambda: domain.update(summary="Other"),
        lambda: domain._raw_delete("default"),
        lambda: element.update(prompt="Other"),
        lambda: element._raw_delete("default"),
        lambda: expectation.update(minimum_level=0),
        lambda: expectation._raw_delete("default"),
        lambda: Element.objects.create(domain=domain.first(), position=9, code="1.9", name="New", prompt="New"),
        lambda: Domain.objects.create(
            version=used, position=9, code="9", name="New", summary="", staged=False, scale="reach"
        ),
        lambda: Domain.objects.filter(version=other).update(version=used, position=8),
        lambda: Expectation.objects.create(
            domain=domain.first(), matrix="gated", career_stage="other", expectation="none", minimum_level=0
        ),
    ):
        refused_by_the_database(change)


def test_database_lets_a_version_without_assessments_change(used):
    other = tiny()
    assert Element.objects.filter(domain__version=other).update(prompt="Other") == 2
    assert other.domains.all().delete()[0] == 3


# --- which version is in force -------------------------------------------------------------------------------------


def codes_open_on(day):
    return list(FrameworkVersion.objects.open_to_new(day).values_list("code", "version"))


def test_newest_version_in_force_is_open_until_closed():
    tiny()
    tiny(version="2", effective_from="2024-01-01")
    tiny(version="3", effective_from="2025-01-01", closed="true")
    tiny(code="ENDED", effective_to="2023-12-31")
    assert codes_open_on(datetime.date(2019, 12, 31)) == []
    assert codes_open_on(datetime.date(2023, 12, 31)) == [("ENDED", "1"), ("TINY", "1")]
    assert codes_open_on(datetime.date(2024, 1, 1)) == [("TINY", "2")]
    assert codes_open_on(datetime.date(2025, 1, 1)) == []
