"""What the pages of development show: gaps in words, objectives by state, and what waits for a person."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from registry.competency.development import gaps
from registry.competency.development.gaps import DomainGap, DomainLevels, Gap
from registry.competency.development.states import Progress, Talk
from registry.competency.development.suggestions import Suggestion, suggestions_for
from registry.competency.development.targets import Target
from registry.competency.models import (
    Assessment,
    CareerConversation,
    DevelopmentPlan,
    Domain,
    Element,
    Objective,
)
from registry.competency.radar import Chart, Series, chart
from registry.competency.twelfths import TWELFTHS, in_levels, twelfths
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P

PROGRESS_COLOURS = {
    Progress.PLANNED: "grey",
    Progress.UNDER_WAY: "blue",
    Progress.ACHIEVED: "green",
    Progress.DROPPED: "white",
}
TALK_COLOURS = {Talk.PREPARING: "blue", Talk.SHARED: "yellow", Talk.RECORDED: "green", Talk.SUPERSEDED: "grey"}

# We remind people of a review from two weeks before, and of the next conversation from four.
REVIEW_AHEAD = datetime.timedelta(days=14)
CONVERSATION_AHEAD = datetime.timedelta(days=28)


def progress_tag(objective: Objective) -> dict[str, str]:
    """The design system's tag for how far an objective is."""
    state = Progress(objective.state)
    return {"text": state.label, "colour": PROGRESS_COLOURS[state]}


def talk_tag(conversation: CareerConversation) -> dict[str, str]:
    """The design system's tag for where a conversation stands."""
    state = Talk(conversation.state)
    return {"text": state.label, "colour": TALK_COLOURS[state]}


# --- a plan --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ElementGap:
    """An element that falls short: the level agreed in words, by how much, and the objectives about it."""

    element: Element
    held: str
    short_by: str
    objectives: list[Objective]


