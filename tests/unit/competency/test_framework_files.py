"""Framework files: what the six shipped ones say, and that a file with an error is refused whole, with line and reason."""

import copy
import random
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.competency import framework_files, strict_yaml
from registry.competency.framework_files import FrameworkFile, FrameworkFileError

FILES = {path.name: path.read_text("utf-8") for path in sorted(framework_files.SHIPPED.glob("*.yaml"))}

GOOD = """\
code: TEST
version: First edition
name: Test framework
publisher: Test publisher
audience: Test audience
professions: all_staff
effective_from: 2020-01-01
effective_to: null
closed_to_new: false
source: Written for the test.
copyright: None.
default_scale: reach
scales:
  - code: reach
    name: Reach
    not_observed: 0
    values:
      - {value: 0, label: Not seen, meaning: Not seen.}
      - {value: 1, label: One, meaning: Level one.}
      - {value: 2, label: Two, meaning: Level two.}
stages:
  - {number: 1, name: Near, meaning: Close by.}
  - {number: 2, name: Far, meaning: Further away.}
domains:
  - code: "1"
    name: First domain
    summary: The first.
    staged: true
    elements:
      - {code: "1.1", name: One, prompt: I do one., max_level: 1}
      - {code: "1.2", name: Two, prompt: I do two., emotional_intelligence: [self_awareness]}
  - code: "2"
    name: Second domain
    summary: The second.
    staged: false
    scale: reach
    elements:
      - {code: "2", name: Only, prompt: I do the only one.}
expectations:
  - code: gated
    name: Gated
    source: Written for the test.
    rows:
      - career_stage: student
        name: Student
        cells: [{domain: "1", expectation: aware, minimum_level: 0}, {domain: "2", expectation: none, minimum_level: 0}]
      - career_stage: practitioner
        name: Practitioner
        cells: [{domain: "1", expectation: emerging, minimum_level: 1}, {domain: "2", expectation: none, minimum_level: 0}]
      - career_stage: experienced
        name: Experienced
        cells: [{domain: "1", expectation: expected, minimum_level: 2}, {domain: "2", expectation: leading, minimum_level: 2}]
"""


def shipped(name: str) -> FrameworkFile:
    return framework_files.read(FILES[name])


def problems(content: bytes | str) -> list[tuple[int, str, str]]:
    with pytest.raises(FrameworkFileError) as refused:
        framework_files.read(content)
    return [(problem.line, problem.path, problem.reason) for problem in refused.value.problems]


