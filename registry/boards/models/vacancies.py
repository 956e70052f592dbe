"""A vacancy for a board post, its person specification, and how it moved from state to state."""

import secrets

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registry.boards.fields import BoardPost, RegistrationNeeded
from registry.boards.models.triggers import append_only, changed, frozen_with_vacancy
from registry.boards.querysets import OfSpecificationQuerySet, OfVacancyQuerySet, VacancyQuerySet
from registry.boards.specification import WEIGHT_MAX
from registry.boards.states import VACANCY_TRANSITIONS, VacancyStatus
from registry.clinicians.fields import PayBand, Profession, QualificationKind, Sector
from registry.competency.models import Domain, FrameworkVersion
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation, Region

WEIGHTS = ("years_weight", "leading_weight", "qualification_weight", "band_weight", "sector_weight")
YEARS_MAX = 40
DESCRIPTION_MAX = 5000
# Without letters and digits that are mistaken for one another when read aloud.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A short reference for adverts and letters, like `V-7K3QX2MP`."""
    return "V-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))


@pghistory.track()
class Vacancy(ScopedModel):
    """A board post to fill; everything but its status is fixed once it is open."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="vacancies")
    post = models.CharField("post", max_length=20, choices=BoardPost)
    title = models.CharField("title of the vacancy", max_length=120)
    description = models.TextField("what the post is for", max_length=DESCRIPTION_MAX, blank=True)
    closes_on = models.DateField("closing date")
    status = models.CharField(max_length=8, choices=VacancyStatus, default=VacancyStatus.DRAFT)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = VacancyQuerySet.as_manager()

    privacy = Privacy(
        operational="id reference organisation post title description closes_on status created_at created_by"
    )

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "vacancies"
        indexes = [models.Index(fields=["organisation", "status", "-id"])]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="vacancy_has_a_title")]
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=list(VACANCY_TRANSITIONS)),
            pgtrigger.Protect(
                name="frozen_once_open",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="draft")
                & changed("reference", "organisation", "post", "title", "description", "closes_on", "created_by"),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


def _weight(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=0, validators=[MaxValueValidator(WEIGHT_MAX)])


@pghistory.track()
class PersonSpecification(ScopedModel):
    """What the post needs (essential) and what weighs in favour (desirable, weights 0 to 10)."""

    vacancy = models.OneToOneField(Vacancy, models.CASCADE, primary_key=True, related_name="specification")
    # Essential; an empty list or 0 asks for nothing. Consent is always essential.
    registration = models.CharField(
        "registration", max_length=10, choices=RegistrationNeeded, default=RegistrationNeeded.REGISTERED
    )
    professions = ArrayField(models.CharField(max_length=24, choices=Profession), default=list, blank=True)
    minimum_band = models.CharField("at least this band or grade", max_length=12, choices=PayBand, blank=True)
    minimum_years = models.PositiveSmallIntegerField(
        "years in leadership", default=0, validators=[MaxValueValidator(YEARS_MAX)]
    )
    sectors = ArrayField(models.CharField(max_length=14, choices=Sector), default=list, blank=True)
    # Levels are compared in this framework only; empty where the post asks for none.
    framework = models.ForeignKey(
        FrameworkVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="leadership framework",
    )
    # Desirable.
    years_weight = _weight("years in leadership")
    years_cap = models.PositiveSmallIntegerField(
        "years that count at most", default=10, validators=[MaxValueValidator(YEARS_MAX)]
    )
    leading_weight = _weight("in a leadership role now")
    qualifications = ArrayField(models.CharField(max_length=12, choices=QualificationKind), default=list, blank=True)
    qualification_weight = _weight("a qualification")
    band_weight = _weight("band or grade")
    desirable_sectors = ArrayField(models.CharField(max_length=14, choices=Sector), default=list, blank=True)
    sector_weight = _weight("sector")

    objects = OfVacancyQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "vacancy registration professions minimum_band minimum_years sectors framework years_weight years_cap "
            "leading_weight qualifications qualification_weight band_weight desirable_sectors sector_weight"
        )
    )

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__lte": WEIGHT_MAX}), name=f"person_specification_{name}_0_to_10"
                )
                for name in WEIGHTS
            ),
            models.CheckConstraint(
                condition=Q(minimum_years__lte=YEARS_MAX), name="person_specification_minimum_years_plausible"
            ),
            models.CheckConstraint(
                condition=Q(years_cap__gte=1, years_cap__lte=YEARS_MAX), name="person_specification_years_cap_plausible"
            ),
            models.CheckConstraint(
                condition=Q(qualification_weight=0) | Q(qualifications__len__gt=0),
                name="person_specification_weighed_qualifications_named",
            ),
            models.CheckConstraint(
                condition=Q(sector_weight=0) | Q(desirable_sectors__len__gt=0),
                name="person_specification_weighed_sectors_named",
            ),
        ]
        triggers = [frozen_with_vacancy("vacancy_id")]

    def __str__(self) -> str:
        return f"Person specification of {self.vacancy}"


@pghistory.track()
class DomainRequirement(ScopedModel):
    """The agreed level a vacancy needs in one domain (0 = none), and the weight of the level held."""

    specification = models.ForeignKey(PersonSpecification, models.CASCADE, related_name="domains")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")
    minimum = models.PositiveSmallIntegerField(default=0)
    weight = models.PositiveSmallIntegerField(default=0)

    objects = OfSpecificationQuerySet.as_manager()

    privacy = Privacy(operational="id specification domain minimum weight")

    class Meta:
        ordering = ["specification", "domain__position"]
        constraints = [
            models.UniqueConstraint(fields=["specification", "domain"], name="domain_requirement_once"),
            models.CheckConstraint(condition=Q(minimum__lte=5), name="domain_requirement_minimum_is_a_level"),
            models.CheckConstraint(condition=Q(weight__lte=WEIGHT_MAX), name="domain_requirement_weight_0_to_10"),
        ]
        triggers = [frozen_with_vacancy("specification_id")]

    def __str__(self) -> str:
        return f"{self.domain}: at least {self.minimum}, weight {self.weight}"


@pghistory.track()
class RegionRequirement(ScopedModel):
    """A region the post may be filled from; none means any."""

    specification = models.ForeignKey(PersonSpecification, models.CASCADE, related_name="regions")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")

    objects = OfSpecificationQuerySet.as_manager()

    privacy = Privacy(operational="id specification region")

    class Meta:
        ordering = ["specification", "region__name"]
        constraints = [
            models.UniqueConstraint(fields=["specification", "region"], name="region_requirement_once"),
        ]
        triggers = [frozen_with_vacancy("specification_id")]

    def __str__(self) -> str:
        return str(self.region)


class Transition(ScopedModel):
    """One step from state to state: who (nobody for the system), when and why; never changed."""

    from_status = models.CharField(max_length=9, editable=False)
    to_status = models.CharField(max_length=9, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=1000, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]
        triggers = [append_only()]


class VacancyTransition(Transition):
    """A vacancy's steps."""

    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="transitions", editable=False)

    objects = OfVacancyQuerySet.as_manager()

    privacy = Privacy(operational="id vacancy from_status to_status at by reason")

    class Meta(Transition.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"
