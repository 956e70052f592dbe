"""What the pages of assessments show: tasks and their states, results, and what waits for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.roles import Role
from registry.clinicians.fields import CareerStage
from registry.clinicians.models import Clinician
from registry.clinicians.presenters import Link, Panel
from registry.competency.expectation import Against, standing_against
from registry.competency.models import Assessment, Domain, Element, ElementLevel, Expectation, FrameworkVersion
from registry.competency.radar import Chart, Series, chart
from registry.competency.states import State
from registry.competency.twelfths import in_levels, twelfths
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission

COLOURS = {State.DRAFT: "blue", State.SUBMITTED: "yellow", State.AGREED: "green", State.WITHDRAWN: "grey"}

AGAINST_COLOURS = {Against.AHEAD: "blue", Against.AS_EXPECTED: "green", Against.NOT_YET: "orange"}


def tag(assessment: Assessment) -> dict[str, str]:
    """The design system's tag for an assessment's state."""
    state = State(assessment.state)
    return {"text": state.label, "classes": f"nhsuk-tag--{COLOURS[state]}"}


# --- one assessment ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element with what was said about it; labels are empty where nothing was."""

    element: Element
    level: ElementLevel | None
    own: str
    agreed: str

    @property
    def differs(self) -> bool:
        """Whether the appraiser's level is another than the clinician's own."""
        return self.level is not None and self.level.self_level != self.level.agreed_level


@dataclass(frozen=True, slots=True)
class DomainRows:
    """A domain and its elements, as many pages list them."""

    domain: Domain
    rows: list[ElementRow]

    @property
    def single(self) -> bool:
        """Whether the domain is one element of the same name, which need not be said twice."""
        return len(self.rows) == 1 and self.rows[0].element.name == self.domain.name

    @property
    def answered(self) -> int:
        """How many elements have a level of the clinician's own."""
        return sum(row.own != "" for row in self.rows)

    @property
    def status(self) -> dict[str, Any]:
        """How far the domain is, as the task list says it."""
        if self.answered == len(self.rows):
            return {"text": "Completed"}
        started = any(row.level for row in self.rows)
        text, colour = (f"{self.answered} of {len(self.rows)} answered", "blue") if started else ("Not started", "grey")
        return {"tag": {"text": text, "classes": f"nhsuk-tag--{colour}"}}


def domain_rows(assessment: Assessment, *parts: str) -> list[DomainRows]:
    """Every domain with its elements and levels, in three queries, and one more for each of `parts` of the domains."""
    version = assessment.version
    stored = {row.element_id: row for row in assessment.levels.all()}
    found = []
    for domain in version.domains.prefetch_related("elements", *parts):
        labels: dict[int | None, str] = {value.value: value.label for value in version.scale(domain.scale).values}
        rows = []
        for element in domain.elements.all():
            level = stored.get(element.pk)
            own = labels.get(level.self_level, "") if level else ""
            rows.append(ElementRow(element, level, own, labels.get(level.agreed_level, "") if level else ""))
        found.append(DomainRows(domain, rows))
    return found


