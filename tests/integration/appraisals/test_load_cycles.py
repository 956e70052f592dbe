"""Loading cycles: all or nothing, idempotent, and never under the dates that a rule has found."""

import io

import pytest
from django.core.management import CommandError, call_command

from registry.appraisals.models import Cycle, CycleRule
from registry.audit.models import AuditEvent
from tests.factories.appraisals import placed

pytestmark = pytest.mark.django_db

TEXT = """\
code: annual
name: Annual appraisal
kind: appraisal
checklist:
  - {code: cpd, name: Learning}
rules:
  - effective_from: 2020-01-01
    shape: {kind: every, months: 12, window_days: 84}
    lead_days: [28, 7]
    source: A test.
"""
NEW_ROW = """\
  - effective_from: 2027-01-01
    shape: {kind: every, months: 12, window_days: 60}
    lead_days: [14]
    source: Another test.
"""


def load(*paths):
    out = io.StringIO()
    call_command("load_cycles", *map(str, paths), stdout=out)
    return out.getvalue().splitlines()


def refusal(*paths):
    with pytest.raises(CommandError) as refused:
        load(*paths)
    return str(refused.value)


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "annual.yaml"
    found.write_text(TEXT)
    return found


def test_shipped_cycles_load_once():
    assert {line.split(": ")[1] for line in load()} == {"loaded"}
    before = list(Cycle.objects.values()) + list(CycleRule.objects.values())
    assert {line.split(": ")[1] for line in load()} == {"unchanged"}
    assert list(Cycle.objects.values()) + list(CycleRule.objects.values()) == before
    assert AuditEvent.objects.filter(verb__startswith="cycle.").count() == Cycle.objects.count() == 14
    assert set(Cycle.objects.filter(statutory=True).values_list("register", flat=True)) == {
        "GMC",
        "NMC",
        "HCPC",
        "GPhC",
        "GDC",
        "GOC",
        "SWE",
    }


def test_rule_that_nobody_uses_can_change(file):
    load(file)
    key = CycleRule.objects.get().pk
    file.write_text(TEXT.replace("[28, 7]", "[14]"))
    assert load(file) == ["annual: changed"]
    assert (CycleRule.objects.get().pk, CycleRule.objects.get().lead_days) == (key, [14])
    file.write_text(TEXT + NEW_ROW)
    load(file)
    file.write_text(TEXT)
    assert load(file) == ["annual: changed"]
    assert CycleRule.objects.count() == 1


def test_rule_with_appraisals_stays_and_a_new_date_is_offered(file, nurse):
    load(file)
    row = placed(nurse, rule=CycleRule.objects.get())
    file.write_text(TEXT.replace("[28, 7]", "[14]"))
    said = refusal(file)
    assert "annual: the rule of 1 January 2020 has found the dates of appraisals, so it cannot change." in said
    assert "a new row with an effective_from of its own, such as 20" in said
    file.write_text(TEXT.replace("2020-01-01", "2021-01-01"))
    assert "its row must stay in the file" in refusal(file)
    # A new row is a new rule; what is planned keeps its own.
    file.write_text(TEXT + NEW_ROW)
    assert load(file) == ["annual: changed"]
    row.refresh_from_db()
    assert row.rule.lead_days == [28, 7]


def test_checklist_may_change_and_what_is_open_keeps_its_own(file, nurse):
    load(file)
    row = placed(nurse, rule=CycleRule.objects.get())
    file.write_text(TEXT.replace("Learning", "Learning and teaching"))
    assert load(file) == ["annual: changed"]
    assert list(row.checklist.values_list("name", flat=True)) == ["Learning"]


def test_cycle_with_people_under_it_stays_of_its_kind(file, nurse):
    load(file)
    placed(nurse, rule=CycleRule.objects.get())
    file.write_text(TEXT.replace("kind: appraisal", "kind: renewal"))
    assert "it stays a cycle of its kind" in refusal(file)


def test_folder_with_one_bad_file_loads_nothing(tmp_path, file):
    (tmp_path / "bad.yaml").write_text(TEXT.replace("[28, 7]", "[7, 28]"))
    said = refusal(tmp_path)
    assert "bad.yaml, line 9" in said
    assert "annual is in another file as well" not in said
    assert not Cycle.objects.exists()
    (tmp_path / "bad.yaml").write_text(TEXT)
    assert "annual is in another file as well" in refusal(tmp_path)
    assert "cannot be read" in refusal(tmp_path / "none.yaml")
    (tmp_path / "empty").mkdir()
    assert "There are no cycle files there." in refusal(tmp_path / "empty")
