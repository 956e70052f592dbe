"""Ways to ask for vacancies, shortlists and their entries, and who is in the pool."""

import datetime
from typing import Any, ClassVar, Self

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from registry.accounts.models import ConsentReach
from registry.boards.fields import Outcome
from registry.boards.states import ShortlistStatus, VacancyStatus
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope
from registry.organisations.models import RegionLink, RegionScheme


def consent_covers(organisation_id: int, day: datetime.date, standing: str = "") -> Q:
    """Condition on Standing rows (reached through `standing`, like `clinician__standing__`): the person's
    consent in force covers a vacancy of this organisation on this day.

    Own trust: employed there. Region: employed there or in the same NHS England region. National: anybody.
    """
    links = RegionLink.objects.filter(region__scheme=RegionScheme.NHS_ENGLAND, period__contains=day)
    region = links.filter(organisation_id=organisation_id).values("region_id")[:1]
    neighbours = links.filter(region_id=Subquery(region)).values("organisation_id")
    consent, place = f"{standing}consent", f"{standing}organisation_id"
    return (
        Q(**{consent: ConsentReach.NATIONAL})
        | Q(**{f"{consent}__in": [ConsentReach.OWN_TRUST, ConsentReach.REGION], place: organisation_id})
        | Q(**{consent: ConsentReach.REGION, f"{place}__in": neighbours})
    )


class OfOrganisationQuerySet(ScopedQuerySet):
    """Rows that hang on the organisation whose vacancy they belong to."""

    organisation: ClassVar[str] = "organisation_id"

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        return self.filter(**{f"{self.organisation}__in": scope.organisation_ids})


class VacancyQuerySet(OfOrganisationQuerySet):
    """Vacancies are seen by those whose scope reaches the organisation."""

    def live(self) -> Self:
        """Those not closed."""
        return self.exclude(status=VacancyStatus.CLOSED)

    def advertised(self, day: datetime.date) -> Self:
        """Those open to candidates on this day: not yet decided, and not past their closing date."""
        return self.filter(status__in=[VacancyStatus.OPEN, VacancyStatus.BUILT], closes_on__gte=day)


class OfVacancyQuerySet(OfOrganisationQuerySet):
    """What belongs to a vacancy is seen by whoever sees the vacancy."""

    organisation = "vacancy__organisation_id"


class OfSpecificationQuerySet(OfOrganisationQuerySet):
    """What belongs to a person specification is seen by whoever sees the vacancy."""

    organisation = "specification__vacancy__organisation_id"


class ShortlistQuerySet(OfVacancyQuerySet):
    """Shortlists are seen by whoever sees the vacancy."""

    def published(self) -> Self:
        """Those frozen and served to clients of the API, the newest first."""
        return self.filter(status=ShortlistStatus.PUBLISHED).order_by("-published_at", "-id")

    def unfinished(self) -> Self:
        """Those asked for and neither built nor failed."""
        return self.filter(status__in=[ShortlistStatus.WAITING, ShortlistStatus.BUILDING])

    def current(self) -> Self:
        """Those that are a vacancy's list now: built or published."""
        return self.filter(status__in=[ShortlistStatus.BUILT, ShortlistStatus.PUBLISHED])


class OfShortlistQuerySet(OfOrganisationQuerySet):
    """What belongs to a shortlist is seen by whoever sees the vacancy."""

    organisation = "shortlist__vacancy__organisation_id"


class EntryQuerySet(OfShortlistQuerySet):
    """Entries of shortlists; pages start from `consenting`, so a withdrawal takes effect at once."""

    def consenting(self, organisation_id: int, day: datetime.date) -> Self:
        """Entries of people whose consent covers the organisation now, and who have not been erased."""
        return self.filter(consent_covers(organisation_id, day, "clinician__standing__"))

    def withdrawn(self, organisation_id: int, day: datetime.date) -> Self:
        """The others: only ever counted, never shown."""
        return self.exclude(pk__in=self.consenting(organisation_id, day).values("pk"))

    def eligible(self) -> Self:
        """Those in the order of the list."""
        return self.filter(position__isnull=False).order_by("position")

    def not_eligible(self) -> Self:
        """Those who did not meet an essential criterion, in the order of their keys."""
        return self.filter(position__isnull=True).order_by("pk")

    def with_decision(self) -> Self:
        """Adds `outcome`, `reason`, `decided_at`, `decided_by_name` and `decision_id` of the last decision."""
        last = _decisions().filter(entry=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            decision_id=Subquery(last.values("pk")[:1]),
            outcome=Subquery(last.values("outcome")[:1]),
            reason=Subquery(last.values("reason")[:1]),
            decided_at=Subquery(last.values("at")[:1]),
            decided_by_name=Subquery(last.values("by__name")[:1]),
        )

    def with_ties(self) -> Self:
        """Adds `tied`: whether somebody else in the list has the same rank."""
        others = self.model._default_manager.filter(shortlist=OuterRef("shortlist"), rank=OuterRef("rank"))
        return self.annotate(tied=Exists(others.exclude(pk=OuterRef("pk"))))

    def counts(self) -> dict[str, int]:
        """How many of these (`with_decision`) there are, are decided, and are included."""
        return self.aggregate(
            candidates=Count("pk"),
            decided=Count("pk", filter=Q(outcome__isnull=False)),
            included=Count("pk", filter=Q(outcome=Outcome.INCLUDE)),
        )

    def undecided(self) -> Self:
        """Those nobody has decided about yet."""
        return self.filter(~Exists(_decisions().filter(entry=OuterRef("pk"))))


class OfEntryQuerySet(OfOrganisationQuerySet):
    """What belongs to an entry is seen by whoever sees the vacancy."""

    organisation = "entry__shortlist__vacancy__organisation_id"


def _decisions() -> Any:
    from registry.boards.models import EntryDecision

    return EntryDecision.objects.all()
