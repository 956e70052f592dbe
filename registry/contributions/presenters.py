"""What pages say of changes, ventures and opportunities: tags, groups of a profile, what waits for whom."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.fields import CareerStage, Profession
from registry.clinicians.models import Clinician
from registry.clinicians.presenters import Line, Link, Panel
from registry.contributions.eligibility import Answer, Applicant, Named, Window, in_words, judge, window
from registry.contributions.models import Declaration, Opportunity, ServiceChange, Venture
from registry.contributions.states import ChangeStatus, Clearance, Stage
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date

STATUS_COLOURS = {
    ChangeStatus.IDEA: "grey",
    ChangeStatus.TRIED: "blue",
    ChangeStatus.IN_USE: "green",
    ChangeStatus.SPREAD: "green",
    ChangeStatus.STOPPED: "white",
}
STAGE_COLOURS = {
    Stage.IDEA: "grey",
    Stage.PROTOTYPE: "blue",
    Stage.PILOT: "blue",
    Stage.TRADING: "green",
    Stage.SPREAD: "green",
    Stage.ENDED: "white",
}
CLEARANCE_COLOURS = {
    Clearance.UNDECLARED: "orange",
    Clearance.WAITING: "yellow",
    Clearance.CLEARED: "green",
    Clearance.NOT_CLEARED: "red",
}


def status_tag(row: ServiceChange) -> dict[str, str]:
    """How far a change is."""
    status = ChangeStatus(row.status)
    return {"text": status.label, "colour": STATUS_COLOURS[status]}


def stage_tag(row: Venture) -> dict[str, str]:
    """How far a venture is."""
    stage = Stage(row.stage)
    return {"text": stage.label, "colour": STAGE_COLOURS[stage]}


def clearance_tag(row: Any, *, own: bool = True) -> dict[str, str]:
    """Where a venture `with_clearance` stands with the employer; an officer reads it from the other side."""
    standing = Clearance(row.clearance)
    text = "To be decided" if standing == Clearance.WAITING and not own else standing.label
    return {"text": text, "colour": CLEARANCE_COLOURS[standing]}


def decision_tag(row: Declaration) -> dict[str, str]:
    """What was decided about a declaration, or that it waits."""
    if row.cleared is None:
        return {"text": "To be decided", "colour": "yellow"} if row.replaced_at is None else {"text": "Replaced"}
    standing = Clearance.CLEARED if row.cleared else Clearance.NOT_CLEARED
    return {"text": standing.label, "colour": CLEARANCE_COLOURS[standing]}


# --- profiles --------------------------------------------------------------------------------------------------------


def changes_panel(reader: User, clinician: Clinician) -> Panel:
    """The profile's group of ideas put into practice; one query."""
    own = clinician.user_id == reader.pk and reader.scope_for(P.VENTURE_EDIT).user_id is not None
    lines = []
    rows = ServiceChange.visible_to(reader, P.PROFILE_VIEW).filter(clinician=clinician)
    for row in rows.select_related("organisation"):
        links = [Link("Open", reverse("contributions:change", args=[row.pk]), row.title)]
        if own:
            links += [
                Link("Change", reverse("contributions:edit_change", args=[row.pk]), row.title),
                Link("Remove", reverse("contributions:remove_change", args=[row.pk]), row.title),
            ]
        facts = [f"For whom: {row.for_whom}", row.role_played, f"{row.organisation}, since {long_date(row.started_on)}"]
        lines.append(Line(row.title, facts, links, status_tag(row)))
    add = Link("Add an idea you put into practice", reverse("contributions:add_change")) if own else None
    return Panel("Ideas put into practice", lines, "None yet. Small changes count too.", add)


def ventures_panel(reader: User, clinician: Clinician) -> Panel | None:
    """The profile's group of ventures, where there are any and the reader may know; one query at most."""
    own = clinician.user_id == reader.pk
    permission = P.VENTURE_EDIT if own else P.VENTURE_CLEAR
    if not reader.scope_for(permission):
        return None
    lines = []
    for row in Venture.visible_to(reader, permission).filter(clinician=clinician).with_clearance():
        link = Link("Open", reverse("contributions:venture", args=[row.pk]), row.title)
        facts = [f"Stage: {row.get_stage_display()}"]
        lines.append(Line(row.title, facts, [link] if own else [], clearance_tag(row, own=own)))
    return Panel("Ventures", lines) if lines else None


# --- opportunities ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """An opportunity, who can apply, where its window lies, and what that means for the reader (None: unknown)."""

    row: Opportunity
    who: str
    where: Window
    answer: Answer | None


WINDOWS = {Window.OPEN: "Open now", Window.SOON: "Opening soon", Window.CLOSED: "Closed"}
WINDOW_COLOURS = {Window.OPEN: "green", Window.SOON: "blue", Window.CLOSED: "grey"}


def window_tag(where: Window) -> dict[str, str]:
    """Whether one can apply now."""
    return {"text": WINDOWS[where], "colour": WINDOW_COLOURS[where]}


def applicant(user: User) -> Applicant | None:
    """What is known of this person as somebody who might apply; None without a profile of their own; two queries."""
    own = Clinician.visible_to(user, P.VENTURE_EDIT).filter(user=user).first()
    if own is None:
        return None
    return Applicant(
        profession=Named(own.profession, Profession(own.profession).label),
        stage=Named(own.career_stage, CareerStage(own.career_stage).label),
        cleared_venture=Venture.visible_to(user, P.VENTURE_EDIT).going_on().cleared().exists(),
    )


def offer(row: Opportunity, who: Applicant | None) -> Offer:
    """What an opportunity means for somebody today; of one that is closed nothing is said."""
    where = window(row.opens_on, row.closes_on, today())
    answer = judge(row.asks, who) if who is not None and where != Window.CLOSED else None
    return Offer(row, in_words(row.asks), where, answer)


# --- what waits ------------------------------------------------------------------------------------------------------


def needs_now(user: User) -> list[Need]:
    """Ventures that an officer has to decide about, and those whose owner has to declare; two queries at most."""
    found = []
    if user.scope_for(P.VENTURE_CLEAR).over_others:
        count = Declaration.visible_to(user, P.VENTURE_CLEAR).waiting().not_of(user).count()
        if count:
            text = "Decide about interests in ventures"
            found.append(Need(text, reverse("contributions:clearing"), count=count, role=Role.HR_OFFICER))
    if user.scope_for(P.VENTURE_EDIT).user_id is not None:
        own = Venture.visible_to(user, P.VENTURE_EDIT).going_on().with_clearance()
        for row in own.filter(clearance__in=[Clearance.UNDECLARED, Clearance.NOT_CLEARED]):
            undeclared = row.clearance == Clearance.UNDECLARED
            verb = "Declare your interests in" if undeclared else "Read why your employer did not clear"
            href = reverse("contributions:venture", args=[row.pk])
            found.append(Need(f"{verb} {row.title}", href, role=Role.CLINICIAN))
    return found
