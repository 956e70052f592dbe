"""The states of plans, objectives and career conversations, which may follow which, and the choices people have."""

from django.db import models


class PlanState(models.TextChoices):
    """Whether a plan is still worked on."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Progress(models.TextChoices):
    """How far an objective is."""

    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "Under way"
    ACHIEVED = "achieved", "Achieved"
    DROPPED = "dropped", "Dropped"


class Talk(models.TextChoices):
    """Where a career conversation stands."""

    PREPARING = "preparing", "In preparation"
    SHARED = "shared", "Shared"
    RECORDED = "recorded", "Recorded"
    SUPERSEDED = "superseded", "Followed by a newer one"


# The database enforces these tables by triggers.
PLAN_TRANSITIONS: dict[PlanState, frozenset[PlanState]] = {
    PlanState.OPEN: frozenset({PlanState.CLOSED}),
    PlanState.CLOSED: frozenset(),
}

# Back to under way: it turned out not to be there yet, or is wanted again.
PROGRESS_TRANSITIONS: dict[Progress, frozenset[Progress]] = {
    Progress.PLANNED: frozenset({Progress.UNDER_WAY, Progress.ACHIEVED, Progress.DROPPED}),
    Progress.UNDER_WAY: frozenset({Progress.ACHIEVED, Progress.DROPPED}),
    Progress.ACHIEVED: frozenset({Progress.UNDER_WAY}),
    Progress.DROPPED: frozenset({Progress.UNDER_WAY}),
}

# Back to preparing: whose conversation it is takes it back, until both have confirmed what came of it.
TALK_TRANSITIONS: dict[Talk, frozenset[Talk]] = {
    Talk.PREPARING: frozenset({Talk.SHARED}),
    Talk.SHARED: frozenset({Talk.PREPARING, Talk.RECORDED}),
    Talk.RECORDED: frozenset({Talk.SUPERSEDED}),
    Talk.SUPERSEDED: frozenset(),
}

# What is worked on, and therefore reviewed.
ACTIVE = (Progress.PLANNED, Progress.UNDER_WAY)

# One of these at a time for each person.
TALK_UNDER_WAY = (Talk.PREPARING, Talk.SHARED)

# What the partner reads.
TALK_SEEN_BY_PARTNER = (Talk.SHARED, Talk.RECORDED, Talk.SUPERSEDED)


class Learning(models.TextChoices):
    """How somebody learns: most by doing (about 70 in 100), some from others (20), some from courses (10)."""

    ON_THE_JOB = "job", "On the job"
    FROM_OTHERS = "others", "From other people"
    COURSES = "courses", "Courses and reading"


LEARNING_HINTS = {
    Learning.ON_THE_JOB: "A project, a new task, acting up, or standing in for somebody. Most learning comes this way.",
    Learning.FROM_OTHERS: "A mentor, coaching, shadowing, feedback, or learning with colleagues.",
    Learning.COURSES: "A course, a programme, a qualification, or reading on your own.",
}


class Direction(models.TextChoices):
    """Where somebody wants to go next; none is better than another."""

    DEPTH = "depth", "Depth"
    BREADTH = "breadth", "Breadth"
    STRETCH = "stretch", "Stretch"


DIRECTION_HINTS = {
    Direction.DEPTH: "Stay in the work I do, and become better at it or known for it.",
    Direction.BREADTH: "Widen what I do: another service, setting or kind of work at a similar level.",
    Direction.STRETCH: "Step up, or take on something clearly harder than what I do now.",
}
