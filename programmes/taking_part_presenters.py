"""What the pages of taking part show, and what waits for whoever takes part, teaches, leads or supports."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from programmes.actions import completing, learning_sets
from programmes.check_ins import dates
from programmes.fields import Attended, MilestoneResult, ProgrammeKind
from programmes.models import Certificate, CheckIn, Cohort, Enrolment, LearningSet, Session
from programmes.states import COHORT_OVER, HOLDING, NOT_LEFT, CohortState, EnrolmentState
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page

N = EnrolmentState
COLOURS = {N.ENROLLED: "blue", N.DEFERRED: "yellow", N.TRANSFERRED: "grey", N.WITHDRAWN: "grey", N.COMPLETED: "green"}
COHORT_COLOURS = {CohortState.RUNNING: "blue", CohortState.FINISHED: "green", CohortState.CANCELLED: "red"}
WERE_THERE = (Attended.PRESENT, Attended.PARTLY)
SESSIONS_AT_ONCE = 25


def state_tag(row: Enrolment) -> dict[str, str]:
    """A place's state as a tag; one that has not begun says so."""
    if row.state == N.ENROLLED and row.cohort.state != CohortState.RUNNING:
        over = row.cohort.state in COHORT_OVER
        return {"text": row.cohort.get_state_display() if over else "Not started", "classes": "nhsuk-tag--grey"}
    return {"text": row.get_state_display(), "classes": f"nhsuk-tag--{COLOURS[N(row.state)]}"}


def cohort_tag(cohort: Cohort) -> dict[str, str]:
    """A cohort's state as a tag."""
    colour = COHORT_COLOURS.get(CohortState(cohort.state), "grey")
    return {"text": cohort.get_state_display(), "classes": f"nhsuk-tag--{colour}"}


# --- whoever takes part ----------------------------------------------------------------------------------------------


def mine(user: User) -> dict[str, Any]:
    """The programmes of a person, with the next session of each: those under way, and those that are over."""
    rows = list(Enrolment.visible_to(user, P.PROGRAMME_TAKE_PART).with_people().order_by("-pk"))
    now = [row.cohort_id for row in rows if row.state == N.ENROLLED and row.cohort.state not in COHORT_OVER]
    coming = _next_sessions(user, now)
    listed = [{"row": row, "tag": state_tag(row), "next": coming.get(row.cohort_id)} for row in rows]
    return {
        "now": [one for one in listed if one["row"].state in NOT_LEFT],
        "over": [one for one in listed if one["row"].state not in NOT_LEFT],
    }


def _next_sessions(user: User, cohorts: Collection[int]) -> dict[int, Session]:
    rows = Session.visible_to(user, P.PROGRAMME_TAKE_PART).filter(cohort__in=cohorts, cancelled_at=None)
    found: dict[int, Session] = {}
    for session in rows.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk"):
        found.setdefault(session.cohort_id, session)
    return found


def place_page(row: Enrolment, user: User) -> dict[str, Any]:
    """Everything about one place, for its holder."""
    results = dict(row.milestones.values_list("stage_id", "result"))
    attended = {one.session_id: one.get_attended_display() for one in row.attendances.all()}
    sessions = [(session, attended.get(session.pk, "")) for session in row.cohort.sessions.order_by("starts_at", "pk")]
    sets = LearningSet.visible_to(user, P.PROGRAMME_TAKE_PART).filter(members__enrolment=row)
    return {
        "place": row,
        "tag": state_tag(row),
        "tasks": [_stage_task(stage, results.get(stage.pk, "")) for stage in row.cohort.version.stages.all()],
        "coming": [pair for pair in sessions if pair[0].ends_at >= timezone.now()],
        "past": [pair for pair in sessions if pair[0].ends_at < timezone.now() and not pair[0].cancelled_at],
        "set": sets.first(),
        "check_ins": dates(row) if row.supporter_id else [],
        "fellowship": row.cohort.version.programme.kind == ProgrammeKind.FELLOWSHIP,
        "objectives": list(row.objectives.all()),
        "open": row.state in NOT_LEFT,
        "certificate": Certificate.visible_to(user, P.PROGRAMME_TAKE_PART).filter(enrolment=row).first(),
    }


