"""What leads and tutors do while a cohort runs: start it, note who was there and what is done, finish it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from programmes import steps
from programmes.actions import offering
from programmes.fields import Attended, MilestoneResult
from programmes.models import Appeal, Attendance, Cohort, Enrolment, Equivalence, Milestone, Session
from programmes.states import HOLDING, AppealState, CohortState, EnrolmentState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P


@transaction.atomic
def start(*, cohort: Cohort, by: User) -> Cohort:
    """The programme begins, and the waiting list ends.

    Raises WrongState before places are offered and unless somebody holds one, and while an offer is to be answered, an
    appeal to be decided, or a gate to decide about somebody whom an appeal brought back.
    """
    held = steps.locked(cohort.pk)
    steps.require(by, P.PROGRAMME_MANAGE, held.organisation_id)
    if held.state != CohortState.DECIDED:
        raise WrongState("It can start once places have been offered, and only once.")
    if held.applications.filter(state="offered").exists():
        raise WrongState("Somebody has not yet answered the offer of a place.")
    if appeals := Appeal.objects.filter(application__cohort=held, state=AppealState.LODGED).count():
        said = "1 appeal waits" if appeals == 1 else f"{appeals} appeals wait"
        raise WrongState(f"{said} for a decision. Decide first.")
    if waiting := held.applications.in_selection().count():
        people = "1 person is" if waiting == 1 else f"{waiting} people are"
        raise WrongState(f"{people} still before a gate. Every gate has to decide first.")
    if not held.enrolments.taking_part().exists():
        raise WrongState("Nobody has taken a place yet.")
    offering.end_waiting_list(held, by)
    steps.move(held, CohortState.RUNNING, by=by)
    record("programme.started", held, by=by, organisation_id=held.organisation_id)
    return held


@transaction.atomic
def finish(*, cohort: Cohort, by: User) -> Cohort:
    """The programme ends, once it is said of everybody whether they completed, left, deferred or moved."""
    held = steps.locked(cohort.pk)
    steps.require(by, P.PROGRAMME_MANAGE, held.organisation_id)
    if held.state != CohortState.RUNNING:
        raise WrongState("Only a programme that is under way can finish.")
    if open_ := held.enrolments.taking_part().count():
        people = "1 person still takes" if open_ == 1 else f"{open_} people still take"
        raise WrongState(f"{people} part. Say of each whether they completed, withdrew, deferred or moved.")
    steps.move(held, CohortState.FINISHED, by=by)
    record("programme.finished", held, by=by, organisation_id=held.organisation_id)
    return held


@transaction.atomic
def note_attendance(*, session: Session, marks: Mapping[int, str], by: User, others: Attended | None = None) -> None:
    """Note of people (by the key of their place) how they attended a session that has begun.

    Who is not among `marks` stays as noted; with `others`, whoever nothing is noted of gets that. Nobody notes their
    own attendance.
    """
    held = _taught(session.cohort_id, by)
    row = held.sessions.select_for_update(no_key=True).get(pk=session.pk)
    if row.cancelled_at or row.starts_at > timezone.now():
        raise WrongState("Attendance is noted once a session has begun, and not of one that is cancelled.")
    mine = set(held.enrolments.filter(clinician__user=by).values_list("pk", flat=True))
    if marks.keys() & mine:
        raise WrongState("Nobody notes their own attendance. Ask another lead or a tutor.")
    here = set(held.enrolments.filter(state__in=HOLDING).values_list("pk", flat=True)) - mine
    noted = set(row.attendances.values_list("enrolment_id", flat=True))
    if not marks.keys() <= here | noted:
        raise Invalid("Somebody on this list does not take part any more. Look at it again.")
    wanted = {key: Attended(value) for key, value in marks.items()}
    if others is not None:
        wanted |= dict.fromkeys(here - noted - wanted.keys(), others)
    before = dict(row.attendances.values_list("enrolment_id", "attended"))
    changed = {key: value for key, value in wanted.items() if before.get(key) != value}
    Attendance.objects.bulk_create(
        [
            Attendance(session=row, enrolment_id=key, attended=value, noted_at=timezone.now(), noted_by=by)
            for key, value in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["session", "enrolment"],
        update_fields=["attended", "noted_at", "noted_by"],
    )
    if changed:
        detail = {"cohort": held.pk, "people": len(changed)}
        record("programme.attendance_noted", row, by=by, organisation_id=held.organisation_id, detail=detail)


@transaction.atomic
def note_milestones(*, enrolment: Enrolment, results: Mapping[int, str], by: User) -> None:
    """Note of parts of the programme (by key) whether somebody has done them, need not, or (empty) neither.

    A part is not needed only with recognised earlier learning of the programme's tier, and where the programme says
    so of that part.
    """
    held = _taught(enrolment.cohort_id, by)
    if held.state != CohortState.RUNNING:
        raise WrongState("What people have done is noted while the programme is under way.")
    row = held.enrolments.select_for_update(of=("self",), no_key=True).select_related("clinician").get(pk=enrolment.pk)
    if row.state != EnrolmentState.ENROLLED:
        raise WrongState("This person does not take part any more, or has completed the programme.")
    if row.clinician.user_id == by.pk:
        raise WrongState("Nobody notes their own parts as done. Ask another lead or a tutor.")
    stages = {stage.pk: stage for stage in held.version.stages.all()}
    if not results.keys() <= stages.keys():
        raise Invalid("This is not a part of the programme.")
    before = dict(row.milestones.values_list("stage_id", "result"))
    changed = {key: value for key, value in results.items() if before.get(key, "") != value}
    recognised = has_equivalent(enrolment=row) if MilestoneResult.EXEMPT in changed.values() else False
    for key, value in changed.items():
        if value == MilestoneResult.EXEMPT and not (recognised and stages[key].exempt_by_equivalence):
            raise Invalid("This part is needed: no earlier learning is recognised for it.", field=f"stage_{key}")
    row.milestones.filter(stage__in=changed).delete()
    Milestone.objects.bulk_create(
        Milestone(enrolment=row, stage=stages[key], result=MilestoneResult(value), by=by)
        for key, value in changed.items()
        if value
    )
    if changed:
        detail = {"cohort": held.pk, "parts": sorted(stages[key].position for key in changed)}
        record("programme.milestones_noted", row, by=by, organisation_id=held.organisation_id, detail=detail)


def has_equivalent(*, enrolment: Enrolment) -> bool:
    """Whether the person has recognised earlier learning of the programme's tier today."""
    recognised = Equivalence.objects.counting_as(enrolment.cohort.version.programme.tier, today())
    return bool(recognised.filter(clinician=enrolment.clinician_id).exists())


def _taught(cohort_id: int, by: User) -> Cohort:
    """The cohort, locked, for whoever runs or teaches it."""
    held = steps.locked(cohort_id)
    teaches = by.scope_for(P.PROGRAMME_TEACH).user_id is not None and held.tutors.filter(user=by).exists()
    if not teaches and not by.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({held.organisation_id})):
        raise NotAllowed("Only who runs or teaches this cohort can do this.")
    return held
