"""What the pages of selection show: readings, gates, the ranking with its reasons, places, appeals, and what waits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from programmes import assessors, evidence, ranking, selection, wording
from programmes.actions import appealing, assigning, offering
from programmes.applicants.presenters import tag
from programmes.fields import SCORED, GateKind
from programmes.models import Answer, Appeal, Application, Cohort, Gate, Reading, Score
from programmes.states import COHORT_OVER, IN_SELECTION, MAY_LOSE, WAITING, AppealState, ApplicationState, CohortState
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date

A = ApplicationState


# --- assessors -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading as its assessor's list shows it."""

    row: Reading
    name: str
    tag: dict[str, str]
    href: str
    act: str


def shown_name(row: Reading) -> str:
    """Whom an assessor meets: a name at an interview, and at no other gate."""
    return row.application.clinician.name if row.gate.kind == GateKind.INTERVIEW else ""


def reading_line(row: Reading) -> ReadingLine:
    """A reading in the list of what there is to score."""
    if row.conflict is None:
        state, act, name = {"text": "New", "colour": "blue"}, "Start", "selecting:declare"
    else:
        state, act, name = {"text": "Started", "colour": "yellow"}, "Go on", "selecting:score"
    return ReadingLine(row, shown_name(row), state, reverse(name, args=[row.pk]), act)


def score_page(row: Reading, user: User) -> dict[str, Any]:
    """What an assessor reads: the criteria and the answers, and at an interview the name; never anything else."""
    answers = Answer.visible_to(user, P.APPLICATION_SCORE).filter(application=row.application)
    return {
        "reading": row,
        "name": shown_name(row),
        "answers": {one.criterion_id: one.text for one in answers},
        "written": list(answers.select_related("criterion").order_by("criterion__position"))
        if row.gate.kind == GateKind.INTERVIEW
        else [],
        "writable": row.submitted_at is None and row.application.state == A.SUBMITTED,
        "scores": {score.criterion_id: score for score in row.scores.all()},
    }


# --- leads: gates and readers ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GateLine:
    """A scored gate as the selection's page shows it."""

    gate: Gate
    # Applications about which it decides next, readings that are not submitted, and those short of a reader.
    waiting: int
    to_come: int
    short: int


def selection_page(cohort: Cohort, user: User) -> dict[str, Any]:
    """How far the selection for a cohort is."""
    open_now = cohort.state in IN_SELECTION
    lines = [_gate_line(cohort, gate, user) for gate in cohort.version.gates.filter(kind__in=SCORED)]
    rows = Application.visible_to(user, P.PROGRAMME_MANAGE).filter(cohort=cohort)
    states = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    appeals = Appeal.visible_to(user, P.PROGRAMME_MANAGE).filter(application__cohort=cohort)
    return {
        "cohort": cohort,
        "lines": lines,
        "open_now": open_now,
        "counts": [
            (ApplicationState(state).label, states[state]) for state in ApplicationState.values if state in states
        ],
        "appeals": list(appeals.select_related("application__clinician").order_by("state", "pk")),
        "may_decide": cohort.state == CohortState.SELECTING,
        "decided": cohort.state in (CohortState.DECIDED, CohortState.RUNNING, CohortState.FINISHED),
        "number_of_assessors": assessors.on_cohort(cohort).count(),
    }


def _gate_line(cohort: Cohort, gate: Gate, user: User) -> GateLine:
    keys = list(assigning.at_gate(cohort, gate).values_list("pk", flat=True))
    short = sum(number > 0 for number in assigning.missing_readers(gate, keys).values())
    to_come = Reading.visible_to(user, P.PROGRAMME_MANAGE).to_score().filter(application__in=keys, gate=gate)
    return GateLine(gate, len(keys), to_come.count(), short)


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """One reader of an application as leads see them; the total only once nobody is still to submit."""

    row: Reading
    state: str
    total: int | None


def reader_lines(readings: Collection[Reading], user: User) -> list[ReaderLine]:
    """These readings with where they stand; two queries."""
    shown = Score.visible_to(user, P.PROGRAMME_MANAGE).filter(reading__in=readings).order_by().values("reading")
    totals = evidence.totals(Reading.visible_to(user, P.PROGRAMME_MANAGE).counting().filter(pk__in=shown))
    return [ReaderLine(row, _standing(row), totals.get(row.pk)) for row in readings]


