"""The crosswalk in the registry: loaded after the frameworks, shown beside evidence, and never converting a level."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from registry.audit.models import AuditEvent
from registry.competency.crosswalk import also_relevant
from registry.competency.library import load_crosswalk
from registry.competency.models import CrosswalkRow, Element
from registry.kernel.errors import Invalid
from tests.factories.competency import agreed, draft, framework

pytestmark = pytest.mark.django_db

NEVER = "A level is never converted from one framework to another"
FILE = """\
author: Us
date: 2026-11-23
rows:
  - {source: HLM H1, target: LCF B5, strength: 2}
  - {source: HLM H1, target: LCF B4, strength: 3}
"""


def load():
    out = io.StringIO()
    call_command("load_frameworks", stdout=out)
    return out.getvalue().splitlines()[-1]


@pytest.fixture
def small(tmp_path):
    """HLM and the board framework with two rows from one to the other."""
    versions = framework("HLM"), framework("LCF")
    (tmp_path / "c.yaml").write_text(FILE)
    load_crosswalk(tmp_path / "c.yaml")
    return versions


def test_crosswalk_comes_with_the_frameworks_and_loading_again_changes_nothing():
    assert load() == "Crosswalk: loaded"
    before = list(CrosswalkRow.objects.values())
    assert len(before) > 500
    assert {(row["author"], str(row["date"])) for row in before} == {("The registry", "2026-11-23")}
    assert load() == "Crosswalk: unchanged"
    assert list(CrosswalkRow.objects.values()) == before
    assert AuditEvent.objects.filter(verb="crosswalk.loaded").count() == 1


def test_other_file_replaces_every_row(small, tmp_path):
    (tmp_path / "c.yaml").write_text(FILE.replace("strength: 3", "strength: 1"))
    assert load_crosswalk(tmp_path / "c.yaml") == "replaced"
    assert list(CrosswalkRow.objects.values_list("target_code", "strength")) == [("B5", 2), ("B4", 1)]


def test_row_to_an_unknown_element_is_refused_and_nothing_changes(small, tmp_path):
    (tmp_path / "c.yaml").write_text(FILE.replace("LCF B4", "LCF B9"))
    with pytest.raises(Invalid, match=r"c\.yaml, line 5: rows\[1\]\.target: LCF has no element or domain 'B9'"):
        load_crosswalk(tmp_path / "c.yaml")
    assert CrosswalkRow.objects.count() == 2


def test_row_to_a_framework_closed_to_new_assessments_is_refused(small, tmp_path):
    framework("LQF")
    (tmp_path / "c.yaml").write_text(FILE.replace("LCF B4", "LQF Q1"))
    with pytest.raises(Invalid, match=r"c\.yaml, line 5: rows\[1\]\.target: LQF is closed to new assessments"):
        load_crosswalk(tmp_path / "c.yaml")
    assert CrosswalkRow.objects.count() == 2


def test_rows_go_one_way_with_the_closest_first(small):
    found = also_relevant(["HLM", "LCF"])
    assert list(found) == [("HLM", "H1")]
    (only,) = found["HLM", "H1"]
    assert only.frameworks == "NHS Leadership Competency Framework for board members"
    assert [text.split(" ")[0] for text in only.elements] == ["B4", "B5"]
    assert only.elements[0].endswith("(close match)")


def test_frameworks_with_the_same_elements_are_named_together():
    load()
    named = [group.frameworks for group in also_relevant(["LQF"])["LQF", "Q2"]]
    assert (
        "Clinical Leadership Competency Framework, Leadership Framework, Medical Leadership Competency Framework"
        in (named)
    )


def test_asking_takes_two_queries_however_many_rows(django_assert_num_queries, small):
    with django_assert_num_queries(2):
        also_relevant(["HLM"])
    load()
    elements = Element.objects.exclude(domain__version__code__in=["MLCF", "CLCF", "LCF"]).count()
    with django_assert_num_queries(2):
        assert len(also_relevant(["LF", "LQF", "HLM"])) == elements


def test_pages_point_to_other_frameworks_and_say_that_levels_are_not_converted(sign_in, nurse, appraiser, small):
    hlm, lcf = small
    done = agreed(nurse, hlm, appraiser)
    open_one = draft(nurse, hlm)
    client = sign_in(nurse.user)
    for path in (
        reverse("competency:domain", args=[open_one.pk, 1]),
        reverse("competency:framework", args=[hlm.pk]),
        reverse("competency:result", args=[done.pk]),
    ):
        page = client.get(path).content.decode()
        assert "B5 Creating a compassionate, just and positive culture (part match)" in page
        assert NEVER in page
    # Nothing leads from the board framework, so there is nothing to say.
    assert NEVER not in client.get(reverse("competency:framework", args=[lcf.pk])).content.decode()


def test_page_without_a_crosswalk_says_nothing_of_it(sign_in, nurse):
    assessment = draft(nurse, framework("HLM"))
    page = sign_in(nurse.user).get(reverse("competency:domain", args=[assessment.pk, 1])).content.decode()
    assert "also relevant" not in page
    assert NEVER not in page
