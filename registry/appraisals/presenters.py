"""What the pages of appraisals show: where one stands, its tasks, its record, and what waits for a person."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals.actions.conducting import last_objectives, missing_to_sign
from registry.appraisals.models import Appraisal, AppraisalObjective
from registry.appraisals.states import OPEN, SIGNED, WRITABLE, AppraisalState
from registry.clinicians.models import Clinician
from registry.clinicians.presenters import Line, Link, Panel
from registry.competency.presenters import Result, result
from registry.competency.timeline import TimelineEntry
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date, long_date_time

COLOURS = {
    AppraisalState.PREPARING: "blue",
    AppraisalState.READY: "yellow",
    AppraisalState.SIGNED: "yellow",
    AppraisalState.DONE: "green",
    AppraisalState.CANCELLED: "grey",
}
# What a step is called, by the states before and after it; returning and cancelling have their own words.
STEPS = {
    ("", AppraisalState.PREPARING): "opened it",
    (AppraisalState.PREPARING, AppraisalState.READY): "sent it to the appraiser",
    (AppraisalState.READY, AppraisalState.SIGNED): "signed it",
    (AppraisalState.SIGNED, AppraisalState.DONE): "signed it, and it is done",
    (AppraisalState.PREPARING, AppraisalState.DONE): "recorded it as done",
    (AppraisalState.SIGNED, AppraisalState.READY): "returned it to the appraiser",
}
# An appraiser is reminded of a meeting on the home page from two weeks before.
MEETING_AHEAD = datetime.timedelta(days=14)


# --- where one stands ------------------------------------------------------------------------------------------------


def tag(row: Appraisal) -> dict[str, str]:
    """The design system's tag for an appraisal's state; one that is recorded is never signed."""
    state = AppraisalState(row.state)
    if not _begun(row):
        return {"text": "Not open yet", "colour": "grey"}
    text = "To be done" if state == AppraisalState.PREPARING and not _signed(row) else state.label
    return {"text": text, "colour": COLOURS[state]}


def due_tag(row: Appraisal) -> dict[str, str] | None:
    """Whether it is due now or overdue, as a tag; none before its window, or once it is over."""
    if row.state not in OPEN or row.opens_on > today():
        return None
    return {"text": "Overdue", "colour": "red"} if row.due_on < today() else {"text": "Due now", "colour": "orange"}


def waits_for(row: Appraisal, user: User) -> str:
    """Who has to do something next, as this reader says it."""
    if not _begun(row):
        return "Nobody yet"
    own = row.clinician.user_id == user.pk
    me, person, appraiser = "You", str(row.clinician), str(row.appraiser or "Nobody yet")
    if row.state == AppraisalState.READY:
        return appraiser if own else me
    return me if own else person


def _begun(row: Appraisal) -> bool:
    """Whether its window is open, or somebody has done something about it before."""
    return row.opens_on <= today() or row.state != AppraisalState.PREPARING


def window(row: Appraisal) -> str:
    """Both ends of the window in words."""
    return f"From {long_date(row.opens_on)}, due by {long_date(row.due_on)}"


def _signed(row: Appraisal) -> bool:
    return row.rule.cycle.kind in SIGNED


@dataclass(frozen=True, slots=True)
class Standing:
    """One appraisal as a list shows it."""

    row: Appraisal
    tag: dict[str, str]
    due: dict[str, str] | None
    window: str
    waits_for: str


def standing(row: Appraisal, user: User) -> Standing:
    """A line of a list; asks the database nothing of a row loaded `with_people`."""
    return Standing(row, tag(row), due_tag(row), window(row), waits_for(row, user))


def mine(user: User) -> dict[str, Any]:
    """What is due now, what comes later, and what is over; two queries."""
    rows = Appraisal.visible_to(user, P.APPRAISAL_PREPARE).with_people()
    return now_and_later(rows, user) | {"over": [standing(row, user) for row in rows.over()]}


def now_and_later(rows: Any, user: User) -> dict[str, list[Standing]]:
    """The open ones of these in two lists: those that have begun, and those whose window is not open yet; one query."""
    now: list[Standing] = []
    later: list[Standing] = []
    for row in rows.still_open().order_by("due_on", "pk"):
        (now if _begun(row) else later).append(standing(row, user))
    return {"now": now, "later": later}


# --- one appraisal as tasks ------------------------------------------------------------------------------------------


def own_page(row: Appraisal, user: User) -> dict[str, Any]:
    """The page of the person it is about: what to bring, what to send, the meeting, the signature."""
    entries = list(row.checklist.all())
    writable = row.state == AppraisalState.PREPARING
    bring = [
        _task(
            entry.name,
            reverse("appraisals:entry", args=[row.pk, entry.pk]) if writable else "",
            "Ready" if entry.done else "To do",
            done=entry.done,
            hint=entry.hint,
        )
        for entry in entries
    ]
    linked = " and ".join(
        words for words, there in (("levels", row.assessment_id), ("plan", row.plan_id)) if there is not None
    )
    if _signed(row):
        href = reverse("appraisals:levels", args=[row.pk]) if writable else ""
        name = "Your agreed levels and development plan"
        hint = "Both are up to you."
        bring.append(_task(name, href, f"Linked: {linked}" if linked else "None linked", done=bool(linked), hint=hint))
    return _about(row, user) | {
        "bring": bring,
        "steps": _own_steps(row) if _signed(row) else [],
        "ready": sum(entry.done for entry in entries),
        "count": len(entries),
        "wish": row.postponements.filter(approved__isnull=True).first(),
        "decided": row.postponements.filter(approved__isnull=False).last(),
        "may_record": not _signed(row) and row.opens_on <= today(),
    }


def _own_steps(row: Appraisal) -> list[dict[str, Any]]:
    state, appraiser = row.state, row.appraiser
    sent = state != AppraisalState.PREPARING
    send = "" if sent or appraiser is None else reverse("appraisals:send", args=[row.pk])
    unsent = "Not sent yet" if appraiser else "You have no appraiser yet"
    sign = reverse("appraisals:sign", args=[row.pk]) if state == AppraisalState.SIGNED else ""
    met = row.meeting_at is not None
    return [
        _task(f"Send it to {appraiser or 'your appraiser'}", send, "Sent" if sent else unsent, done=sent),
        _task("Meet", "", long_date_time(row.meeting_at) if met else "No meeting set yet", done=met, plain=met),
        _task("Read and sign", sign, "Waits for your signature" if sign else "Cannot start yet", due=bool(sign)),
    ]


def conduct_page(row: Appraisal, user: User) -> dict[str, Any]:
    """The page of the appraiser: what was sent, the meeting, the objectives, the summary, the signature."""
    writable = row.state in WRITABLE

    def to(name: str) -> str:
        return reverse(f"appraisals:{name}", args=[row.pk]) if writable else ""

    sent, last, met = row.state != AppraisalState.PREPARING, last_objectives(appraisal=row), row.meeting_at is not None
    judged = sum(bool(one.result) for one in last)
    missing = missing_to_sign(appraisal=row) if writable else ""
    read = reverse("appraisals:conducted", args=[row.pk]) if sent else ""
    tasks = [
        _task(f"Read what {row.clinician} has prepared", read, "Sent to you" if sent else "Not sent yet", done=sent),
        _task("Set the meeting", to("meeting"), long_date_time(row.meeting_at) if met else "Not set", done=met),
    ]
    if last:
        text = f"{judged} of {len(last)} looked at"
        tasks.append(_task("Look back at last time’s objectives", to("last_time"), text, done=judged == len(last)))
    written = bool(row.summary)
    tasks.append(_task("Write the summary", to("summary"), "Written" if written else "Not written", done=written))
    signed = row.state == AppraisalState.SIGNED
    sign = reverse("appraisals:appraiser_sign", args=[row.pk]) if writable and not missing else ""
    text = "Signed" if signed else "Cannot sign yet" if missing else "Ready to sign"
    tasks.append(_task("Sign", sign, text, done=signed, due=bool(sign)))
    return _about(row, user) | {
        "tasks": tasks,
        "missing": missing,
        "objectives": list(row.objectives.all()),
        "writable": writable,
    }


def _task(
    title: str, href: str, text: str, *, done: bool = False, due: bool = False, plain: bool = False, hint: str = ""
) -> dict[str, Any]:
    colour = "orange" if due else "grey"
    status = {"text": text} if done or plain else {"tag": {"text": text, "classes": f"nhsuk-tag--{colour}"}}
    task: dict[str, Any] = {"title": {"text": title}, "status": status}
    return task | ({"href": href} if href else {}) | ({"hint": {"text": hint}} if hint else {})


def _about(row: Appraisal, user: User) -> dict[str, Any]:
    last = row.transitions.select_related("by").last()
    return {
        "appraisal": row,
        "standing": standing(row, user),
        "signed_kind": _signed(row),
        "returned": last if last and last.before and last.reason and row.state in WRITABLE else None,
    }


# --- the record ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Everything written in an appraisal that this reader may read now."""

    entries: list[Any]
    levels: Result | None
    plan_objectives: list[Any]
    last_objectives: list[AppraisalObjective]
    objectives: list[AppraisalObjective]
    summary: str
    outcome: str
    happened: list[tuple[Any, str]]