# --- the result ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A domain's figures as the table shows them; the chart draws the same."""

    domain: Domain
    own: str
    agreed: str
    expected: str
    previous: str
    stage: str
    against: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result page: the figures, two drawings of them (for a wide and a narrow window) and the elements."""

    series: list[Series]
    figures: list[Figure]
    wide: Chart
    narrow: Chart
    domains: list[DomainRows]
    previous: Assessment | None
    matrix: str
    stage: str


def result(assessment: Assessment, *, viewer: Any, full: bool) -> Result:
    """The levels of a submitted or agreed assessment; `full` shows the clinician's own levels too.

    Expectations are those of the career stage and matrix kept when it was submitted. The previous assessment is the
    last one of the framework agreed before this one that the viewer may see; its domains are matched by code.
    """
    version = assessment.version
    domains = domain_rows(assessment, "expectations")
    scales = {group.domain.pk: version.scale(group.domain.scale) for group in domains}
    previous = _previous(assessment, viewer)
    before = _levels_by_code(previous) if previous else {}
    expected = {
        row.domain_id: row
        for group in domains
        for row in group.domain.expectations.all()
        if (row.matrix, row.career_stage) == (assessment.matrix, assessment.career_stage)
    }
    own, agreed, wanted, earlier, figures = [], [], [], [], []
    for group in domains:
        left_out = scales[group.domain.pk].not_observed
        own.append(twelfths((row.level.self_level for row in group.rows if row.level), left_out))
        agreed.append(twelfths((row.level.agreed_level for row in group.rows if row.level), left_out))
        cell = expected.get(group.domain.pk)
        wanted.append(cell.minimum_level * 12 if cell and cell.expectation != "none" else None)
        earlier.append(before.get(group.domain.code))
        figures.append(
            Figure(
                domain=group.domain,
                own=in_levels(own[-1]),
                agreed=in_levels(agreed[-1]),
                expected=f"{cell.minimum_level} ({cell.get_expectation_display().lower()})"
                if cell and cell.expectation != "none"
                else "",
                previous=in_levels(earlier[-1]),
                stage=str(assessment.stage) if group.domain.staged and assessment.stage else "",
                against=against_tag(cell, agreed[-1]),
            )
        )
    is_agreed = assessment.state == State.AGREED
    reach = [assessment.stage * 12 if group.domain.staged and assessment.stage else None for group in domains]
    series = [
        Series("stage", "Stage you assess at" if full else "Stage assessed at", tuple(reach)),
        Series("expected", "Expected at your career stage" if full else "Expected at this career stage", tuple(wanted)),
        Series("previous", "Agreed last time", tuple(earlier)),
        *([Series("self", "Your own levels" if full else "Own levels", tuple(own))] if full else []),
        *([Series("agreed", "Agreed levels", tuple(agreed))] if is_agreed else []),
    ]
    series = [one for one in series if any(value is not None for value in one.values)]
    top = version.top_level
    return Result(
        series=series,
        figures=figures,
        wide=chart([group.domain.name for group in domains], series, top, wide=True),
        narrow=chart([group.domain.code for group in domains], series, top, wide=False),
        domains=domains,
        previous=previous,
        matrix=next((m["name"] for m in version.matrices if m["code"] == assessment.matrix), ""),
        stage=next(
            (m["stages"][assessment.career_stage] for m in version.matrices if m["code"] == assessment.matrix), ""
        ),
    )


def against_tag(cell: Expectation | None, level: int | None) -> dict[str, str] | None:
    """The tag of a level in twelfths against its expectation; none where there is nothing to judge."""
    if cell is None:
        return None
    found = standing_against(level, cell.minimum_level, cell.expectation)
    if found not in AGAINST_COLOURS:
        return None
    return {"text": found.label, "classes": f"nhsuk-tag--{AGAINST_COLOURS[found]}"}


def _previous(assessment: Assessment, viewer: Any) -> Assessment | None:
    seen = Assessment.visible_to(viewer, Permission.ASSESSMENT_VIEW).agreed().select_related("version")
    earlier = seen.filter(clinician=assessment.clinician_id, framework=assessment.framework)
    if assessment.agreed_at:
        earlier = earlier.filter(agreed_at__lt=assessment.agreed_at)
    found: Assessment | None = earlier.first()
    return found


def _levels_by_code(assessment: Assessment) -> dict[str, int | None]:
    version = assessment.version
    return {
        group.domain.code: twelfths(
            (row.level.agreed_level for row in group.rows if row.level), version.scale(group.domain.scale).not_observed
        )
        for group in domain_rows(assessment)
    }


# --- frameworks ----------------------------------------------------------------------------------------------------


def standing_of(version: FrameworkVersion, current: Iterable[int]) -> dict[str, str]:
    """Whether a version is in use, as a tag; `current` has the keys of the versions in force."""
    if version.effective_from > today():
        return {"text": "Not yet in force", "classes": "nhsuk-tag--blue"}
    if version.pk in current and not version.closed_to_new:
        return {"text": "In use", "classes": "nhsuk-tag--green"}
    return {"text": "Closed to new assessments", "classes": "nhsuk-tag--grey"}


def home_of(user: Any) -> int | None:
    """The organisation whose words and ways this person reads a framework by.

    That of their own profile, as on their assessments, else that of the first role they were given at one; one query.
    """
    if own := getattr(user, "clinician", None):
        return int(own.organisation_id)
    given = sorted((grant.pk, grant.organisation_id) for grant in user.grants if grant.organisation_id)
    return given[0][1] if given else None


def matrices(version: FrameworkVersion) -> list[dict[str, Any]]:
    """The expectation matrices as tables: a row for each domain, a column for each career stage."""
    cells = {
        (row.matrix, row.domain_id, row.career_stage): row
        for domain in version.domains.all()
        for row in domain.expectations.all()
    }
    found = []
    for matrix in version.matrices:
        stages = {stage: matrix["stages"][stage] for stage in CareerStage.values}  # JSON keeps no order
        rows = [
            (domain, [cells[matrix["code"], domain.pk, stage] for stage in stages]) for domain in version.domains.all()
        ]
        found.append(matrix | {"stages": stages, "rows": rows})
    return found


# --- the profile page ----------------------------------------------------------------------------------------------


def timeline_panel(reader: Any, clinician: Clinician) -> Panel | None:
    """The way from a profile to the timeline, for whoever may see it; no query."""
    own = clinician.user_id == reader.pk
    if not own and not reader.scope_for(Permission.ASSESSMENT_VIEW).covers(frozenset({clinician.organisation_id})):
        return None
    here = reverse("competency:timeline") if own else reverse("competency:timeline_of", args=[clinician.pk])
    says = "Agreed levels, and results from before the registry, in the order of time."
    return Panel("Leadership over time", [], says, Link("Open the timeline", here, f"of {clinician}"))


# --- what waits for a person ---------------------------------------------------------------------------------------


def needs_now(user: Any) -> list[Need]:
    """What waits for this person here: their drafts, what they wait for, and what they should agree; two queries."""
    needs = []
    own = Assessment.visible_to(user, Permission.ASSESSMENT_EDIT).still_open()
    for assessment in own.select_related("version", "appraiser").order_by("created_at", "pk"):
        name = assessment.version.name
        if assessment.state == State.DRAFT:
            text, href = f"Continue your {name} assessment", reverse("competency:assessment", args=[assessment.pk])
        else:
            text = f"Your {name} assessment is with {assessment.appraiser}"
            href = reverse("competency:result", args=[assessment.pk])
        needs.append(Need(text, href, role=Role.CLINICIAN))
    waiting = Assessment.visible_to(user, Permission.ASSESSMENT_AGREE).still_open().count()
    if waiting:
        needs.append(Need("Assessments to agree", reverse("competency:appraisees"), count=waiting, role=Role.APPRAISER))
    return needs
