"""How two people agree to work together, and the goals they set; no trace of it is kept anywhere else."""

import datetime
from dataclasses import asdict, dataclass

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from mentoring import pair_news
from mentoring.fields import Kind
from mentoring.models import Agreement, Goal, Relationship
from mentoring.models.agreements import GOAL_LENGTH, QUESTION_LENGTH
from mentoring.models.register import PROSE_LENGTH
from mentoring.sides import Side, side_of
from mentoring.states import RelationshipState
from mentoring.steps import locked
from mentoring.terms import MOST_GOALS, MOST_MONTHS, Frequency, GoalState, Medium
from registry.accounts.models import User
from registry.competency.development.steps import worded
from registry.competency.models import Element
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.nhsuk.dates import long_date
from registry.nhsuk.seen import check_seen, mark

LIMITS_FIRST = "Say that you keep to confidentiality and its limits."


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of an agreement."""

    aims: str
    frequency: str
    medium: str
    ends_on: datetime.date
    ground_rules: str = ""
    # What a clinician and a manager both answer when they look back.
    question: str = ""


def last_possible_day() -> datetime.date:
    """The furthest day on which an agreement made today can end."""
    return today() + relativedelta(months=MOST_MONTHS)


def mark_of(agreement: Agreement | None) -> str:
    """A mark of the words as they are stored: a change back to earlier words is a change, too."""
    return mark(None if agreement is None else agreement.changes)


@transaction.atomic
def write(*, relationship: Relationship, terms: Terms, accepted: bool, by: User, seen: str | None = None) -> Agreement:
    """Write what one agrees to, or change it; whoever writes agrees, and new words need the other's yes anew.

    Raises NotAllowed for anybody but the two, WrongState unless it is under way, Stale where the other saved meanwhile
    (`seen` is the mark of what the page showed), Invalid for words that are missing or too long, and for a last day
    that is past or more than two years away.
    """
    row, side = _under_way(relationship, by)
    stored = Agreement.objects.filter(relationship=row).first()
    check_seen(seen, stored=mark_of(stored))
    terms = _checked(terms, row)
    if not accepted:
        raise Invalid(LIMITS_FIRST, field="accepted")
    agreement = stored or Agreement(relationship=row)
    new = stored is None or any(getattr(stored, name) != value for name, value in asdict(terms).items())
    if new:
        for name, value in asdict(terms).items():
            setattr(agreement, name, value)
        setattr(agreement, f"{side.other}_agreed_at", None)
        agreement.changes += 1
    if new or getattr(agreement, f"{side}_agreed_at") is None:
        setattr(agreement, f"{side}_agreed_at", timezone.now())
    agreement.save()
    if new:
        pair_news.tell(row, [side.other], f"{pair_news.AGREE}:{agreement.changes}")
    return agreement


@transaction.atomic
def agree(*, relationship: Relationship, accepted: bool, by: User, seen: str) -> Agreement:
    """Say yes to the words the other wrote; `seen` is the mark of what the page showed.

    Raises NotAllowed for anybody but the two, WrongState unless it is under way and one's answer is wanted, Stale where
    the words are others by now, Invalid without confidentiality.
    """
    row, side = _under_way(relationship, by)
    agreement = Agreement.objects.filter(relationship=row).first()
    if agreement is None:
        raise WrongState("Nothing is written yet.")
    check_seen(seen, stored=mark_of(agreement))
    if getattr(agreement, f"{side}_agreed_at") is not None:
        raise WrongState("You have agreed already.")
    if not accepted:
        raise Invalid(LIMITS_FIRST, field="accepted")
    setattr(agreement, f"{side}_agreed_at", timezone.now())
    agreement.save(update_fields=[f"{side}_agreed_at"])
    return agreement


@transaction.atomic
def set_goal(*, goal: Goal, text: str, element: Element, by: User, seen: str | None = None) -> Goal:
    """Add a goal, or word it anew; either of the two can, while it is under way.

    Raises Invalid for no words, too many, or more than a dozen open goals; Stale where the other changed it meanwhile.
    """
    row, _ = _under_way(goal.relationship, by)
    if goal.pk is not None:
        goal = row.goals.get(pk=goal.pk)
        check_seen(seen, stored=mark_of_goal(goal))
    elif row.goals.filter(state=GoalState.OPEN).count() >= MOST_GOALS:
        raise Invalid(f"At most {MOST_GOALS} at a time. Meet or drop one first.", field="text")
    else:
        goal.by = by
    goal.text = worded(text, field="text", needed="Say what you want to reach.", most=GOAL_LENGTH)
    goal.element = element
    goal.save()
    return goal


def mark_of_goal(goal: Goal) -> str:
    """A mark of a goal as it is stored."""
    return mark(goal.text, goal.element_id)


@transaction.atomic
def move_goal(*, goal: Goal, to: GoalState, by: User) -> None:
    """Say that a goal is met, dropped, or open after all."""
    row, _ = _under_way(goal.relationship, by)
    stored = row.goals.get(pk=goal.pk)
    if stored.state == to:
        raise WrongState(f"It stands so already: {stored.get_state_display().lower()}.")
    if to == GoalState.OPEN and row.goals.filter(state=GoalState.OPEN).count() >= MOST_GOALS:
        raise WrongState(f"At most {MOST_GOALS} at a time. Meet or drop one first.")
    stored.state = to
    stored.save(update_fields=["state"])


def _under_way(relationship: Relationship, by: User) -> tuple[Relationship, Side]:
    row = locked(relationship.pk)
    side = side_of(row, by)
    if row.state != RelationshipState.ACTIVE:
        raise WrongState("This can be changed only while mentoring is under way.")
    return row, side


def _checked(terms: Terms, row: Relationship) -> Terms:
    joint = row.kind == Kind.MANAGER
    if terms.frequency not in Frequency.values:
        raise Invalid("Choose how often you meet.", field="frequency")
    if terms.medium not in Medium.values:
        raise Invalid("Choose how you meet.", field="medium")
    if terms.ends_on <= today():
        raise Invalid("The last day must be in the future.", field="ends_on")
    if terms.ends_on > last_possible_day():
        latest = long_date(last_possible_day())
        raise Invalid(f"Agree on at most two years, until {latest}. You can go on then.", field="ends_on")
    question = worded(
        terms.question, field="question", needed="Choose a question." if joint else "", most=QUESTION_LENGTH
    )
    return Terms(
        aims=worded(terms.aims, field="aims", needed="Say what you want to reach together.", most=PROSE_LENGTH),
        frequency=terms.frequency,
        medium=terms.medium,
        ends_on=terms.ends_on,
        ground_rules=worded(terms.ground_rules, field="ground_rules", most=PROSE_LENGTH),
        question=question if joint else "",
    )