def record(row: Appraisal, user: User) -> Record:
    """What is on record, for one of the two.

    What the person prepares is theirs until they send it; what the appraiser writes is theirs until they sign it.
    """
    own = row.clinician.user_id == user.pk
    prepared = own or row.state != AppraisalState.PREPARING
    written = not own or row.appraiser_signed_at is not None or row.state == AppraisalState.DONE
    plan = row.plan if prepared else None
    return Record(
        entries=list(row.checklist.select_related("feedback_round__version")) if prepared else [],
        levels=result(row.assessment, viewer=user, full=False) if prepared and row.assessment else None,
        plan_objectives=list(plan.objectives.all()) if plan else [],
        last_objectives=last_objectives(appraisal=row),
        objectives=list(row.objectives.all()),
        summary=row.summary if written else "",
        outcome=row.get_outcome_display() if written else "",
        happened=[(step, _step(row, step)) for step in row.transitions.select_related("by")],
    )


def _step(row: Appraisal, step: Any) -> str:
    if step.after == AppraisalState.PREPARING and step.before:
        return "took it back" if step.by_id == row.clinician.user_id else "returned it"
    return STEPS.get((step.before, step.after), "cancelled it")


# --- the home page, profiles and the timeline ------------------------------------------------------------------------


def needs_now(user: User) -> list[Need]:
    """One's own appraisals that are due, or the next one, and what waits for an appraiser; two queries."""
    own = Appraisal.visible_to(user, P.APPRAISAL_PREPARE).with_people().still_open()
    rows = list(own.order_by("due_on", "pk"))
    pressing = [row for row in rows if _begun(row)]
    needs = [_own_need(row) for row in pressing or rows[:1]]
    conducted = Appraisal.visible_to(user, P.APPRAISAL_CONDUCT).still_open()
    return needs + _appraisers_needs(list(conducted.order_by("due_on", "pk")))