def changed(old: str, new: str) -> str:
    """GOOD with `old`, which it holds exactly once, replaced."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def outline(framework: FrameworkFile) -> dict[str, list[str]]:
    return {f"{d.code} {d.name}": [f"{e.code} {e.name}" for e in d.elements] for d in framework.domains}


# --- the shipped files -------------------------------------------------------------------------------------------

CORE = {
    "1 Demonstrating personal qualities": [
        "1.1 Developing self awareness",
        "1.2 Managing yourself",
        "1.3 Continuing personal development",
        "1.4 Acting with integrity",
    ],
    "2 Working with others": [
        "2.1 Developing networks",
        "2.2 Building and maintaining relationships",
        "2.3 Encouraging contribution",
        "2.4 Working within teams",
    ],
    "3 Managing services": [
        "3.1 Planning",
        "3.2 Managing resources",
        "3.3 Managing people",
        "3.4 Managing performance",
    ],
    "4 Improving services": [
        "4.1 Ensuring patient safety",
        "4.2 Critically evaluating",
        "4.3 Encouraging improvement and innovation",
        "4.4 Facilitating transformation",
    ],
    "5 Setting direction": [
        "5.1 Identifying the contexts for change",
        "5.2 Applying knowledge and evidence",
        "5.3 Making decisions",
        "5.4 Evaluating impact",
    ],
}
SENIOR = {
    "6 Creating the vision": [
        "6.1 Developing the vision for the organisation",
        "6.2 Influencing the vision of the wider healthcare system",
        "6.3 Communicating the vision",
        "6.4 Embodying the vision",
    ],
    "7 Delivering the strategy": [
        "7.1 Framing the strategy",
        "7.2 Developing the strategy",
        "7.3 Implementing the strategy",
        "7.4 Embedding the strategy",
    ],
}
LQF = {
    "QA Personal qualities": [
        ("Q1 Self belief", 4),
        ("Q2 Self awareness", 3),
        ("Q3 Self management", 3),
        ("Q4 Drive for improvement", 3),
        ("Q5 Personal integrity", 4),
    ],
    "QB Setting direction": [
        ("Q6 Seizing the future", 5),
        ("Q7 Intellectual flexibility", 5),
        ("Q8 Broad scanning", 5),
        ("Q9 Political astuteness", 5),
        ("Q10 Drive for results", 5),
    ],
    "QC Delivering the service": [
        ("Q11 Leading change through people", 5),
        ("Q12 Holding to account", 5),
        ("Q13 Empowering others", 5),
        ("Q14 Effective and strategic influencing", 5),
        ("Q15 Collaborative working", 5),
    ],
}
HLM = [
    "H1 Inspiring shared purpose",
    "H2 Leading with care",
    "H3 Evaluating information",
    "H4 Connecting our service",
    "H5 Sharing the vision",
    "H6 Engaging the team",
    "H7 Holding to account",
    "H8 Developing capability",
    "H9 Influencing for results",
]
LCF = [
    "B1 Driving high-quality and sustainable outcomes",
    "B2 Setting strategy and delivering long-term transformation",
    "B3 Promoting equality and inclusion, and reducing health and workforce inequalities",
    "B4 Providing robust governance and assurance",
    "B5 Creating a compassionate, just and positive culture",
    "B6 Building a trusted relationship with partners and communities",
]


def test_shipped_files_are_the_six_frameworks() -> None:
    facts = [
        (f.code, f.professions, f.effective_from, f.effective_to, f.closed_to_new, f.default)
        for f in (framework_files.read(text) for text in FILES.values())
    ]

    assert facts == [
        ("LCF", "board", date(2024, 2, 28), None, False, False),
        ("CLCF", "all_clinicians", date(2011, 1, 1), None, False, False),
        ("HLM", "all_staff", date(2013, 11, 1), None, False, False),
        ("LF", "all_staff", date(2011, 7, 1), None, False, True),
        ("LQF", "board", date(2006, 1, 1), date(2011, 10, 31), True, False),
        ("MLCF", "doctors", date(2010, 7, 1), None, False, False),
    ]


@pytest.mark.parametrize("name", ["mlcf-2010.yaml", "clcf-2011.yaml"])
def test_mlcf_and_clcf_have_five_domains_of_four_elements(name: str) -> None:
    assert outline(shipped(name)) == CORE


def test_lf_has_seven_domains_of_four_elements_and_stages_on_the_first_five() -> None:
    lf = shipped("lf-2011.yaml")

    assert outline(lf) == CORE | SENIOR
    assert [domain.staged for domain in lf.domains] == [True] * 5 + [False] * 2
    assert [lf.scale_of(domain).code for domain in lf.domains] == ["reach"] * 5 + ["strength"] * 2
    assert [(stage.number, stage.name) for stage in lf.stages] == [
        (value.value, value.label) for value in lf.scales[0].values if value.value
    ]


def test_lqf_has_fifteen_qualities_with_their_own_top_levels() -> None:
    lqf = shipped("lqf-2006.yaml")

    assert {f"{d.code} {d.name}": [(f"{e.code} {e.name}", e.max_level) for e in d.elements] for d in lqf.domains} == LQF
    assert lqf.scales[0].values[0].label == "Negative behaviour"


def test_hlm_has_nine_dimensions_of_one_element_in_four_parts() -> None:
    hlm = shipped("hlm-2013.yaml")

    assert outline(hlm) == {name: [name] for name in HLM}
    assert [(value.value, value.label) for value in hlm.scales[0].values] == [
        (1, "Essential"),
        (2, "Proficient"),
        (3, "Strong"),
        (4, "Exemplary"),
    ]


def test_board_lcf_has_six_domains_and_five_answers_of_which_one_is_not_observed() -> None:
    lcf = shipped("board-lcf-2024.yaml")

    assert outline(lcf) == {name: [name] for name in LCF}
    assert lcf.scales[0].not_observed == 0
    assert [(value.value, value.label) for value in lcf.scales[0].values] == [
        (0, "No chance to demonstrate"),
        (1, "Rarely or never"),
        (2, "Occasionally"),
        (3, "Frequently"),
        (4, "Almost always"),
    ]


def test_emotional_intelligence_tags_are_those_of_the_domain_brief() -> None:
    tags: dict[str, dict[str, list[str]]] = {}
    for name in ["lqf-2006.yaml", "lf-2011.yaml", "hlm-2013.yaml", "board-lcf-2024.yaml"]:
        framework = shipped(name)
        for element in (e for d in framework.domains for e in d.elements):
            for tag in element.emotional_intelligence:
                tags.setdefault(framework.code, {}).setdefault(tag, []).append(element.code)

    assert tags == {
        "LQF": {
            "self_awareness": ["Q1", "Q2"],
            "self_management": ["Q3", "Q4", "Q10"],
            "social_awareness": ["Q8", "Q9"],
            "relationship_management": ["Q11", "Q13", "Q14", "Q15"],
        },
        "LF": {
            "self_awareness": ["1.1"],
            "self_management": ["1.2", "1.3", "1.4"],
            "social_awareness": ["2.1", "2.2", "5.1"],
            "relationship_management": ["2.3", "2.4", "3.3", "4.4"],
        },
        "HLM": {
            "self_awareness": ["H1", "H8"],
            "self_management": ["H1", "H7"],
            "social_awareness": ["H2", "H4"],
            "relationship_management": ["H5", "H6", "H9"],
        },
    }


@pytest.mark.parametrize("name", ["mlcf-2010.yaml", "clcf-2011.yaml", "lf-2011.yaml"])
def test_expectations_both_ways_by_career_stage(name: str) -> None:
    framework = shipped(name)
    senior = ["none 0"] * (len(framework.domains) - 5)

    assert {
        (matrix.code, row.career_stage): [f"{cell.expectation} {cell.minimum_level}" for cell in row.cells]
        for matrix in framework.expectations
        for row in matrix.rows
    } == {
        ("cumulative", "student"): ["expected 1", "expected 1", "emerging 1", "emerging 1", "aware 0", *senior],
        ("cumulative", "practitioner"): ["expected 2"] * 4 + ["emerging 1", *senior],
        ("cumulative", "experienced"): ["expected 3"] * 5 + senior,
        ("gated", "student"): ["expected 1", "expected 1", "none 0", "none 0", "none 0", *senior],
        ("gated", "practitioner"): ["expected 2"] * 4 + ["none 0", *senior],
        ("gated", "experienced"): ["expected 3"] * 5 + senior,
    }


@pytest.mark.parametrize("name", FILES)
def test_domain_level_of_an_open_framework_is_whole_in_twelfths(name: str) -> None:
    framework = shipped(name)

    assert framework.closed_to_new or all(12 % len(domain.elements) == 0 for domain in framework.domains)


# --- what is refused ---------------------------------------------------------------------------------------------


def test_good_file_loads() -> None:
    assert framework_files.read(GOOD) == framework_files.read(GOOD.encode())


KEYS = {
    "framework": "code, version, name, publisher, audience, professions, effective_from, effective_to, closed_to_new, "
    "default, source, copyright, default_scale, scales, stages, domains, expectations",
    "element": "code, name, prompt, max_level, emotional_intelligence",
}
TEXT = "must be text (in quotes if it looks like a number, a date, yes or no)"
LINE = "must be one line of text, at most 120 characters"
CODE = "must be a code: letters, digits, dot, dash, underscore, at most 20 characters"
RUN = "must run 0, 1, 2 … or 1, 2, 3 … without a gap or a repetition"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: Test framework", "nom: x\nname: y", (3, "", f"unknown key 'nom'; the keys here are {KEYS['framework']}")),
        ("name: Test framework", "? [a]\n: b\nname: y", (3, "", f"unknown key that is not text; the keys here are {KEYS['framework']}")),
        ("max_level: 1", "<<: {a: b}", (30, "domains[0].elements[0]", f"unknown key '<<'; the keys here are {KEYS['element']}")),
        ("publisher: Test publisher\n", "", (1, "", "missing key 'publisher'")),
        ("name: Test framework", "name: x\nname: y", (4, "", "key 'name' is here twice; first on line 3")),
        ("name: Test framework", "name: 2011", (3, "name", TEXT)),
        ("name: Test framework", "name: yes", (3, "name", TEXT)),
        ("name: Test framework", "name: [x]", (3, "name", TEXT)),
        ("name: Test framework", "name: !!python/name:os.system x", (3, "name", TEXT)),
        ("name: Test framework", "name:", (3, "name", TEXT)),
        ("name: Test framework", 'name: ""', (3, "name", LINE)),
        ("name: Test framework", 'name: " x"', (3, "name", LINE)),
        ("name: Test framework", r'name: "a\nb"', (3, "name", LINE)),
        ("name: Test framework", r'name: "a\0b"', (3, "name", LINE)),
        ("name: Test framework", r'name: "a\ud800b"', (3, "name", LINE)),
        ("name: Test framework", r'name: "a\u202eb"', (3, "name", LINE)),
        ("name: Test framework", f"name: {'x' * 121}", (3, "name", LINE)),
        ("code: TEST", "code: a b", (1, "code", CODE)),
        ("all_staff", "nobody", (6, "professions", "must be one of doctors, all_clinicians, all_staff, board")),
        ("2020-01-01", "1 May 2020", (7, "effective_from", "must be a date written like 2011-07-01")),
        ("2020-01-01", "2020-02-30", (7, "effective_from", "must be a date of the calendar")),
        ("2020-01-01", "2020-01-01T10:00:00Z", (7, "effective_from", "must be a date written like 2011-07-01")),
        ("effective_to: null", "effective_to: 2019-12-31", (8, "effective_to", "is before effective_from")),
        ("closed_to_new: false", "closed_to_new: no", (9, "closed_to_new", "must be true or false")),
        ("closed_to_new: false", "closed_to_new: true\ndefault: true", (10, "default", "a framework closed to new assessments cannot be the default")),
        ("default_scale: reach", "default_scale: rich", (12, "default_scale", "unknown scale 'rich'; the file has reach")),
        ("    scale: reach", "    scale: rich", (36, "domains[1].scale", "unknown scale 'rich'; the file has reach")),
        ("value: 2", "value: 3", (18, "scales[0].values", RUN)),
        ("value: 2", "value: 1", (18, "scales[0].values", RUN)),
        ("value: 2", "value: 6", (20, "scales[0].values[2].value", "must be a whole number from 0 to 5")),
        ("value: 2", "value: -1", (20, "scales[0].values[2].value", "must be a whole number from 0 to 5")),
        ("value: 2", "value: two", (20, "scales[0].values[2].value", "must be a whole number")),
        ("value: 2", "value: 0x2", (20, "scales[0].values[2].value", "must be a whole number")),
        ("value: 2", f"value: {'9' * 5000}", (20, "scales[0].values[2].value", "must be a whole number")),
        ("label: Two", "label: One", (20, "scales[0].values[2]", "label 'One' is in this list twice")),
        ("not_observed: 0", "not_observed: 1", (16, "scales[0].not_observed", "must be 0 and one of the scale's values: 1 to 5 always count")),
        ("{number: 2,", "{number: 3,", (22, "stages", "must be numbered 1, 2, 3 … in order")),
        ("staged: true", "staged: false", (22, "stages", "no domain is staged")),
        ("  - {number: 2, name: Far, meaning: Further away.}\n", "", (27, "domains[0].staged", "a staged domain needs one stage for each level of scale 'reach'")),
        ('code: "2"\n', 'code: "1"\n', (32, "domains[1]", "code '1' is in this list twice")),
        ('code: "1.2"', 'code: "1.1"', (31, "domains[0].elements[1].code", "element '1.1' is in this file twice")),
        ('code: "1.2"', 'code: "2.2"', (31, "domains[0].elements[1].code", "must begin with '1.', the code of its domain")),
        ('code: "1.2"', 'code: "1"', (31, "domains[0].elements[1].code", "must begin with '1.', the code of its domain")),
        ('code: "1.2"', "code: 1.2", (31, "domains[0].elements[1].code", TEXT)),
        ("max_level: 1", "max_level: 3", (30, "domains[0].elements[0].max_level", "is not a level of scale 'reach'")),
        ("[self_awareness]", "[wit]", (31, "domains[0].elements[1].emotional_intelligence[0]", "must be one of self_awareness, self_management, social_awareness, relationship_management")),
        ("[self_awareness]", "[self_awareness, self_awareness]", (31, "domains[0].elements[1].emotional_intelligence[1]", "value 'self_awareness' is in this list twice")),
        ('\n      - {code: "2", name: Only, prompt: I do the only one.}', " []", (37, "domains[1].elements", "must have 1 to 15 entries, not 0")),
        ('\n      - {code: "2", name: Only, prompt: I do the only one.}', " {}", (37, "domains[1].elements", "must be a list")),
        ('{code: "2", name: Only, prompt: I do the only one.}', "only", (38, "domains[1].elements[0]", "must be a mapping of keys to values")),
        ("code: gated", "code: mine", (40, "expectations[0].code", "must be one of cumulative, gated")),
        ("career_stage: practitioner", "career_stage: student", (47, "expectations[0].rows[1]", "career_stage 'student' is in this list twice")),
        ('{domain: "1", expectation: aware, minimum_level: 0}, ', "", (46, "expectations[0].rows[0].cells", "no cell for domain 1")),
        ("expectation: aware", "expectation: some", (46, "expectations[0].rows[0].cells[0].expectation", "must be one of none, aware, emerging, expected, leading")),
        ("expectation: expected, minimum_level: 2", "expectation: expected, minimum_level: 4", (52, "expectations[0].rows[2].cells[0].minimum_level", "is not a level of scale 'reach'")),
        ("expectation: leading,", "expectation: none,", (52, "expectations[0].rows[2].cells[1].minimum_level", "must be 0 where nothing is expected")),
        ("name: Test framework", "name: [", (5, "", "cannot be read as YAML: expected ',' or ']', but got ':'")),
        ("name: Test framework", "name: a: b", (3, "", "cannot be read as YAML: mapping values are not allowed here")),
        ("name: Test framework", r'name: "\UFFFFFFFF"', (3, "", None)),
        ("name: Test framework", r'name: "\U00110000"', (3, "", None)),
        ("name: Test framework", "name: &a x", (3, "", "cannot be read as YAML: anchors and aliases are not accepted")),
        ("name: Test framework", "name: *a", (3, "", "cannot be read as YAML: anchors and aliases are not accepted")),
        ("name: Test framework", f"name: {'[' * 50_000}", (3, "", "cannot be read as YAML: nested too deeply")),
        ("name: Test framework", "name: a\0b", (3, "", "control character U+0000 in the file")),
        ("version: First", "---\nversion: First", (2, "", "cannot be read as YAML: but found another document")),
    ],
)  # fmt: skip
def test_error_is_refused_with_line_path_and_reason(old: str, new: str, expected: tuple[int, str, str | None]) -> None:
    found = problems(changed(old, new))

    line, path, reason = expected
    assert found[0] == (line, path, reason or found[0][2])  # what follows from it comes after it


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (1, "", "the file is empty")),
        (b"# only a comment\n", (1, "", "the file is empty")),
        (b"- a\n", (1, "", "must be a mapping of keys to values")),
        (b"text", (1, "", "must be a mapping of keys to values")),
        (GOOD.replace("Test publisher", "Universit\xe9").encode("latin-1"), (4, "", "not UTF-8 text: save the file as UTF-8")),
        (b"\xef\xbb\xbfn: \xc3\xa9\nm: \xff", (2, "", "not UTF-8 text: save the file as UTF-8")),
        (b"\xef\xbb\xbf\xc3\xa9\xff", (1, "", "not UTF-8 text: save the file as UTF-8")),
        (GOOD.encode("utf-16"), (1, "", "not UTF-8 text: save the file as UTF-8")),
        (GOOD.replace("Test publisher", "\ud800"), (4, "", "not UTF-8 text: save the file as UTF-8")),
        (GOOD.encode() + b"#" * 1_000_000, (1, "", "the file has more than 1,000,000 bytes")),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", (1, "", "cannot be read as YAML: anchors and aliases are not accepted")),
    ],
)  # fmt: skip
def test_file_that_is_not_a_framework_is_refused_with_one_problem(
    content: bytes | str, expected: tuple[int, str, str]
) -> None:
    assert problems(content) == [expected]


def test_column_of_a_problem_counts_characters_from_one() -> None:
    text = changed("max_level: 1", "max_level: é").replace("I do one.", "I dö öne.")
    with pytest.raises(FrameworkFileError) as refused:
        framework_files.read(text)

    column = text.splitlines()[29].index("é") + 1
    assert refused.value.problems == [
        strict_yaml.Problem(30, column, "domains[0].elements[0].max_level", "must be a whole number")
    ]
    assert str(refused.value) == "line 30: domains[0].elements[0].max_level: must be a whole number"


def test_every_problem_of_a_file_is_reported_in_the_order_of_the_file() -> None:
    text = GOOD
    for old, new in [
        ("publisher: Test publisher", "publisher: 7"),
        ("effective_to: null", "effective_to: 2019-12-31"),
        ("default_scale: reach", "default_scale: rich"),
        ('code: "1.2"', 'code: "1.1"'),
        ("prompt: I do the only one.", "promt: I do the only one."),
    ]:
        assert text.count(old) == 1
        text = text.replace(old, new)

    assert [(line, path) for line, path, _ in problems(text)] == [
        (4, "publisher"),
        (8, "effective_to"),
        (12, "default_scale"),
        (31, "domains[0].elements[1].code"),
        (38, "domains[1].elements[0]"),
        (38, "domains[1].elements[0]"),
    ]


def test_unreadable_field_brings_no_second_problem_with_it() -> None:
    assert problems(changed("code: reach", "code: [reach]")) == [(14, "scales[0].code", TEXT)]
    assert problems(changed("value: 2", "value: two")) == [(20, "scales[0].values[2].value", "must be a whole number")]
    assert problems(changed("value: 0", "value: zero")) == [(18, "scales[0].values[0].value", "must be a whole number")]
    assert problems(changed('  - code: "1"', '  - code: "?"')) == [(25, "domains[0].code", CODE)]


def test_cell_of_an_unknown_domain_is_refused() -> None:
    assert problems(changed('{domain: "1", expectation: aware', '{domain: "9", expectation: aware')) == [
        (46, "expectations[0].rows[0].cells", "no cell for domain 1"),
        (46, "expectations[0].rows[0].cells[0].domain", "unknown domain '9'"),
    ]


def _elements(count: int, domain: str) -> str:
    return "".join(f'\n      - {{code: "{domain}.{n}", name: N{n}, prompt: I do.}}' for n in range(1, count + 1))


ONLY = '\n      - {code: "2", name: Only, prompt: I do the only one.}'


def test_fifth_element_is_refused_unless_the_framework_is_closed_to_new() -> None:
    five = changed(ONLY, _elements(5, "2"))

    assert framework_files.read(changed(ONLY, _elements(4, "2"))).domains[1].elements[3].code == "2.4"
    assert problems(five) == [
        (38, "domains[1].elements", "more than 4 elements need closed_to_new: true (levels are kept in twelfths)")
    ]
    closed = framework_files.read(five.replace("closed_to_new: false", "closed_to_new: true"))
    assert len(closed.domains[1].elements) == 5


def test_tenth_domain_is_refused() -> None:
    extra = "".join(
        f'  - {{code: "{n}", name: D{n}, summary: One more., staged: false, elements: '
        f'[{{code: "{n}", name: N, prompt: I do.}}]}}\n'
        for n in range(3, 11)
    )
    text = changed("expectations:\n", f"{extra}expectations:\n")
    text = text[: text.index("expectations:\n")]

    assert problems(text) == [(25, "domains", "must have 1 to 9 entries, not 10")]


def test_byte_order_mark_is_accepted() -> None:
    assert framework_files.read(GOOD.encode("utf-8-sig")) == framework_files.read(GOOD)


# --- digest ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        "# a comment\n" + GOOD,
        changed("name: Test framework", 'name: "Test framework"'),
        changed("name: Test framework\npublisher: Test publisher", "publisher: Test publisher\nname: Test framework"),
        changed("closed_to_new: false", "closed_to_new: false\ndefault: false"),
        changed("name: Test framework", "name: >-\n  Test\n  framework"),
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_digest_is_the_same_whatever_the_layout(same: str) -> None:
    assert same != GOOD
    assert framework_files.digest(same) == framework_files.digest(framework_files.read(GOOD))


@pytest.mark.parametrize(
    "other",
    [
        changed("I do two.", "I do two!"),
        changed("max_level: 1", "max_level: 2"),
        changed("closed_to_new: false", "closed_to_new: true"),
        changed("minimum_level: 1", "minimum_level: 2"),
        changed("not_observed: 0", "not_observed: null"),
    ],
)
def test_digest_differs_when_the_content_does(other: str) -> None:
    assert framework_files.digest(other) != framework_files.digest(GOOD)


# --- whatever comes in -------------------------------------------------------------------------------------------


def loads_or_is_refused(content: bytes | str) -> None:
    try:
        framework = framework_files.read(content)
    except FrameworkFileError as refused:
        assert refused.problems
        assert all(problem.line >= 1 and problem.column >= 1 and problem.reason for problem in refused.problems)
    else:
        assert framework_files.digest(framework)


SPLICES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"&a ", b"*a", b"!!int ", b"\\U00110000", b'"', b"\x00", b"\xff", b"[", b"{", b"}", b"? ", b"- "]),
    st.sampled_from([b"\n", b"null", b"0", b"99999999999", b"2020-02-30", b"!!set ", b"%YAML 9", b"---\n", b"<<: ", b"|\n"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), SPLICES), min_size=1, max_size=4))
def test_any_change_of_bytes_loads_or_is_refused(edits: list[tuple[float, int, bytes]]) -> None:
    content = GOOD.encode()
    for where, removed, inserted in edits:
        at = int(where * len(content))
        content = content[:at] + inserted + content[at + removed :]

    loads_or_is_refused(content)


JUNK: list[object] = [
    None,
    "",
    "x",
    "1.1",
    0,
    3,
    99,
    1.5,
    True,
    [],
    {},
    [None],
    ["x"],
    {"code": "x"},
    date(2020, 1, 1),
    [[[]]],
]


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_change_of_structure_loads_or_is_refused(rng: random.Random, edits: int) -> None:
    data = yaml.safe_load(GOOD)
    for _ in range(edits):
        holder = data
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(holder[key], (dict, list)) and rng.random() < 0.8:
                holder = holder[key]
                continue
            if rng.random() < 0.3:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(rng.choice(JUNK))
            break

    loads_or_is_refused(yaml.safe_dump(data, sort_keys=False))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_or_text_load_or_are_refused(content: bytes | str) -> None:
    loads_or_is_refused(content)
