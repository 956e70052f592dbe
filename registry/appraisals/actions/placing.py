"""Putting many people under a cycle at once."""

import datetime
from collections.abc import Sequence

from django.db import transaction

from registry.accounts.models import User
from registry.appraisals.actions.obligations import place_under
from registry.appraisals.models import Cycle
from registry.clinicians.models import Clinician
from registry.kernel.errors import Invalid

# Each is placed as one would be, with a trace and a first appraisal: more would take longer than a page may.
MOST_AT_ONCE = 200


@transaction.atomic
def place_many(
    *,
    clinicians: Sequence[Clinician],
    cycle: Cycle,
    started_on: datetime.date,
    last_done_on: datetime.date | None = None,
    next_due_on: datetime.date | None,
    by: User,
) -> int:
    """Put all of these people under a cycle, or none; answers how many.

    Raises what `place_under` raises for any of them, and Invalid for nobody or too many.
    """
    if not 0 < len(clinicians) <= MOST_AT_ONCE:
        raise Invalid(f"Choose between one person and {MOST_AT_ONCE} people.")
    for clinician in clinicians:
        place_under(
            clinician=clinician,
            cycle=cycle,
            started_on=started_on,
            last_done_on=last_done_on,
            next_due_on=next_due_on,
            by=by,
        )
    return len(clinicians)