def _standing(row: Reading) -> str:
    if row.removed_at is not None:
        return "Taken back; does not count"
    if row.conflict:
        return "Declared a conflict"
    if row.submitted_at is not None:
        return "Submitted"
    return "Not started" if row.conflict is None else "Reading"


def readers_of(
    applications: Sequence[Application], gate: Gate, user: User
) -> list[tuple[Application, list[ReaderLine]]]:
    """These applications with their readers at a gate."""
    rows = Reading.visible_to(user, P.PROGRAMME_MANAGE).filter(application__in=applications, gate=gate)
    grouped = defaultdict(list)
    for line in reader_lines(list(rows.select_related("assessor").order_by("pk")), user):
        grouped[line.row.application_id].append(line)
    return [(one, grouped[one.pk]) for one in applications]


def application_page(row: Application, user: User) -> dict[str, Any]:
    """One application as its lead sees it."""
    readings = Reading.visible_to(user, P.PROGRAMME_MANAGE).filter(application=row).select_related("assessor", "gate")
    by_gate = defaultdict(list)
    for line in reader_lines(list(readings.order_by("pk")), user):
        by_gate[line.row.gate_id].append(line)
    results = {one.gate_id: one for one in row.results.select_related("by")}
    open_now = row.state == A.SUBMITTED and row.cohort.state in IN_SELECTION
    return {
        "application": row,
        "tag": tag(row),
        "gates": [
            {
                "gate": gate,
                "result": results.get(gate.pk),
                "readers": by_gate[gate.pk],
                "may_change": open_now and gate.kind in SCORED and gate.pk not in results,
            }
            for gate in row.cohort.version.gates.all()
        ],
        "answers": list(row.answers.select_related("criterion").order_by("criterion__position")),
        "appeals": list(row.appeals.all()),
        "may_withdraw": row.state in WAITING,
        "may_write": row.state in MAY_LOSE and row.cohort.state in IN_SELECTION,
    }


# --- leads: places ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankLine:
    """One place in the ranking before it is decided on: points as people read them, and what follows, with why."""

    rank: int
    row: Application
    interview: str
    written: str
    outcome: str
    offered: bool


def decide_page(cohort: Cohort, user: User) -> dict[str, Any]:
    """The ranking as it would be decided on now, and what still stands in the way."""
    visible = Application.visible_to(user, P.PROGRAMME_MANAGE)
    through = {row.pk: row for row in selection.through_every_gate(cohort).with_people()}
    ordered = selection.ranked(cohort, list(through.values()))
    placed = selection.placed(cohort, ordered)
    scored = set(cohort.version.gates.values_list("kind", flat=True))
    names = wording.limited(placed.because.values())
    lines = [
        RankLine(
            rank,
            through[one.key],
            _points(one.interview) if GateKind.INTERVIEW in scored else "",
            _points(one.written) if GateKind.WRITTEN in scored else "",
            _outcome(one, placed, names),
            one.key in placed.offered,
        )
        for rank, one in enumerate(ordered, start=1)
    ]
    silent = visible.filter(cohort=cohort, state=A.NOT_SELECTED, feedback="").count()
    unable = selection.unable(through.values())
    return {
        "cohort": cohort,
        "lines": lines,
        "tie_rule": ranking.TIE_RULE,
        "limits": wording.limits(cohort),
        "undecided": visible.filter(cohort=cohort, state=A.SUBMITTED).exclude(pk__in=through).count(),
        "silent": silent,
        "unable": [through[key] for key in placed.offered if key in unable],
        "silent_waiting": sum(not through[key].feedback for key in placed.waiting),
        "with_interview": GateKind.INTERVIEW in scored,
        "with_written": GateKind.WRITTEN in scored,
        "last_day": offering.last_day(cohort),
        "offered": len(placed.offered),
    }


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def _outcome(one: ranking.Candidate, placed: ranking.Placed, names: Mapping[str, str]) -> str:
    if one.key in placed.offered:
        return "Offered a place"
    limit = placed.because.get(one.key)
    if limit is None:
        return "Waits: the places are taken"
    return f"Waits: at most {limit.places} for {names.get(limit.value, limit.value)}"


