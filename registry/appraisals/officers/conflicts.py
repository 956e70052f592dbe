"""What speaks against an appraiser for somebody: found beside the choice, for a person to weigh."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Count, Q

from registry.accounts.models import User
from registry.accounts.roles import Level, Role
from registry.appraisals.models import Appraisal
from registry.appraisals.states import AppraisalState
from registry.kernel.clock import today

# The GMC's guidance: no more than three appraisals in a row by the same appraiser.
MOST_IN_A_ROW = 3
# Everybody below somebody, however far; UNION leaves out who was found before, so a circle comes to an end.
BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM clinicians_clinician WHERE user_id = %s
        UNION
        SELECT person.id FROM clinicians_clinician person JOIN below ON person.line_manager_id = below.id
    ) SELECT id FROM below
"""


class Conflict(models.TextChoices):
    """Each is said beside the person; the first needs a reason to go on."""

    LINE = "line", "The appraiser is in their line of management"
    MUTUAL = "mutual", "They appraise the appraiser"
    AGAIN = "again", "The appraiser has done their last three appraisals; the GMC advises no more than three in a row"
    ELSEWHERE = "elsewhere", "The appraiser holds the role at another organisation only"


@dataclass(frozen=True, slots=True)
class Planned:
    """An appraisal that would get the appraiser, and what speaks against it."""

    appraisal: Appraisal
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """How many appraisals an appraiser has open, and how many of them are overdue."""

    open: int = 0
    overdue: int = 0

    def __str__(self) -> str:
        if not self.open:
            return "none open"
        return f"{self.open} open" + (f", {self.overdue} overdue" if self.overdue else "")


def planned(appraisals: Sequence[Appraisal], appraiser: User) -> list[Planned]:
    """What speaks against this appraiser for each of these appraisals; five queries, whatever their number."""
    below = _below(appraiser)
    appraise_them = _appraisers_of(appraiser)
    last = _last(row.obligation_id for row in appraisals)
    holds = [grant for grant in appraiser.grants if grant.role == Role.APPRAISER]
    anywhere = any(grant.level != Level.ORGANISATION for grant in holds)
    found = []
    for row in appraisals:
        person = row.clinician
        against = {
            Conflict.LINE: person.pk in below,
            Conflict.MUTUAL: person.user_id is not None and person.user_id in appraise_them,
            Conflict.AGAIN: last[row.obligation_id][:MOST_IN_A_ROW] == [appraiser.pk] * MOST_IN_A_ROW,
            Conflict.ELSEWHERE: not anywhere
            and person.organisation_id not in {grant.organisation_id for grant in holds},
        }
        found.append(Planned(row, tuple(conflict for conflict, true in against.items() if true)))
    return found


def loads(appraisers: Iterable[int]) -> dict[int, Load]:
    """The load of each of these appraisers, whoever their appraisees work for; one query."""
    rows = Appraisal.objects.still_open().filter(appraiser__in=list(appraisers)).order_by().values_list("appraiser")
    overdue = Count("pk", filter=Q(due_on__lt=today()))
    return {key: Load(number, late) for key, number, late in rows.annotate(number=Count("pk"), late=overdue)}


def summary(plans: Sequence[Planned]) -> Counter[Conflict]:
    """How many people each conflict concerns."""
    return Counter(conflict for one in plans for conflict in one.conflicts)


def _below(appraiser: User) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [appraiser.pk])
        return frozenset(key for (key,) in cursor.fetchall())


def _appraisers_of(appraiser: User) -> frozenset[int]:
    """Who appraises the appraiser, now or by their profile."""
    now = Appraisal.objects.still_open().filter(clinician__user=appraiser, appraiser__isnull=False)
    theirs = User.objects.filter(Q(pk__in=now.values("appraiser")) | Q(appraisees__user=appraiser))
    return frozenset(theirs.values_list("pk", flat=True))


def _last(obligations: Iterable[int]) -> dict[int, list[int | None]]:
    """Who did the appraisals under each of these obligations, the last one first."""
    done = Appraisal.objects.filter(obligation__in=list(obligations), state=AppraisalState.DONE)
    found: dict[int, list[int | None]] = defaultdict(list)
    for obligation, appraiser in done.order_by("-done_on", "-pk").values_list("obligation", "appraiser"):
        found[obligation].append(appraiser)
    return found
