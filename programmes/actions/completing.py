"""Completing a programme: the certificate, the entry among alumni, and standing, all at once; and revoking it."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from programmes import place_news, steps
from programmes.actions.alumni import welcome
from programmes.models import Certificate, Cohort, Enrolment
from programmes.states import CohortState, EnrolmentState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.events import selection_facts_changed
from registry.kernel.permissions import Permission as P

NAME_LENGTH = 200


@transaction.atomic
def complete(*, enrolment: Enrolment, by: User) -> Certificate:
    """Say that somebody has completed the programme: everything in it is done, or was not needed.

    Selection knows of it (`standing`) in the same transaction.
    """
    held = _running(enrolment.cohort_id, by)
    row = _locked(held, enrolment.pk)
    if row.state != EnrolmentState.ENROLLED:
        raise WrongState(f"This cannot be completed: {row.get_state_display().lower()}.")
    _not_oneself(row, by)
    if missing := missing_parts(enrolment=row):
        raise WrongState(f"Not done yet: {', '.join(missing)}.")
    certificate = _complete(row, by)
    selection_facts_changed.send(Enrolment, clinician_ids=[row.clinician_id])
    return certificate


@transaction.atomic
def complete_everybody_ready(*, cohort: Cohort, by: User) -> list[Certificate]:
    """The same for everybody who takes part and has done all of it; answers their certificates."""
    held = _running(cohort.pk, by)
    stages = held.version.stages.count()
    ready = (
        held.enrolments.taking_part()
        .exclude(clinician__user=by)
        .annotate(there=Count("milestones"))
        .filter(there=stages)
    )
    rows = [_locked(held, key) for key in ready.values_list("pk", flat=True)]
    if not rows:
        raise WrongState("Nobody has done everything yet.")
    made = [_complete(row, by) for row in rows]
    selection_facts_changed.send(Enrolment, clinician_ids=[row.clinician_id for row in rows])
    return made


def missing_parts(*, enrolment: Enrolment) -> list[str]:
    """The names of the parts somebody has still to do, in order."""
    there = set(enrolment.milestones.values_list("stage_id", flat=True))
    return [stage.name for stage in enrolment.cohort.version.stages.all() if stage.pk not in there]


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """Say that a certificate does not hold; whoever verifies it is told, not why.

    The programme does not count as completed any more, at gates and in `standing`, from the same transaction on.
    """
    cohort = steps.locked(certificate.enrolment.cohort_id)
    steps.require(by, P.PROGRAMME_MANAGE, cohort.organisation_id)
    rows = Certificate.objects.select_for_update(of=("self",), no_key=True).select_related("enrolment__clinician")
    row: Certificate = rows.get(pk=certificate.pk)
    steps.require_of_others(by, row.enrolment.clinician.user_id)
    if row.revoked_at:
        raise WrongState("This certificate has been revoked already.")
    row.revoked_because = steps.worded(reason, field="reason", needed="Say why it does not hold.")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at", "revoked_because"])
    detail = {"cohort": cohort.pk}
    record("programme.certificate_revoked", row, by=by, organisation_id=cohort.organisation_id, detail=detail)
    selection_facts_changed.send(Certificate, clinician_ids=[row.enrolment.clinician_id])
    return row


def _not_oneself(row: Enrolment, by: User) -> None:
    if row.clinician.user_id == by.pk:
        raise WrongState("Nobody completes a programme by their own word. Ask another lead.")


def _running(cohort_id: int, by: User) -> Cohort:
    held = steps.locked(cohort_id)
    steps.require(by, P.PROGRAMME_MANAGE, held.organisation_id)
    if held.state != CohortState.RUNNING:
        raise WrongState("A programme is completed while its cohort is under way.")
    return held


def _locked(held: Cohort, key: int) -> Enrolment:
    rows = held.enrolments.select_for_update(of=("self",), no_key=True).select_related("clinician")
    row: Enrolment = rows.get(pk=key)
    row.cohort = held
    return row


def _complete(row: Enrolment, by: User) -> Certificate:
    programme = row.cohort.version.programme
    row.completed_on = today()
    steps.move(row, EnrolmentState.COMPLETED, by=by, also=("completed_on",))
    welcome(row)
    certificate = Certificate.objects.create(
        enrolment=row,
        name=row.clinician.name[:NAME_LENGTH],
        programme=programme.name,
        award=programme.award,
        issued_on=row.completed_on,
        issued_by=by,
    )
    record(
        "programme.completed",
        row,
        by=by,
        organisation_id=row.cohort.organisation_id,
        detail={"cohort": row.cohort_id, "programme": programme.code},
    )
    place_news.tell(row, by=by)
    return certificate
