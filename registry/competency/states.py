"""The states of an assessment and of an import of history, and which may follow which."""

from django.db import models


class State(models.TextChoices):
    """Where an assessment stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "With your appraiser"
    AGREED = "agreed", "Agreed"
    WITHDRAWN = "withdrawn", "Withdrawn"


# The database enforces this table by a trigger. Back from submitted to draft: the appraiser returned it, or the
# clinician took it back. Agreed and withdrawn are final.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.DRAFT, State.AGREED, State.WITHDRAWN}),
    State.AGREED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

# One of these at a time for a clinician and framework.
OPEN = (State.DRAFT, State.SUBMITTED)


class Matrix(models.TextChoices):
    """The two ways of saying what each career stage is expected to show."""

    CUMULATIVE = "cumulative", "Official and cumulative"
    GATED = "gated", "Gated, as in the 2012 paper"


class HistoryState(models.TextChoices):
    """Where a file of old results is."""

    READY = "ready", "Ready to confirm"
    DONE = "done", "Imported"
    DISCARDED = "discarded", "Discarded"
    REMOVED = "removed", "Removed again"


HISTORY_TRANSITIONS: tuple[tuple[HistoryState, HistoryState], ...] = (
    (HistoryState.READY, HistoryState.DONE),
    (HistoryState.READY, HistoryState.DISCARDED),
    (HistoryState.DONE, HistoryState.REMOVED),
)