@dataclass(frozen=True, slots=True)
class GapView:
    """A domain that falls short, its elements that do, and what may help."""

    domain: Domain
    held: str
    wanted: str
    short_by: str
    elements: list[ElementGap]
    suggestions: list[Suggestion]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as its page shows it; `newer` was agreed after the assessment the plan is about.

    `scales` is on how many scales the domains are answered of which a level is wanted.
    """

    plan: DevelopmentPlan
    target: Target
    gaps: list[GapView]
    objectives: list[tuple[Progress, list[Objective]]]
    next_review: datetime.date | None
    newer: Assessment | None
    weighed: list[tuple[Domain, int]]
    scales: int
    series: list[Series]
    wide: Chart
    narrow: Chart


def plan_view(plan: DevelopmentPlan, user: User, newest: Assessment | None) -> PlanView:
    """A plan loaded `with_parts`; asks the database nothing, unless a source of suggestions does."""
    target = plan.target
    domains = {domain.code: domain for domain in plan.version.domains.all()}
    levels = _levels(plan, target)
    objectives = sorted(plan.objectives.all(), key=lambda one: (one.due_on, one.pk))
    grouped = [(state, [one for one in objectives if one.state == state]) for state in Progress]
    wanted = tuple(None if one.wanted is None else one.wanted * TWELFTHS for one in levels)
    held = tuple(twelfths((level for _, level in one.elements), one.not_observed) for one in levels)
    series = [Series("expected", "Wanted", wanted), Series("agreed", "Agreed levels", held)]
    series = [one for one in series if any(value is not None for value in one.values)]
    top = plan.version.top_level
    return PlanView(
        plan=plan,
        target=target,
        gaps=[
            _gap_view(found, domains[found.gap.domain], plan, user, objectives)
            for found in gaps.find(plan.framework, levels)
        ],
        objectives=[(state, rows) for state, rows in grouped if rows],
        next_review=min((one.review_on for one in objectives if one.review_on), default=None),
        newer=newest if newest is not None and newest.pk != plan.assessment_id else None,
        weighed=[(domains[code], weight) for code, weight in target.weights.items() if weight and code in domains],
        scales=len({one.scale for one in levels if one.wanted is not None}),
        series=series,
        wide=chart([domain.name for domain in domains.values()], series, top, wide=True),
        narrow=chart(list(domains), series, top, wide=False),
    )


def _levels(plan: DevelopmentPlan, target: Target) -> list[DomainLevels]:
    agreed = {row.element_id: row.agreed_level for row in plan.assessment.levels.all()}
    return [
        DomainLevels(
            code=domain.code,
            elements=tuple((element.code, agreed.get(element.pk)) for element in domain.elements.all()),
            wanted=target.levels.get(domain.code),
            weight=target.weights.get(domain.code, 0),
            not_observed=plan.version.scale(domain.scale).not_observed,
            scale=domain.scale,
        )
        for domain in plan.version.domains.all()
    ]


def _gap_view(
    found: DomainGap, domain: Domain, plan: DevelopmentPlan, user: User, objectives: list[Objective]
) -> GapView:
    labels = {value.value: value.label for value in plan.version.scale(domain.scale).values}
    elements = {element.code: element for element in domain.elements.all()}
    return GapView(
        domain=domain,
        held=in_levels(found.gap.held) or "Not observed",
        wanted=_level(found.gap.wanted, labels),
        short_by=_short_by(found.gap),
        elements=[
            ElementGap(
                element=elements[gap.element],
                held=_level(gap.held, labels),
                short_by=_short_by(gap),
                objectives=[one for one in objectives if elements[gap.element] in one.elements.all()],
            )
            for gap in found.elements
        ],
        suggestions=suggestions_for(user, plan.clinician, (found.gap, *found.elements)),
    )


def _level(held: int | None, labels: dict[int, str]) -> str:
    if held is None:
        return "Not observed"
    return f"{in_levels(held)} ({labels[held // TWELFTHS].lower()})"


def _short_by(gap: Gap) -> str:
    if gap.missing is None:
        return "Not known"
    if gap.missing == 0:
        return "Met"
    return f"{in_levels(gap.missing)} {'level' if gap.missing == TWELFTHS else 'levels'}"


# --- my development ------------------------------------------------------------------------------------------------


def newest_agreed(user: User) -> list[Assessment]:
    """One's own newest agreed assessment of each framework, by the framework's name."""
    own = Assessment.visible_to(user, P.ASSESSMENT_EDIT).agreed().select_related("version", "clinician")
    newest = own.order_by("framework", "-agreed_at", "-pk").distinct("framework")
    return sorted(newest, key=lambda one: one.version.name)


def development(me: Clinician, user: User) -> dict[str, Any]:
    """Everything on My development but the role mix; the same few queries, whatever there is."""
    plans = DevelopmentPlan.visible_to(user, P.DEVELOPMENT_PLAN)
    newest = {one.framework: one for one in newest_agreed(user)}
    views = [plan_view(plan, user, newest.get(plan.framework)) for plan in plans.still_open().with_parts()]
    taken = {view.plan.framework for view in views}
    conversations = list(CareerConversation.visible_to(user, P.DEVELOPMENT_PLAN).about(user).select_related("partner"))
    return {
        "me": me,
        "plans": views,
        "closed": list(plans.filter(closed_at__isnull=False).select_related("version")),
        "startable": [one for framework, one in newest.items() if framework not in taken],
        "under_way": next((one for one in conversations if one.state in (Talk.PREPARING, Talk.SHARED)), None),
        "recorded": [one for one in conversations if one.state in (Talk.RECORDED, Talk.SUPERSEDED)],
        "tag": talk_tag,
        "progress_tag": progress_tag,
    }


# --- what waits for a person ---------------------------------------------------------------------------------------


def needs_now(user: User) -> list[Need]:
    """Reviews that are due, what to do about one's conversations, and those somebody shared; three queries at most."""
    needs = []
    if user.scope_for(P.DEVELOPMENT_PLAN).user_id is not None:
        needs = [*_reviews(user), *_own_conversations(user)]
    visible = CareerConversation.visible_to(user, P.DEVELOPMENT_PLAN).held_with(user).waiting_for_partner()
    waiting = list(visible.select_related("clinician"))
    if len(waiting) == 1:
        href = reverse("competency:conversation", args=[waiting[0].pk])
        other = waiting[0].clinician
        to_confirm = waiting[0].held_on is not None
        text = (
            f"Confirm what you and {other} agreed" if to_confirm else f"{other} shared a career conversation with you"
        )
        needs.append(Need(text, href, role=Role.APPRAISER))
    elif waiting:
        href = reverse("competency:shared_conversations")
        needs.append(Need("Answer or confirm career conversations", href, count=len(waiting), role=Role.APPRAISER))
    return needs


def _reviews(user: User) -> list[Need]:
    due = list(Objective.visible_to(user, P.DEVELOPMENT_PLAN).to_review(today() + REVIEW_AHEAD))
    if not due:
        return []
    if len(due) == 1:
        href = reverse("competency:objective", args=[due[0].pk])
        return [Need(f"Review your objective: {due[0]}", href, due=due[0].review_on, role=Role.CLINICIAN)]
    href = reverse("competency:development")
    return [Need("Review your objectives", href, count=len(due), due=due[0].review_on, role=Role.CLINICIAN)]


def _own_conversations(user: User) -> list[Need]:
    mine = CareerConversation.visible_to(user, P.DEVELOPMENT_PLAN).about(user).exclude(state=Talk.SUPERSEDED)
    by_state = {one.state: one for one in mine.select_related("partner")}
    shared, recorded = by_state.get(Talk.SHARED), by_state.get(Talk.RECORDED)
    if shared is not None and shared.held_on is not None and shared.clinician_confirmed_at is None:
        text = f"Confirm what you agreed with {shared.partner}"
    elif shared is not None and shared.held_on is None and shared.partner_view:
        text = f"Write up your career conversation with {shared.partner}"
    elif recorded is not None and len(by_state) == 1 and recorded.next_on <= today() + CONVERSATION_AHEAD:
        href = reverse("competency:development")
        return [Need("Prepare your next career conversation", href, due=recorded.next_on, role=Role.CLINICIAN)]
    else:
        return []
    return [Need(text, reverse("competency:conversation", args=[shared.pk]), role=Role.CLINICIAN)]
