"""An assessor's part: say whether there is a conflict, score each criterion, and submit."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from programmes import assessors, evidence, gates, steps
from programmes.actions import assigning, offering
from programmes.actions.settling import settle
from programmes.fields import MOST_POINTS
from programmes.models import Cohort, Criterion, GateResult, Reading, Score
from programmes.states import ApplicationState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission

# Points (None: not given yet) and a comment, by the criterion's key.
Given = Mapping[int, tuple[int | None, str]]


@transaction.atomic
def declare(*, reading: Reading, conflict: bool, reason: str = "", by: User) -> None:
    """Say, before reading, whether there is a conflict of interest; with one the file is closed for good.

    Somebody else is then found for it at once, where there is somebody. A conflict can also be declared later, on
    finding out whose application it must be, until the scores are submitted: then they do not count.
    Raises Invalid for a conflict without a reason, WrongState where it was declared or taken back before.
    """
    cohort, row = _held(reading, by)
    if row.conflict or (row.conflict is False and not conflict):
        raise WrongState("You have said so already.")
    if row.submitted_at is not None:
        raise WrongState("You have submitted your scores. Tell the programme lead.")
    reason = steps.worded(reason, field="reason", needed="Say what the conflict is." if conflict else "")
    if not conflict:
        _check_independent(row, by)
    row.conflict, row.conflict_reason, row.declared_at = conflict, reason if conflict else "", timezone.now()
    row.save(update_fields=["conflict", "conflict_reason", "declared_at"])
    detail = {"application": row.application.reference, "gate": row.gate_id, "conflict": conflict}
    record("reading.declared", row.application, by=by, organisation_id=cohort.organisation_id, detail=detail)
    if conflict:
        assigning.one_more(row, cohort)


@transaction.atomic
def save(*, reading: Reading, given: Given, by: User) -> None:
    """Keep scores and comments as a draft that nobody else sees.

    Raises Invalid for points that there are not, WrongState where the file is not open to `by`.
    """
    _, row = _held(reading, by)
    _check_writable(row, by)
    _store(row, given)


@transaction.atomic
def submit(*, reading: Reading, given: Given, by: User) -> None:
    """Give one's scores, for good; with the last of them the gate decides, or one more assessor reads it.

    Raises Invalid where a criterion has no points, WrongState where the file is not open to `by`.
    """
    cohort, row = _held(reading, by)
    _check_writable(row, by)
    _store(row, given)
    stored = dict(row.scores.values_list("criterion", "points"))
    for criterion in Criterion.rows().filter(gate=row.gate_id):
        if criterion.pk not in stored:
            raise Invalid(f"Score “{criterion.name}”.", field=field_of(criterion.pk))
    row.submitted_at = timezone.now()
    row.save(update_fields=["submitted_at"])
    detail = {"application": row.application.reference, "gate": row.gate_id}
    record("reading.scored", row.application, by=by, organisation_id=cohort.organisation_id, detail=detail)
    if assigning.one_more(row, cohort) == 0 and _all_in(row):
        settle(cohort=cohort, by=None, only=row.application)
        # Who came back by an appeal after places were offered joins the waiting list with their last score.
        offering.fill(cohort=cohort, by=None)


def field_of(criterion_id: int) -> str:
    """What the form calls the points of a criterion."""
    return f"points_{criterion_id}"


def _held(reading: Reading, by: User) -> tuple[Cohort, Reading]:
    """Cohort and reading, both locked, for their assessor; NotAllowed for anybody else."""
    cohort = steps.locked(reading.application.cohort_id)
    rows = Reading.objects.select_for_update(of=("self",), no_key=True).select_related("application__clinician", "gate")
    row = rows.get(pk=reading.pk)
    steps.require_own(by, Permission.APPLICATION_SCORE, row.assessor_id)
    if row.removed_at is not None:
        raise WrongState("This application was taken back from you.")
    assigning.check_open(cohort, row.gate)
    in_selection = row.application.state == ApplicationState.SUBMITTED
    if not in_selection or GateResult.objects.filter(application=row.application_id, gate=row.gate_id).exists():
        raise WrongState("This application needs no more scores.")
    return cohort, row


def _check_independent(row: Reading, by: User) -> None:
    """Ties can arise after somebody was assigned, or be past what the balance knew: the action asks once more."""
    if assessors.why_not(row.application, by):
        raise NotAllowed("Nobody reads their own application, or that of somebody they compete with or manage.")


def _check_writable(row: Reading, by: User) -> None:
    if row.conflict is None:
        raise WrongState("First say whether you have a conflict of interest.")
    if row.conflict:
        raise WrongState("You declared a conflict of interest, so this application is closed to you.")
    if row.submitted_at is not None:
        raise WrongState("You have submitted your scores.")
    _check_independent(row, by)


def _store(row: Reading, given: Given) -> None:
    known = set(Criterion.rows().filter(gate=row.gate_id).values_list("pk", flat=True))
    kept: dict[int, Score] = {score.criterion_id: score for score in row.scores.all()}
    for key, (points, said) in given.items():
        if key not in known:
            raise Invalid("Score the criteria of this gate.")
        comment = steps.worded(said, field=f"comment_{key}")
        if points is None:
            if comment:
                raise Invalid("Choose the points that your comment explains.", field=field_of(key))
            if key in kept:
                kept[key].delete()
            continue
        if not 0 <= points <= MOST_POINTS:
            raise Invalid("Choose from 0 to 3 points.", field=field_of(key))
        score = kept.get(key) or Score(reading=row, criterion_id=key)
        score.points, score.comment = points, comment
        score.save()


def _all_in(row: Reading) -> bool:
    """Whether everybody who reads the application at this gate has submitted, and there are enough of them."""
    standing = Reading.objects.standing().exclude(conflict=True)
    standing = standing.filter(application=row.application_id, gate=row.gate_id)
    if standing.filter(submitted_at__isnull=True).exists():
        return False
    needs, totals = row.gate.assessors or 0, list(evidence.totals(standing).values())
    return len(totals) >= needs and not gates.needs_another(
        totals, assessors=needs, spread_limit=row.gate.spread_limit or 0
    )
