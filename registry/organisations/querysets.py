"""Ways to ask for organisations."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class OrganisationQuerySet(models.QuerySet):
    """Organisations are public: everybody who is signed in may read them."""

    def open_on(self, day: datetime.date) -> Self:
        """Those that existed on this day; the closing date is the last day."""
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day),
            Q(closed_on__isnull=True) | Q(closed_on__gte=day),
        )

    def english_trusts(self) -> Self:
        """NHS trusts of England; Welsh rows of the ODS file are a kind of their own."""
        return self.filter(kind="trust")

    def in_region(self, region_id: int, day: datetime.date) -> Self:
        """Those linked to the region (of either scheme) on this day."""
        return self.filter(
            Q(region_links__region_id=region_id) | Q(region_links__region__part_of_id=region_id),
            region_links__period__contains=day,
        )

    def matching(self, text: str) -> Self:
        """Those whose name contains every word of `text`, or whose ODS code is it."""
        found = self
        for word in text.replace("\0", "").split():
            found = found.filter(Q(name__icontains=word) | Q(ods_code__iexact=word))
        return found
