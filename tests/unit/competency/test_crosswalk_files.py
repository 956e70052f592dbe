"""The crosswalk's file: the shipped one names only what there is, and a wrong one is refused with its lines."""

import pytest

from registry.competency import crosswalk_files, strict_yaml
from registry.competency.crosswalk_files import Row, spelt_out
from tests.factories.competency import FILES, shipped

ELEMENTS = {code: {element.code for domain in shipped(code).domains for element in domain.elements} for code in FILES}
CODES = {code: ELEMENTS[code] | {domain.code for domain in shipped(code).domains} for code in FILES}

GOOD = """\
author: Us
date: 2026-11-23
same_as:
  - {framework: MLCF, as_in: LF}
rows:
  - {source: LQF Q2, target: LF 1.1, strength: 3}
  - {source: LF 1.1, target: HLM H8, strength: 2}
  - {source: LF 6.1, target: LCF B2, strength: 1}
"""


def read(content):
    return crosswalk_files.read(content, codes_of=lambda framework: CODES.get(framework, set()), closed={"LQF"})


def expand(file):
    return spelt_out(file, elements_of=lambda framework: ELEMENTS.get(framework, set()))


def pairs(rows):
    return {(row.source, row.target): row.strength for row in rows}


@pytest.fixture(scope="module")
def shipped_rows():
    return expand(read(crosswalk_files.SHIPPED.read_bytes()))


def test_shipped_rows_name_elements_there_are_and_never_lead_to_the_lqf(shipped_rows):
    for row in shipped_rows:
        framework, code = row.target.split()
        assert code in CODES[framework]
        assert framework not in ("LQF", row.source.split()[0])
    assert len(pairs(shipped_rows)) == len(shipped_rows)


def test_every_element_of_every_framework_leads_somewhere(shipped_rows):
    sources = {row.source for row in shipped_rows}
    assert sources == {f"{framework} {code}" for framework, codes in ELEMENTS.items() for code in codes}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("LQF Q2", "LF 1.1"),
        ("LQF Q5", "HLM H1"),
        ("LQF Q12", "LCF B4"),
        ("LQF Q14", "LF 6.2"),
        ("LF 3.3", "LCF B3"),
        ("LF 3.1", "HLM H4"),
        ("HLM H5", "LCF B2"),
        ("LCF B6", "LF 2.1"),
        ("MLCF 1.1", "HLM H8"),
        ("LQF Q15", "CLCF 2.4"),
        ("MLCF 5.4", "CLCF 5.4"),
    ],
)
def test_shipped_rows_follow_the_table(shipped_rows, source, target):
    assert (source, target) in pairs(shipped_rows)


def test_same_as_stands_for_the_rows_of_both_ends_and_between_the_two():
    found = pairs(expand(read(GOOD)))
    assert found["LQF Q2", "MLCF 1.1"] == 3
    assert found["MLCF 1.1", "HLM H8"] == 2
    assert found["MLCF 1.1", "LF 1.1"] == found["LF 1.1", "MLCF 1.1"] == 3
    # MLCF has no domain 6, and rows go one way.
    assert not {("MLCF 6.1", "LCF B2"), ("LF 1.1", "LQF Q2"), ("HLM H8", "LF 1.1")} & found.keys()


def test_row_that_is_written_out_goes_before_one_that_is_derived():
    own = GOOD + "  - {source: MLCF 1.1, target: HLM H8, strength: 1}\n"
    assert pairs(expand(read(own)))["MLCF 1.1", "HLM H8"] == 1


def test_domain_may_be_a_target():
    assert Row(source="HLM H5", target="LF 6", strength=2) in expand(
        read(GOOD + "  - {source: HLM H5, target: LF 6, strength: 2}\n")
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("LQF Q2", "LQF Q99", "line 6: rows[0].source: LQF has no element or domain 'Q99'"),
        ("HLM H8", "LQF Q1", "line 7: rows[1].target: LQF is closed to new assessments, so nothing may lead to it"),
        ("as_in: LF", "as_in: LQF", "line 4: same_as[0].as_in: LQF is closed to new assessments"),
        ("LCF B2", "MLF 1", "line 8: rows[2].target: no framework MLF is loaded"),
        ("as_in: LF", "as_in: LFX", "line 4: same_as[0].as_in: no framework LFX is loaded"),
        ("strength: 3", "strength: 4", "line 6: rows[0].strength: must be a whole number from 1 to 3"),
        ("LQF Q2", "LQF", "line 6: rows[0].source: must be a framework's code and an element's or domain's"),
        ("HLM H8", "LF 1.2", "line 7: rows[1].target: is of the same framework as the source"),
        ("source: LF 6.1, target: LCF B2", "source: LF 1.1, target: HLM H8", "line 8: rows[2].target: there is a row"),
        ("date: 2026-11-23", "date: soon", "line 2: date: must be a date"),
        ("author: Us\n", "", "line 1: missing key 'author'"),
    ],
)
def test_wrong_file_is_refused_with_its_lines(old, new, problem):
    assert old in GOOD
    with pytest.raises(strict_yaml.Refused) as refused:
        read(GOOD.replace(old, new))
    assert any(str(one).startswith(problem) for one in refused.value.problems)
