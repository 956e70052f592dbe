"""What the pages of applying show: gates with where somebody stands and why, what comes next, and what waits."""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from programmes import evidence, gates, steps, wording
from programmes.fields import GateKind, GateOutcome
from programmes.gates import Kind, Outcome, Rule, Verdict
from programmes.models import Application, Cohort, Endorsement, Equivalence, Gate, GateResult
from programmes.states import COHORT_OVER, WITHDRAWABLE, ApplicationState, CohortState, EquivalenceState
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date
from registry.nhsuk.paging import keyset_page

A = ApplicationState
SHOWN_AT_ONCE = 25
AUTOMATIC = (Kind.PREREQUISITE, Kind.LEVEL, Kind.CAREER_STAGE)
SCORED = (Kind.WRITTEN, Kind.INTERVIEW)
COLOURS = {
    A.DRAFT: "grey",
    A.SUBMITTED: "blue",
    A.NOT_SELECTED: "red",
    A.RESERVE: "yellow",
    A.OFFERED: "green",
    A.ACCEPTED: "green",
    A.DECLINED: "grey",
    A.WITHDRAWN: "grey",
}
OUTCOMES = {
    Outcome.PASSED: {"text": "Passed", "colour": "green"},
    Outcome.FAILED: {"text": "Not passed", "colour": "red"},
    Outcome.WAITING: {"text": "Waiting", "colour": "yellow"},
    Outcome.NOT_REACHED: {"text": "Comes later", "colour": "grey"},
}
# The register marks what stops counting within so many days.
SOON = datetime.timedelta(days=90)


def tag(row: Application) -> dict[str, str]:
    """The design system's tag for where an application stands."""
    state = ApplicationState(row.state)
    return {"text": state.label, "colour": COLOURS[state]}


# --- gates -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate as a page shows it: what it asks for, how it stands (a tag), and why."""

    name: str
    asks: str
    tag: dict[str, str]
    why: str


def before_applying(cohort: Cohort, clinician: Clinician) -> list[GateLine]:
    """Every gate, with how somebody who has not applied would stand today at those that the registry judges itself."""
    rules = evidence.rules([cohort.version_id])[cohort.version_id]
    (known,) = evidence.of([Application(cohort=cohort, clinician=clinician)])
    asked = _asked([cohort.version_id])
    lines = []
    for rule in rules:
        if rule.kind in AUTOMATIC:
            verdict = gates.judge(rule, known)
        elif rule.kind == Kind.ENDORSEMENT:
            verdict = Verdict(rule.key, Outcome.NOT_REACHED, "They are asked when you send your application.")
        elif rule.kind == Kind.WRITTEN:
            verdict = Verdict(rule.key, Outcome.NOT_REACHED, "You write it below.")
        else:
            verdict = Verdict(rule.key, Outcome.NOT_REACHED, "You are told when and where.")
        lines.append(_line(rule, verdict, asked))
    return lines


def standings(applications: Sequence[Application]) -> list[list[GateLine]]:
    """For each of these applications its gates, as the applicant may know them now; queries do not grow with them.

    What assessors have given is shown once the gate has been settled, and then as a mean: never a single total, and
    never how far they are.
    """
    versions = {row.cohort.version_id for row in applications}
    rules, asked = evidence.rules(versions), _asked(versions)
    found = []
    for row, known in zip(applications, evidence.of(applications), strict=True):
        path = rules[row.cohort.version_id]
        verdicts = gates.walk(path, dataclasses.replace(known, totals={}, expected={}))
        found.append([_line(rule, verdict, asked) for rule, verdict in zip(path, verdicts, strict=True)])
    return found


def _asked(version_ids: Collection[int]) -> dict[int, str]:
    """What each gate of these versions asks for, by its key; two queries."""
    rows = Gate.rows().filter(version__in=version_ids).select_related("prerequisite", "domain")
    return {gate.pk: wording.rule(gate) for gate in rows.prefetch_related("criteria")}


def _line(rule: Rule, verdict: Verdict, asked: Mapping[int, str]) -> GateLine:
    why = verdict.reason
    if rule.kind in SCORED and verdict.outcome == Outcome.WAITING:
        why = "The assessors have not finished."
    return GateLine(GateKind(rule.kind.value).label, asked[rule.key], OUTCOMES[verdict.outcome], why)


# --- the applicant's pages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """One application as a list shows it."""

    row: Application
    tag: dict[str, str]
    next: str


def mine(user: User, params: QueryDict) -> dict[str, Any]:
    """One's applications that something can still come of, and a page of those that are over.

    Seven queries, however many there are.
    """
    rows = Application.visible_to(user, P.PROGRAMME_TAKE_PART).with_people().with_waiting_position()
    open_ = Q(state__in=WITHDRAWABLE) & ~Q(cohort__state__in=COHORT_OVER)
    under_way = list(rows.filter(open_).order_by("-pk"))
    page = keyset_page(rows.exclude(open_), params=params, order=("pk",), descending=True, size=SHOWN_AT_ONCE)
    lines = dict(zip([row.pk for row in under_way], standings(under_way), strict=True))
    return {
        "under_way": [Standing(row, tag(row), comes_next(row, lines[row.pk])) for row in under_way],
        "over": [Standing(row, tag(row), "") for row in page.rows],
        "page": page,
    }


def comes_next(row: Any, lines: Sequence[GateLine]) -> str:
    """What happens next with an application (read `with_waiting_position`), or what the applicant has to do."""
    if row.cohort.state == CohortState.CANCELLED:
        return "This cohort was cancelled."
    if row.state == A.DRAFT:
        return f"Send it by {long_date(row.cohort.closes_on)}."
    if row.state == A.OFFERED:
        return f"Accept or decline by {long_date(row.answer_by)}."
    if row.state == A.RESERVE:
        return f"You are number {row.waiting_position} on the waiting list."
    if row.state == A.ACCEPTED:
        return "You have a place."
    if row.state != A.SUBMITTED:
        return ""
    open_gate = next((line for line in lines if line.tag != OUTCOMES[Outcome.PASSED]), None)
    if open_gate is None:
        return "You have passed every gate. Places are offered when the selection ends."
    return f"{open_gate.name}: {open_gate.why}"


