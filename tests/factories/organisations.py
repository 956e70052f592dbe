"""Trusts, regions and boards of a fictional England."""

import datetime

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from registry.organisations.models import Kind, Organisation, Region, RegionLink, RegionScheme


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("scheme", "code")

    scheme = RegionScheme.NHS_ENGLAND
    code = "Y62"
    name = factory.LazyAttribute(lambda o: {"Y62": "North West", "Y56": "London"}.get(o.code, o.code))


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    ods_code = factory.Sequence(lambda n: f"T{n:03}")
    name = factory.Sequence(lambda n: f"Fictional Trust {n}")
    kind = Kind.TRUST
    opened_on = datetime.date(2001, 4, 1)

    @factory.post_generation
    def region(self, create, extracted, **kwargs):
        """`OrganisationFactory(region="Y56")` links it to that region from its opening; North West otherwise."""
        region = extracted if isinstance(extracted, Region) else RegionFactory(code=extracted or "Y62")
        RegionLink.objects.create(organisation=self, region=region, period=DateRange(self.opened_on, None))