def _own_need(row: Appraisal) -> Need:
    name, href = row.rule.cycle.name, reverse("appraisals:appraisal", args=[row.pk])
    if row.state == AppraisalState.SIGNED:
        text, href = f"Read and sign: {name}", reverse("appraisals:sign", args=[row.pk])
    elif row.state == AppraisalState.READY:
        met = f" on {long_date_time(row.meeting_at)}" if row.meeting_at else ""
        text = f"{name}: with {row.appraiser}{met}"
    elif row.opens_on > today():
        text = f"Next: {name}"
    else:
        text = f"Prepare: {name}" if _signed(row) else f"{name}: record it when it is done"
    return Need(text, href, due=row.due_on, role=Role.CLINICIAN)


def _appraisers_needs(rows: list[Appraisal]) -> list[Need]:
    here = reverse("appraisals:appraisees")
    waiting: dict[str, list[Appraisal]] = {
        "Appraisals to set a meeting for": [],
        "Appraisals to prepare for": [],
        "Appraisals to write up and sign": [],
    }
    to_meet, to_prepare, to_sign = waiting.values()
    for row in rows:
        if row.meeting_at is None:
            if row.state in WRITABLE and row.opens_on <= today():
                to_meet.append(row)
        elif row.state == AppraisalState.READY:
            day = timezone.localtime(row.meeting_at).date()
            if day <= today():
                to_sign.append(row)
            elif day <= today() + MEETING_AHEAD:
                to_prepare.append(row)
    return [
        Need(text, here, count=len(found), due=found[0].due_on, role=Role.APPRAISER)
        for text, found in waiting.items()
        if found
    ]


def panel(reader: User, clinician: Clinician) -> Panel | None:
    """The profile's group of appraisals: when each is due and when it was last done, never what was said; one query."""
    own = clinician.user_id == reader.pk
    if not own and not reader.scope_for(P.APPRAISAL_VIEW).covers(frozenset({clinician.organisation_id})):
        return None
    lines: dict[int, Line] = {}
    rows = Appraisal.visible_to(reader, P.APPRAISAL_VIEW).filter(clinician=clinician).with_people()
    for row in rows.exclude(state=AppraisalState.CANCELLED).order_by("obligation", "-due_on", "-pk"):
        line = lines.setdefault(row.obligation_id, Line(row.rule.cycle.name, [], tag=due_tag(row)))
        if row.state in OPEN:
            line.values.append(f"Due by {long_date(row.due_on)}")
            line.values.append(f"Appraiser: {row.appraiser}" if row.appraiser else "")
            if own:
                line.links.append(Link("Open", reverse("appraisals:appraisal", args=[row.pk]), row.rule.cycle.name))
        elif not any(value.startswith("Last done") for value in line.values):
            line.values.append(f"Last done on {long_date(row.done_on)}")
    for line in lines.values():
        line.values[:] = filter(None, line.values)
    manages = reader.scope_for(P.APPRAISAL_MANAGE).covers(frozenset({clinician.organisation_id}))
    change = Link("Change what they are under", reverse("officers:person", args=[clinician.pk])) if manages else None
    return Panel(
        "Appraisals and registration", list(lines.values()), "Nothing that comes round is recorded yet.", change
    )


def on_timeline(viewer: User, clinician: Clinician) -> Iterator[TimelineEntry]:
    """What was done and when: the person's own, and their employer's officers'; one query."""
    rows = Appraisal.visible_to(viewer, P.APPRAISAL_VIEW).filter(clinician=clinician, state=AppraisalState.DONE)
    for row in rows.with_people():
        own = clinician.user_id == viewer.pk
        yield TimelineEntry(
            on=row.done_on,
            title=f"{row.rule.cycle.name}: {'done' if _signed(row) else 'recorded'}",
            text=f"With {row.appraiser}." if row.appraiser else "",
            href=reverse("appraisals:record", args=[row.pk]) if own else "",
        )
