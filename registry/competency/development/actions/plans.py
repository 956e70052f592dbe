"""Starting and closing a development plan."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.measures import offered
from registry.competency.development.states import PlanState
from registry.competency.development.steps import check_own, worded
from registry.competency.models import Assessment, DevelopmentPlan
from registry.competency.states import State
from registry.kernel.errors import Invalid, WrongState


@transaction.atomic
def start_plan(*, assessment: Assessment, target: str, by: User) -> DevelopmentPlan:
    """A plan from the clinician's newest agreed assessment of a framework, measured against the target of this key.

    The target is copied into the plan. Raises Invalid for a target that is not on offer, WrongState where the
    assessment is not the newest agreed one, or a plan for the framework is open already.
    """
    check_own(assessment.clinician, by)
    newest = Assessment.objects.agreed().filter(clinician=assessment.clinician_id, framework=assessment.framework)
    if assessment.state != State.AGREED or newest.first() != assessment:
        raise WrongState("A plan starts from the newest assessment that was agreed with you.")
    chosen = next((one for one in offered(assessment, by) if one.key == target), None)
    if chosen is None:
        raise Invalid("Choose one of the answers shown.", field="target")
    try:
        with transaction.atomic():
            plan = DevelopmentPlan.objects.create(
                clinician=assessment.clinician,
                assessment=assessment,
                version=assessment.version,
                framework=assessment.framework,
                wanted=chosen.plain(),
            )
    except IntegrityError as error:
        raise WrongState(f"You already have a plan open for the {assessment.version.name}.") from error
    _note(plan, "started", by)
    return plan


@transaction.atomic
def close_plan(*, plan: DevelopmentPlan, outcome: str, by: User) -> DevelopmentPlan:
    """Close a plan for good, with what came of it if the clinician likes; its objectives stay as they are."""
    held = hold_plan(pk=plan.pk, by=by)
    held.outcome = worded(outcome, field="outcome")
    held.state, held.closed_at, held.closed_by = PlanState.CLOSED, timezone.now(), by
    held.save(update_fields=["state", "closed_at", "closed_by", "outcome"])
    _note(held, "closed", by)
    return held


def hold_plan(*, pk: int, by: User) -> DevelopmentPlan:
    """One's own open plan as it is now, locked; NotAllowed or WrongState otherwise."""
    rows = DevelopmentPlan.objects.select_related("clinician").select_for_update(of=("self",), no_key=True)
    held = rows.get(pk=pk)
    check_own(held.clinician, by)
    if held.state != PlanState.OPEN:
        raise WrongState("This plan is closed. You can start a new one.")
    return held


def _note(plan: DevelopmentPlan, verb: str, by: User) -> None:
    # Not its framework, nor what it aims for: the plan is its owner's alone, and the record is read by others.
    record(f"plan.{verb}", plan, by=by, organisation_id=plan.clinician.organisation_id)
