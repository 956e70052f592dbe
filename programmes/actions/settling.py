"""Settling gates: what each decides about whoever is still in a selection is written down, and tells who is out."""

from dataclasses import dataclass

from django.db import transaction

from programmes import evidence, gates, steps
from programmes.applicants import messages
from programmes.fields import GateOutcome
from programmes.gates import Outcome, Verdict
from programmes.models import Application, ApplicationTransition, Cohort, GateResult
from programmes.models.cohorts import REASON_LENGTH
from programmes.states import IN_SELECTION, ApplicationState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import WrongState

DECIDED = (Outcome.PASSED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many gates were passed just now, and how many people did not pass one."""

    passed: int
    failed: int


@transaction.atomic
def settle(*, cohort: Cohort, by: User | None, only: Application | None = None) -> Settled:
    """Write down what the gates have decided, in order, and take whoever fails one out of the selection.

    Called in the transaction that closes applications (after the cohort has moved on) and in the one that submits a
    score, by the nightly run (`by` nobody), and when a lead asks for it. Safe to run again: what is written down
    stands. `only` one application is looked at where nothing else has changed. Raises NotAllowed for somebody who does
    not run the programme or competes in it, WrongState before applications open and once the cohort is under way.
    """
    held = steps.locked(cohort.pk)
    if by is not None:
        steps.require_selecting(by, held)
    if held.state not in IN_SELECTION:
        raise WrongState("There is no selection to settle in this cohort now.")
    rows = Application.objects.in_selection().filter(cohort=held).with_people().order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    applications = list(rows.select_for_update(of=("self",), no_key=True))
    # What the lock read, not what the page that asked had loaded.
    for row in applications:
        row.cohort = held
    rules = evidence.rules([held.version_id])[held.version_id]
    results: list[GateResult] = []
    failed: dict[Application, str] = {}
    for row, known in zip(applications, evidence.of(applications), strict=True):
        for verdict in gates.walk(rules, known):
            if verdict.outcome in DECIDED and verdict.gate not in known.decided:
                results.append(result(row, verdict))
            if verdict.outcome == Outcome.FAILED:
                failed[row] = verdict.reason[:REASON_LENGTH]
    GateResult.objects.bulk_create(results)
    _reject(failed)
    passed = sum(row.outcome == GateOutcome.PASSED for row in results)
    if results or failed:
        detail = {"passed": passed, "failed": [row.reference for row in failed]}
        record("gates.settled", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return Settled(passed, len(failed))


def result(application: Application, verdict: Verdict) -> GateResult:
    """The row that keeps what a gate decided, by nobody: the registry found it; not stored yet."""
    return GateResult(
        application=application,
        gate_id=verdict.gate,
        outcome=GateOutcome(verdict.outcome.value),
        reason=verdict.reason[:REASON_LENGTH],
        points=None if verdict.points is None else round(verdict.points * 100),
    )


def _reject(failed: dict[Application, str]) -> None:
    """`steps.move` for many at once; by nobody, whoever asked to have the gates settled (the audit knows who)."""
    out = ApplicationState.NOT_SELECTED
    Application.objects.filter(pk__in=[row.pk for row in failed]).update(state=out)
    ApplicationTransition.objects.bulk_create(
        ApplicationTransition(application=row, before=row.state, after=out, reason=reason)
        for row, reason in failed.items()
    )
    messages.tell_result(failed)
