"""One line for each overdue appraisal: who, since when, and what has been done about it; for the page and the file."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from registry.accounts.models import User
from registry.appraisals.models import Appraisal, Postponement
from registry.appraisals.officers.contact import NOTHING, History, histories
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date

HEADINGS = (
    "Staff number",
    "First name",
    "Last name",
    "Organisation",
    "Department or service",
    "Profession",
    "Cycle",
    "Due by",
    "Days overdue",
    "Appraiser",
    "Last message",
    "Also told",
    "Postponement asked until",
)
RELATED = ("clinician__organisation", "clinician__user", "rule__cycle", "appraiser")


@dataclass(frozen=True, slots=True)
class Line:
    """An appraisal, the days since it was due, what was sent, and until when somebody asks to postpone it."""

    appraisal: Appraisal
    days: int
    history: History
    asked_until: datetime.date | None

    @property
    def told(self) -> str:
        """Who else was told, and when: `the line manager on 3 November 2026`."""
        return "; ".join(f"{one.to} on {long_date(one.on)}" for one in self.history.escalations if not one.failed)

    def cells(self) -> list[str]:
        """The same as text, for a file."""
        person, row = self.appraisal.clinician, self.appraisal
        return [
            person.staff_number,
            person.given_name,
            person.family_name,
            person.organisation.name,
            person.department,
            person.get_profession_display(),
            row.rule.cycle.name,
            row.due_on.isoformat(),
            str(self.days),
            row.appraiser.name if row.appraiser else "",
            self.history.last.words if self.history.last else "",
            self.told,
            self.asked_until.isoformat() if self.asked_until else "",
        ]


def lines(appraisals: Sequence[Appraisal], *, user: User, day: datetime.date) -> list[Line]:
    """The lines of appraisals this person may see, in their order; three queries."""
    sent = histories(appraisals)
    asked = Postponement.visible_to(user, P.APPRAISAL_VIEW).filter(
        appraisal__in=[row.pk for row in appraisals], approved__isnull=True
    )
    until = dict(asked.order_by().values_list("appraisal", "to_due_on"))
    return [Line(row, (day - row.due_on).days, sent.get(row.pk, NOTHING), until.get(row.pk)) for row in appraisals]
