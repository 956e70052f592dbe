"""Framework versions as shipped, and assessments in every state, made by the actions people use."""

import functools

from django.utils import timezone

from registry.accounts.roles import Role
from registry.competency import actions, framework_files
from registry.competency.actions import Answer, Judgement
from registry.competency.library import load
from registry.competency.models import Assessment, Element, ElementLevel, FrameworkVersion
from registry.competency.states import Matrix, State
from registry.standing.actions import refresh
from tests.factories.people import user_with

FILES = {
    "LF": "lf-2011",
    "MLCF": "mlcf-2010",
    "CLCF": "clcf-2011",
    "HLM": "hlm-2013",
    "LCF": "board-lcf-2024",
    "LQF": "lqf-2006",
}

TINY = """\
code: {code}
version: "{version}"
name: Tiny framework
publisher: Us
audience: Tests
professions: all_staff
effective_from: {effective_from}
effective_to: {effective_to}
closed_to_new: {closed}
source: Written for the test.
copyright: None.
default_scale: frequency
scales:
  - code: frequency
    name: How often
    not_observed: 0
    values:
      - {{value: 0, label: No chance to demonstrate, meaning: No occasion.}}
      - {{value: 1, label: Seldom, meaning: Hardly ever.}}
      - {{value: 2, label: Often, meaning: Nearly always.}}
domains:
  - code: "1"
    name: First domain
    summary: The first.
    staged: false
    elements:
      - {{code: "1.1", name: Listening, prompt: I listen.}}
      - {{code: "1.2", name: Deciding, prompt: {prompt}}}
"""

# Nothing is expected of students, level 1 of practitioners and level 2 of the experienced.
EXPECTATIONS = """\
expectations:
  - code: cumulative
    name: For tests
    source: Written for the test.
    rows:
      - {career_stage: student, name: Student, cells: [{domain: "1", expectation: none, minimum_level: 0}]}
      - {career_stage: practitioner, name: Practitioner, cells: [{domain: "1", expectation: aware, minimum_level: 1}]}
      - {career_stage: experienced, name: Experienced, cells: [{domain: "1", expectation: expected, minimum_level: 2}]}
"""


@functools.cache
def shipped(code: str) -> framework_files.FrameworkFile:
    """The shipped file of this framework, read."""
    return framework_files.read((framework_files.SHIPPED / f"{FILES[code]}.yaml").read_bytes())


def framework(code: str = "HLM") -> FrameworkVersion:
    """A shipped framework, loaded; HLM is the quickest (nine elements)."""
    return load([shipped(code)])[0][0]


def tiny_text(
    code="TINY", version="1", *, effective_from="2020-01-01", effective_to="null", closed="false", prompt="I decide."
) -> str:
    """A framework file with one domain of two elements, whose level 0 means "not observed"."""
    return TINY.format(**locals())


def tiny(**options) -> FrameworkVersion:
    """The tiny framework, loaded."""
    return load([framework_files.read(tiny_text(**options))])[0][0]


def expecting(**options) -> FrameworkVersion:
    """The tiny framework with expectations, loaded."""
    return load([framework_files.read(tiny_text(**options) + EXPECTATIONS)])[0][0]


def elements_of(version: FrameworkVersion) -> list[Element]:
    """The version's elements in the order of the pages."""
    return list(Element.objects.filter(domain__version=version).order_by("domain__position", "position"))


def appraiser_at(organisation, **attributes):
    """A user with the appraiser role at this organisation."""
    return user_with(Role.APPRAISER, organisation, **attributes)


def draft(clinician, version):
    """A draft of the clinician's own, nothing answered."""
    return actions.start(clinician=clinician, version=version, by=clinician.user)


def answered(clinician, version, level=2, evidence="I led the ward round rota."):
    """A draft with every element at this level."""
    assessment = draft(clinician, version)
    if version.stages:
        assessment = actions.choose_stage(assessment=assessment, stage=2, by=clinician.user)
    answers = {element.pk: Answer(level, evidence) for element in elements_of(version)}
    actions.save_answers(assessment=assessment, answers=answers, by=clinician.user)
    return assessment


def submitted(clinician, version, appraiser=None, level=2):
    """Sent to the appraiser (a new one of the clinician's organisation by default)."""
    appraiser = appraiser or appraiser_at(clinician.organisation)
    assessment = answered(clinician, version, level)
    return actions.submit(assessment=assessment, appraiser=appraiser, by=clinician.user)


def agreed(clinician, version, appraiser=None, level=2, agreed_level=None, reason="Seen in the audit."):
    """Agreed at the clinician's own levels, or all at `agreed_level`."""
    assessment = submitted(clinician, version, appraiser, level)
    judge(assessment, level if agreed_level is None else agreed_level, reason)
    return actions.agree(assessment=assessment, by=assessment.appraiser)


def judge(assessment, level, reason="Seen in the audit."):
    """Save the appraiser's level for every element."""
    assessment.refresh_from_db()
    judgements = {
        row.element_id: Judgement(level, reason if row.self_level != level else "") for row in assessment.levels.all()
    }
    actions.save_judgements(assessment=assessment, judgements=judgements, by=assessment.appraiser)


def agreed_in_sets(version, levels, *, by):
    """Agreed assessments of many clinicians, each at one level throughout (`levels`: clinician to level), by one user."""
    rows = Assessment.objects.bulk_create(
        Assessment(clinician=person, version=version, framework=version.code, appraiser=by) for person in levels
    )
    elements = elements_of(version)
    ElementLevel.objects.bulk_create(
        ElementLevel(assessment=row, element=element, self_level=level, agreed_level=level)
        for row, level in zip(rows, levels.values(), strict=True)
        for element in elements
    )
    for row in rows:
        row.career_stage, row.matrix = row.clinician.career_stage, version.matrix_or_only(Matrix.CUMULATIVE)
        row.submitted_at, row.submitted_by, row.state = timezone.now(), by, State.SUBMITTED
    Assessment.objects.bulk_update(rows, ["career_stage", "matrix", "submitted_at", "submitted_by", "state"])
    for row in rows:
        row.agreed_at, row.agreed_by, row.state = timezone.now(), by, State.AGREED
    Assessment.objects.bulk_update(rows, ["agreed_at", "agreed_by", "state"])
    refresh([person.pk for person in levels])
    return rows