def application_page(row: Application, user: User) -> dict[str, Any]:
    """Everything about one's application, and what can be done; `row` is loaded `with_people` and waiting position."""
    (lines,) = standings([row])
    asked = Endorsement.visible_to(user, P.PROGRAMME_TAKE_PART).select_related("manager")
    endorsement = asked.filter(application=row).first()
    waiting = endorsement is not None and asked.waiting().filter(application=row).exists()
    manager = row.clinician.line_manager
    last = row.transitions.order_by("pk").last()
    return {
        "application": row,
        "tag": tag(row),
        "next": comes_next(row, lines),
        "gates": lines,
        "endorsement": endorsement,
        "may_ask_manager": waiting and manager is not None and manager.user_id not in (None, endorsement.manager_id),
        "line_manager": manager,
        "answers": list(row.answers.select_related("criterion").order_by("criterion__position")),
        "reason": last.reason if last and row.state in (A.NOT_SELECTED, A.WITHDRAWN) else "",
        "may_withdraw": row.state in WITHDRAWABLE,
    }


# --- the leads' pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many stand where at one gate."""

    name: str
    passed: int
    failed: int
    # Not settled: what the gate would say now of those who have reached it.
    ready: int
    waiting: int


def gate_counts(cohort: Cohort, user: User) -> list[GateCount]:
    """For each gate how many passed, failed, could be settled now, and wait; one walk for each application."""
    rules = evidence.rules([cohort.version_id])[cohort.version_id]
    rows = Application.visible_to(user, P.PROGRAMME_MANAGE).filter(cohort=cohort)
    written = GateResult.visible_to(user, P.PROGRAMME_MANAGE).filter(application__cohort=cohort).order_by()
    decided = Counter(written.values_list("gate", "outcome"))
    still = list(rows.in_selection().with_people())
    for row in still:
        row.cohort = cohort
    now: Counter[tuple[int, str]] = Counter()
    for known in evidence.of(still):
        for verdict in gates.walk(rules, known):
            if verdict.gate not in known.decided:
                ready = verdict.outcome in (Outcome.PASSED, Outcome.FAILED)
                now[verdict.gate, "ready" if ready else verdict.outcome.value] += 1
    return [
        GateCount(
            name=GateKind(rule.kind.value).label,
            passed=decided[rule.key, GateOutcome.PASSED],
            failed=decided[rule.key, GateOutcome.FAILED],
            ready=now[rule.key, "ready"],
            waiting=now[rule.key, Outcome.WAITING.value],
        )
        for rule in rules
    ]


def cohort_links(cohort: Cohort, user: User) -> list[tuple[str, str, str]]:
    """What the lead's page of a cohort links to."""
    if cohort.state == CohortState.DRAFT or steps.competes(user, cohort):
        return []
    href = reverse("applying:settle", args=[cohort.pk])
    return [("Gates", href, "How many have passed each gate, and settling what can be decided")]


def register_tag(row: Equivalence) -> dict[str, str]:
    """How something in the equivalence register stands today."""
    if row.state == EquivalenceState.ASKED:
        return {"text": "Waiting for a decision", "colour": "yellow"}
    if row.state == EquivalenceState.REFUSED:
        return {"text": "Not recognised", "colour": "grey"}
    if row.expires_on is not None and row.expires_on < today():
        return {"text": "Expired", "colour": "red"}
    if row.expires_on is not None and row.expires_on <= today() + SOON:
        return {"text": "Ends soon", "colour": "orange"}
    return {"text": "Recognised", "colour": "green"}


# --- what waits for a person -----------------------------------------------------------------------------------------


def needs_of_applicants(user: User) -> list[Need]:
    """Drafts to send and offers to answer; one query."""
    rows = Application.visible_to(user, P.PROGRAMME_TAKE_PART).filter(state__in=(A.DRAFT, A.OFFERED)).with_people()
    needs = []
    for row in rows.exclude(cohort__state__in=COHORT_OVER).order_by("pk"):
        name = row.cohort.version.programme.name
        if row.state == A.OFFERED:
            href = reverse("selecting:offer", args=[row.pk])
            needs.append(Need(f"Answer the offer of a place: {name}", href, due=row.answer_by))
        elif row.cohort.state == CohortState.OPEN and row.cohort.closes_on >= today():
            href = reverse("applying:apply", args=[row.cohort_id])
            needs.append(Need(f"Send your application: {name}", href, due=row.cohort.closes_on))
    return needs


def needs_of_managers(user: User) -> list[Need]:
    """Endorsements that were asked for; one query."""
    rows = Endorsement.visible_to(user, P.APPLICATION_ENDORSE).waiting()
    closing = sorted(rows.values_list("application__cohort__closes_on", flat=True))
    if not closing:
        return []
    held = {grant.role for grant in user.grants}
    role = Role.APPRAISER if Role.APPRAISER in held else Role.CLINICIAN
    href = reverse("applying:endorsements")
    return [Need("Applications to endorse", href, count=len(closing), due=closing[0], role=role)]


def needs_of_leads(user: User) -> list[Need]:
    """Earlier learning to decide on; one query."""
    count = Equivalence.visible_to(user, P.PROGRAMME_MANAGE).filter(state=EquivalenceState.ASKED).count()
    return [Need("Earlier learning to decide on", reverse("applying:register"), count=count)] if count else []
