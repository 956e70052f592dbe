"""One picture worth looking at per role: figures as bars, with the same figures as a table."""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.boards.models import Vacancy
from registry.boards.states import VacancyStatus
from registry.clinicians.fields import CareerStage, Profession
from registry.clinicians.models import Clinician
from registry.competency.models import Assessment
from registry.competency.states import State
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date

# A picture of more rows than this is a table: the smallest are put together.
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, a value per series, and where each segment begins and ends in hundredths of the width."""

    label: str
    values: tuple[int, ...]
    segments: tuple[tuple[float, float], ...]

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars with a title, the names of their series, and where there is nothing yet, what to do about it."""

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    rows_are: str
    empty: str
    link: tuple[str, str] | None = None


def bars(rows: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[Bar, ...]:
    """Stacked bars on one scale: the longest fills the width (100)."""
    longest = max((sum(values) for _, values in rows), default=0)
    result = []
    for label, values in rows:
        segments, start = [], 0
        for value in values:
            segments.append(
                (round(100 * start / longest, 2), round(100 * value / longest, 2)) if longest else (0.0, 0.0)
            )
            start += value
        result.append(Bar(label, values, tuple(segments)))
    return tuple(result)


def people(user: User) -> Picture:
    """An HR officer's clinicians, by profession and career stage."""
    scope = user.scope_for(Permission.PROFILE_VIEW)
    visible = Clinician.visible_to(user, Permission.PROFILE_VIEW)
    if not scope.everything:
        visible = visible.filter(organisation_id__in=scope.organisation_ids)
    counts: dict[str, Counter[str]] = {}
    for profession, stage, number in (
        visible.order_by().values_list("profession", "career_stage").annotate(number=Count("pk"))
    ):
        counts.setdefault(profession, Counter())[stage] = number
    ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    rest: Counter[str] = Counter()
    if len(ordered) > MOST_BARS:
        for _, stages in ordered[MOST_BARS - 1 :]:
            rest += stages
        ordered = ordered[: MOST_BARS - 1]
    rows = [
        (Profession(profession).label, tuple(stages[stage] for stage in CareerStage.values))
        for profession, stages in ordered
    ]
    if rest:
        rows.append(("All others", tuple(rest[stage] for stage in CareerStage.values)))
    return Picture(
        "Your people, by profession and career stage",
        ("Student", "Practitioner", "Experienced"),
        bars(rows),
        "Profession",
        "Nobody is on your list yet. Import your staff file to begin.",
        ("See everybody", reverse("clinicians:people")) if rows else ("Import people", reverse("transfers:upload")),
    )


def roles(user: User) -> Picture:
    """An administrator's people, by the role they hold."""
    visible = RoleGrant.visible_to(user, Permission.ROLE_GRANT).active().order_by()
    counts = dict(visible.values_list("role").annotate(number=Count("user_id", distinct=True)))
    rows = [(role.label, (counts[role],)) for role in Role if counts.get(role)]
    link = ("See all roles", reverse("roles"))
    return Picture("People, by role", ("People",), bars(rows), "Role", "Nobody holds a role yet.", link)


DAYS_OF_READS = 14


def reads(user: User) -> Picture:
    """What an auditor watches: how often profiles, assessments and lists were read in the last two weeks."""
    first = today() - datetime.timedelta(days=DAYS_OF_READS - 1)
    visible = ReadEvent.visible_to(user, Permission.AUDIT_VIEW).order_by()
    by_day = visible.annotate(day=TruncDate("at")).filter(day__gte=first).values_list("day")
    counts = dict(by_day.annotate(number=Count("pk")))
    days = [first + datetime.timedelta(days=number) for number in range(DAYS_OF_READS)]
    rows = [(long_date(day), (counts.get(day, 0),)) for day in days] if counts else []
    empty = "Nobody has read a profile or a list in the last 14 days."
    return Picture("Reads of people's data in the last 14 days", ("Reads",), bars(rows), "Day", empty)


def vacancies(user: User) -> Picture:
    """A lead's vacancies, by how far they are."""
    visible = Vacancy.visible_to(user, Permission.VACANCY_VIEW).order_by()
    counts = dict(visible.values_list("status").annotate(number=Count("pk")))
    rows = [(status.label, (counts.get(status, 0),)) for status in VacancyStatus] if counts else []
    empty = "No board post is being filled where you look after them."
    link = ("See all vacancies", reverse("boards:vacancies"))
    return Picture("Board vacancies, by how far they are", ("Vacancies",), bars(rows), "State", empty, link)


def assessments(user: User) -> Picture:
    """What was sent to an appraiser, by framework: still to agree, and agreed."""
    states = (State.SUBMITTED, State.AGREED)
    sent = Assessment.visible_to(user, Permission.ASSESSMENT_AGREE).filter(state__in=states).order_by()
    counts: dict[str, Counter[str]] = {}
    for name, state, number in sent.values_list("version__name", "state").annotate(number=Count("pk")):
        counts.setdefault(name, Counter())[state] += number
    rows = [(name, tuple(counts[name][state] for state in states)) for name in sorted(counts)]
    empty = "Nobody has sent you an assessment yet. When somebody does, you find it here."
    link = ("See my appraisees", reverse("appraisals:appraisees"))
    return Picture(
        "Assessments sent to you, by framework", ("To agree", "Agreed"), bars(rows), "Framework", empty, link
    )


PICTURES: dict[Role, Callable[[User], Picture]] = {
    Role.APPRAISER: assessments,
    Role.HR_OFFICER: people,
    Role.REGIONAL_LEAD: vacancies,
    Role.NATIONAL_LEAD: vacancies,
    Role.AUDITOR: reads,
    Role.ADMINISTRATOR: roles,
}