def places_page(cohort: Cohort, rows: Sequence[Application], user: User) -> dict[str, Any]:
    """Places taken and free, and where each of these stands."""
    taken = len(selection.holders(cohort))
    waiting = Application.visible_to(user, P.PROGRAMME_MANAGE).filter(cohort=cohort, state=A.RESERVE).count()
    return {
        "lines": [(row, tag(row)) for row in rows],
        "taken": taken,
        "waiting": waiting,
        "may_close": waiting and cohort.state in (CohortState.DECIDED, CohortState.RUNNING),
    }


# --- appeals ---------------------------------------------------------------------------------------------------------


def appeal_page(row: Application) -> dict[str, Any]:
    """What somebody can appeal against, and until when."""
    last = appealing.last_day(row)
    failed = row.results.filter(outcome="failed").select_related("gate").first()
    about = row.appeals.filter(gate=failed.gate if failed else None)
    possible = last is not None and last >= today() and not about.exists()
    return {"application": row, "last_day": last, "result": failed, "possible": possible}


def decide_appeal_page(row: Appeal, user: User) -> dict[str, Any]:
    """An appeal beside what it is about; points are part of the gate's reason."""
    application = row.application
    return {
        "appeal": row,
        "application": application,
        "result": application.results.filter(gate=row.gate).first() if row.gate_id else None,
        "answers": list(application.answers.select_related("criterion").order_by("criterion__position")),
        "may_decide": appealing.may_decide(row, user),
    }


def applicants_links(row: Application) -> list[dict[str, str]]:
    """What an applicant can do about a result: answer an offer, or appeal."""
    if row.state == A.OFFERED and row.cohort.state not in COHORT_OVER:
        return [{"text": "Answer the offer of a place", "href": reverse("selecting:offer", args=[row.pk])}]
    links = []
    if appeal_page(row)["possible"]:
        href = reverse("selecting:appeal", args=[row.pk])
        last = appealing.last_day(row)
        links.append({"text": f"Appeal (until {long_date(last)})", "href": href})
    return links


# --- what waits ------------------------------------------------------------------------------------------------------


def needs_of_assessors(user: User) -> list[Need]:
    """Applications to score; one query."""
    count = Reading.visible_to(user, P.APPLICATION_SCORE).to_score().count()
    return [Need("Applications to score", reverse("selecting:to_score"), count=count)] if count else []


def needs_of_leads(user: User) -> list[Need]:
    """Appeals to decide, and selections that wait for scores or for a decision about places; three queries."""
    appeals = Appeal.visible_to(user, P.PROGRAMME_MANAGE).filter(state=AppealState.LODGED)
    appeals = appeals.exclude(application__cohort__state=CohortState.CANCELLED)
    needs = []
    first = appeals.order_by("pk").values_list("pk", flat=True)
    if count := len(first):
        needs.append(Need("Appeals to decide", reverse("selecting:decide_appeal", args=[first[0]]), count=count))
    cohorts = Cohort.visible_to(user, P.PROGRAMME_MANAGE).filter(state=CohortState.SELECTING).with_programme()
    theirs = Application.visible_to(user, P.PROGRAMME_TAKE_PART).competing(user)
    cohorts = cohorts.exclude(pk__in=theirs.order_by().values("cohort"))
    missing = Reading.visible_to(user, P.PROGRAMME_MANAGE).to_score()
    missing = missing.filter(application__cohort__in=cohorts.order_by()).order_by()
    behind = dict(missing.values_list("application__cohort").annotate(number=Count("pk")))
    for cohort in cohorts.annotate(undecided=Count("applications", filter=Q(applications__state=A.SUBMITTED))):
        if behind.get(cohort.pk):
            href = reverse("selecting:cohort", args=[cohort.pk])
            needs.append(Need(f"Scores missing: {cohort}", href, count=behind[cohort.pk]))
        elif cohort.undecided:
            needs.append(Need(f"Go on with the selection: {cohort}", reverse("selecting:cohort", args=[cohort.pk])))
    return needs


def cohort_links(cohort: Cohort, user: User) -> list[tuple[str, str, str]]:
    """What the lead's page of a cohort links to."""
    if cohort.state in (CohortState.DRAFT, CohortState.CANCELLED):
        return []
    return [
        (
            "Selection",
            reverse("selecting:cohort", args=[cohort.pk]),
            "Who reads what, scores, the ranking, places and appeals.",
        )
    ]
