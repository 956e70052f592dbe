"""Development plans, objectives and career conversations, made by the actions people use."""

import datetime

from registry.competency.development.actions import conversations, objectives, plans
from registry.competency.development.actions.conversations import Outcome, Prepared
from registry.competency.development.actions.objectives import Wanted
from registry.competency.development.measures import NOTHING
from registry.competency.development.states import Direction, Learning
from registry.kernel.clock import today
from tests.factories.competency import agreed, elements_of, tiny

PREPARED = Prepared("I lead the falls work.", "I listen first.", "To lead a division.", Direction.STRETCH, "A mentor.")


def in_days(days):
    return today() + datetime.timedelta(days=days)


def plan(clinician, version=None, *, target=NOTHING, **levels):
    """A plan from a newly agreed assessment."""
    assessment = agreed(clinician, version or tiny(), **levels)
    return plans.start_plan(assessment=assessment, target=target, by=clinician.user)


def wanted(of_plan, **changes):
    """What an objective of this plan may say: about its first element, due in 90 days, reviewed in 30."""
    said = {
        "title": "Chair the falls group",
        "success": "The group decides without me.",
        "elements": [elements_of(of_plan.version)[0].pk],
        "learning": Learning.ON_THE_JOB,
        "due_on": in_days(90),
        "review_on": in_days(30),
    }
    return Wanted(**said | changes)


def objective(of_plan, **changes):
    """An objective of this plan."""
    by = of_plan.clinician.user
    return objectives.add_objective(plan=of_plan, wanted=wanted(of_plan, **changes), by=by)


def preparing(clinician):
    """A conversation that could be shared."""
    begun = conversations.start_conversation(clinician=clinician, by=clinician.user)
    return conversations.prepare(conversation=begun, prepared=PREPARED, by=clinician.user)


def shared(clinician):
    """A conversation shared with the clinician's appraiser."""
    return conversations.share(conversation=preparing(clinician), partner=clinician.appraiser, by=clinician.user)


def outcome(**changes):
    """What may come of a conversation held today."""
    said = {
        "held_on": today(),
        "agreed_direction": Direction.BREADTH,
        "agreed_actions": "Ada shadows the site manager.",
        "next_on": in_days(180),
    }
    return Outcome(**said | changes)


def written_up(clinician):
    """A shared conversation with an outcome that nobody has confirmed."""
    return conversations.write_outcome(conversation=shared(clinician), outcome=outcome(), by=clinician.user)


def recorded(clinician):
    """A conversation that both have confirmed."""
    row = written_up(clinician)
    conversations.confirm(conversation=row, by=clinician.user)
    return conversations.confirm(conversation=row, by=clinician.appraiser)