def _stage_task(stage: Any, result: str) -> dict[str, Any]:
    hint = f"{stage.get_kind_display()}, {stage.weeks} {'week' if stage.weeks == 1 else 'weeks'}"
    if result:
        status: dict[str, Any] = {"text": MilestoneResult(result).label}
    else:
        status = {"tag": {"text": "Not done yet", "classes": "nhsuk-tag--grey"}}
    return {"title": {"text": stage.name}, "hint": {"text": hint}, "status": status}


# --- leads and tutors ------------------------------------------------------------------------------------------------


def cohort_links(cohort: Cohort, user: User) -> list[tuple[str, str, str]]:
    """The way from the lead's page of a cohort to the cohort as it runs."""
    if not user.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({cohort.organisation_id})):
        return []
    hint = "Sessions, attendance, what each person has done, sets, and certificates."
    return [("People and sessions", reverse("taking_part:cohort", args=[cohort.pk]), hint)]


def people(cohort: Cohort, user: User, *, leads: bool) -> Any:
    """The places of a cohort with how far each person is; rows for a page."""
    rows = Enrolment.visible_to(user, P.PROGRAMME_MANAGE if leads else P.PROGRAMME_TEACH).filter(cohort=cohort)
    return rows.select_related("clinician", "cohort").annotate(
        parts_done=Count("milestones", distinct=True),
        sessions_attended=Count("attendances", filter=Q(attendances__attended__in=WERE_THERE), distinct=True),
    )


def cohort_page(cohort: Cohort, params: QueryDict, *, leads: bool) -> dict[str, Any]:
    """What a cohort's page shows beside its people."""
    sessions = keyset_page(
        cohort.sessions.annotate(noted=Count("attendances")),
        params=params,
        order=("starts_at", "pk"),
        size=SESSIONS_AT_ONCE,
        prefix="sessions_",
    )
    states = dict(cohort.enrolments.order_by().values_list("state").annotate(Count("pk")))
    stages = cohort.version.stages.count()
    taking = cohort.enrolments.taking_part().annotate(done=Count("milestones"))
    return {
        "cohort": cohort,
        "tag": cohort_tag(cohort),
        "leads": leads,
        "sessions": [
            {
                "row": session,
                "begun": has_begun(session),
                "open": not session.cancelled_at and not session.noted,
            }
            for session in sessions.rows
        ],
        "sessions_page": sessions,
        "held_sessions": held_sessions(cohort),
        "parts": stages,
        "states": [(EnrolmentState(state).label, count) for state, count in sorted(states.items())],
        "places_taken": sum(count for state, count in states.items() if state in HOLDING),
        "ready": taking.filter(done=stages).count() if leads and cohort.state == CohortState.RUNNING else 0,
        "may_start": leads and cohort.state == CohortState.DECIDED,
        "may_finish": leads and cohort.state == CohortState.RUNNING and not states.get(N.ENROLLED),
        "over": cohort.state in COHORT_OVER,
        "sets": cohort.sets.count(),
    }


def person_page(row: Enrolment, user: User, *, leads: bool) -> dict[str, Any]:
    """How somebody gets on, for who runs or teaches the cohort; tutors see attendance and milestones alone."""
    cohort = row.cohort
    running = cohort.state == CohortState.RUNNING
    taking = row.state == N.ENROLLED
    context: dict[str, Any] = {
        "place": row,
        "tag": state_tag(row),
        "leads": leads,
        "attendances": list(row.attendances.select_related("session").order_by("session__starts_at")),
        "milestones": list(row.milestones.select_related("stage")),
        "writable": running and taking,
    }
    if not leads:
        return context
    missing = completing.missing_parts(enrolment=row) if running and taking else []
    return context | {
        "missing": missing,
        "may_complete": running and taking and not missing,
        "may_come_back": row.state == N.DEFERRED and cohort.state not in COHORT_OVER,
        "open": row.state in NOT_LEFT,
        "taking": taking,
        "objectives": list(row.objectives.all()),
        "fellowship": cohort.version.programme.kind == ProgrammeKind.FELLOWSHIP,
        "transitions": list(row.transitions.select_related("by")),
        "certificate": Certificate.visible_to(user, P.PROGRAMME_MANAGE).filter(enrolment=row).first(),
    }


