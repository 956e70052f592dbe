"""Who may read which application, as the registry knows people: assessors, and what stands between them and a file."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, Q

from programmes.balance import Reader
from programmes.models import Application, Cohort, CohortAssessor, Endorsement, Gate, Reading
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.organisations.models import RegionLink, RegionScheme

HOLDS = Q(role=Role.ASSESSOR, revoked_at__isnull=True)


def region_codes(organisation_ids: Collection[int]) -> dict[int, str]:
    """The code of the NHS England region each of these organisations lies in today; one query."""
    links = RegionLink.rows().filter(organisation__in=organisation_ids, period__contains=today())
    links = links.filter(region__scheme=RegionScheme.NHS_ENGLAND)
    return dict(links.order_by().values_list("organisation", "region__code"))


def on_cohort(cohort: Cohort) -> Any:
    """The assessors of a cohort who can read now: active, and still an assessor."""
    able = RoleGrant.objects.filter(HOLDS, user__is_active=True).values("user")
    return CohortAssessor.objects.filter(cohort=cohort, user__in=able).select_related("user").order_by("user")


def readers(cohort: Cohort) -> list[Reader]:
    """The same as `balance` wants them, with what each has to read for the cohort already."""
    rows = list(on_cohort(cohort))
    return _described([row.user_id for row in rows], cohort, {row.user_id: row.most for row in rows})


def others(cohort: Cohort, user_ids: Collection[int]) -> list[Reader]:
    """Whoever reads for the cohort already and gets no more."""
    return _described(user_ids, cohort, {})


def _described(user_ids: Collection[int], cohort: Cohort, most: dict[int, int]) -> list[Reader]:
    """An assessor's profession, employer and region are those of their profile, else of where they are an assessor."""
    employer = dict(RoleGrant.objects.filter(HOLDS, user__in=user_ids).values_list("user", "organisation"))
    profession: dict[int, str] = {}
    own = Clinician.objects.filter(user__in=user_ids).order_by()
    for user_id, at, what in own.values_list("user", "organisation", "profession"):
        employer[user_id], profession[user_id] = at, what
    regions = region_codes({at for at in employer.values() if at})
    standing = Reading.objects.standing().exclude(conflict=True).filter(application__cohort=cohort)
    load: dict[int, int] = defaultdict(int)
    for user_id in standing.filter(assessor__in=user_ids).values_list("assessor", flat=True):
        load[user_id] += 1
    return [
        Reader(
            key,
            most=most.get(key, 0),
            load=load[key],
            profession=profession.get(key, ""),
            region=regions.get(employer.get(key) or 0, ""),
            employer=employer.get(key) or 0,
        )
        for key in user_ids
    ]


def barred(applications: Iterable[Application]) -> dict[int, set[int]]:
    """Of each application, by its key, the accounts that must never read it; the applications are of one cohort.

    The applicant, whoever applied for the same cohort, the applicant's line manager, the one who was asked to endorse
    it, their appraiser, whom they manage or appraise themselves, and whoever has declared a conflict about it.
    """
    rows = {row.pk: row for row in applications}
    if not rows:
        return {}
    cohort_id = next(iter(rows.values())).cohort_id
    competing = set(
        Application.objects.filter(cohort=cohort_id, submitted_at__isnull=False, clinician__user__isnull=False)
        .order_by()
        .values_list("clinician__user", flat=True)
    )
    people = {row.clinician_id: key for key, row in rows.items()}
    found = {key: set(competing) for key in rows}

    def add(pairs: Iterable[tuple[Any, ...]], *, by_person: bool = True) -> None:
        for key, *user_ids in pairs:
            found[people[key] if by_person else key].update(one for one in user_ids if one is not None)

    applicants = Clinician.objects.filter(pk__in=people).order_by()
    add(applicants.values_list("pk", "user", "line_manager__user", "appraiser"))
    add(Clinician.objects.filter(line_manager__in=people).order_by().values_list("line_manager", "user"))
    add(applicants.annotate(theirs=F("user__appraisees__user")).values_list("pk", "theirs"))
    asked = Endorsement.objects.filter(application__in=rows).order_by()
    add(asked.values_list("application", "manager"), by_person=False)
    conflicts = Reading.objects.filter(application__in=rows, conflict=True).order_by()
    add(conflicts.values_list("application", "assessor"), by_person=False)
    return found


def why_not(application: Application, assessor: User) -> str:
    """Why somebody must not read an application, in words that are true of every such case; "" where they may."""
    if assessor.pk not in barred([application])[application.pk]:
        return ""
    return (
        "This person cannot read this application. They applied for the same cohort, declared a conflict, or one of "
        "the two is the other’s line manager, appraiser or endorser."
    )


def who_could_read(application: Application, gate: Gate) -> Any:
    """The assessors of the cohort who may read an application and have not had it at this gate, by name."""
    had = application.readings.filter(gate=gate).values("assessor")
    able = on_cohort(application.cohort).order_by().values("user")
    people = User.objects.filter(pk__in=able).exclude(pk__in=barred([application])[application.pk])
    return people.exclude(pk__in=had).order_by("name", "pk")