def attendance_people(session: Session, user: User) -> tuple[list[Enrolment], dict[int, str]]:
    """Of whom this person can note attendance (never of themself), by family name, and what is noted."""
    noted = dict(session.attendances.exclude(enrolment__clinician__user=user).values_list("enrolment_id", "attended"))
    rows = session.cohort.enrolments.filter(Q(state__in=HOLDING) | Q(pk__in=noted)).exclude(clinician__user=user)
    ordered = rows.select_related("clinician").order_by("clinician__family_name", "clinician__given_name", "pk")
    return list(ordered), noted


def has_begun(session: Session) -> bool:
    """Whether attendance can be noted."""
    return session.starts_at <= timezone.now() and not session.cancelled_at


def held_sessions(cohort: Cohort) -> int:
    """How many sessions of a cohort attendance can be noted of."""
    return cohort.sessions.filter(cancelled_at=None, starts_at__lte=timezone.now()).count()


def sets_page(cohort: Cohort) -> dict[str, Any]:
    """The sets there are, what would be formed, and whether that can still be done."""
    made = list(cohort.sets.prefetch_related("members__enrolment__clinician", "meetings"))
    met = any(one.meetings.all() for one in made)
    proposal = [] if met else learning_sets.proposed(cohort=cohort)
    without = cohort.enrolments.taking_part().filter(set_membership=None).count()
    return {
        "cohort": cohort,
        "sets": made,
        "met": met,
        "proposal": proposal,
        "seen": learning_sets.mark_of(proposal),
        "without": without,
        "may_form": cohort.state in (CohortState.DECIDED, CohortState.RUNNING) and not met and bool(proposal),
    }


# --- supporters ------------------------------------------------------------------------------------------------------


def fellows(user: User) -> dict[str, Any]:
    """Whom somebody supports, with the next check-in of each, and their check-ins with others."""
    rows = list(Enrolment.visible_to(user, P.FELLOW_SUPPORT).with_people().order_by("clinician__family_name", "pk"))
    own = CheckIn.visible_to(user, P.FELLOW_SUPPORT)
    coming: dict[int, CheckIn] = {}
    for one in own.filter(held_on=None, enrolment__in=rows).order_by("planned_on", "pk"):
        coming.setdefault(one.enrolment_id, one)
    worried = set(own.filter(worried=True, enrolment__in=rows).values_list("enrolment_id", flat=True))
    earlier = own.exclude(enrolment__in=rows).select_related("enrolment__clinician").order_by("-planned_on", "-pk")
    return {
        "fellows": [
            {
                "row": row,
                "tag": state_tag(row),
                "next": coming.get(row.pk),
                "late": row.pk in coming and coming[row.pk].planned_on < today(),
                "worried": row.pk in worried,
            }
            for row in rows
        ],
        "earlier": list(earlier[:50]),
    }


# --- what waits ------------------------------------------------------------------------------------------------------


def sessions_to_note(user: User) -> list[Need]:
    """Sessions that are over and of which no attendance is noted, of the cohorts somebody runs or teaches."""
    nobody = Q(attendances=None)
    found: dict[int, Session] = {}
    for permission in (P.PROGRAMME_MANAGE, P.PROGRAMME_TEACH):
        rows = Session.visible_to(user, permission).filter(nobody, cancelled_at=None, ends_at__lt=timezone.now())
        for session in rows.filter(cohort__state=CohortState.RUNNING).order_by("starts_at", "pk"):
            found[session.pk] = session
    if not found:
        return []
    first = next(iter(found.values()))
    href = reverse("taking_part:attendance", args=[first.pk])
    text = "Note who was at a session" if len(found) == 1 else f"Note who was at {len(found)} sessions"
    return [Need(text, href, count=len(found), due=timezone.localdate(first.starts_at))]


def check_ins_due(user: User) -> list[Need]:
    """Check-ins whose day has come, of people somebody supports."""
    rows = CheckIn.visible_to(user, P.FELLOW_SUPPORT).filter(held_on=None, planned_on__lte=today())
    rows = rows.exclude(enrolment__cohort__state__in=COHORT_OVER)
    days = list(
        rows.filter(enrolment__supporter=user.pk, enrolment__state=N.ENROLLED)
        .order_by("planned_on")
        .values_list("planned_on", flat=True)
    )
    if not days:
        return []
    text = "Check in with somebody you support" if len(days) == 1 else f"{len(days)} check-ins are due"
    return [Need(text, reverse("taking_part:fellows"), count=len(days), due=days[0])]
