"""A clinician's leadership profile: who they are, registrations, posts, roles, qualifications, aims."""

from collections.abc import Collection
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower, Now, NullIf

from registry.clinicians.fields import (
    Aspiration,
    CareerStage,
    Mobility,
    PayBand,
    Profession,
    QualificationKind,
    Readiness,
    Register,
    RegistrationStatus,
    RoleNature,
    Sector,
    VerificationMethod,
)
from registry.clinicians.querysets import ClinicianQuerySet, OfClinicianQuerySet, OfPostQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation


@pghistory.track()
class Clinician(ScopedModel):
    """A person of any clinical profession; the account is theirs once they claim it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="clinician"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="clinicians")
    staff_number = models.CharField(max_length=20, blank=True)
    given_name = models.CharField("first name", max_length=100)
    family_name = models.CharField("last name", max_length=100)
    email = models.EmailField("work e-mail address", blank=True)
    profession = models.CharField(max_length=24, choices=Profession)
    sector = models.CharField(max_length=14, choices=Sector)
    department = models.CharField("department or service", max_length=100, blank=True, db_default="")
    career_stage = models.CharField(max_length=12, choices=CareerStage)
    line_manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    appraiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="appraisees"
    )
    aspirations = ArrayField(models.CharField(max_length=12, choices=Aspiration), default=list, blank=True)
    readiness = models.CharField(max_length=6, choices=Readiness, blank=True)
    mobility = models.CharField(max_length=8, choices=Mobility, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ClinicianQuerySet.as_manager()

    privacy = Privacy(
        operational="id created_at",
        personal=(
            "user organisation staff_number given_name family_name email profession sector department "
            "career_stage line_manager appraiser aspirations readiness mobility"
        ),
    )

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        indexes = [models.Index(fields=["organisation", "family_name", "given_name", "id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "staff_number"],
                condition=~Q(staff_number=""),
                name="clinician_staff_number_unique_at_organisation",
            ),
            models.CheckConstraint(
                condition=Q(line_manager__isnull=True) | ~Q(line_manager=F("id")),
                name="clinician_not_their_own_manager",
            ),
            models.CheckConstraint(
                condition=Q(appraiser__isnull=True) | Q(user__isnull=True) | ~Q(appraiser=F("user")),
                name="clinician_not_their_own_appraiser",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as the person writes it."""
        return f"{self.given_name} {self.family_name}"

    @staticmethod
    def known_addresses(addresses: Collection[str], *, at: int) -> set[str]:
        """Those of these addresses (in small letters) that a clinician of the organisation has, in small letters."""
        people = Clinician.objects.filter(organisation_id=at)
        both = Coalesce(NullIf(Lower("email"), Value("")), Lower("user__email"))
        return set(people.annotate(address=both).filter(address__in=addresses).values_list("address", flat=True))

    @staticmethod
    def registrations_numbered(number: str) -> Any:
        """Keys of the clinicians with exactly this registration number."""
        return Clinician.registrations_where(number__iexact=number)

    @staticmethod
    def registrations_where(*conditions: Q, **lookups: Any) -> Any:
        """Keys of the clinicians with a registration like this."""
        return Registration.objects.filter(*conditions, **lookups).values("clinician_id")


class OfClinician(ScopedModel):
    """Something that belongs to one clinician."""

    clinician = models.ForeignKey(Clinician, models.CASCADE)

    objects = OfClinicianQuerySet.as_manager()

    class Meta:
        abstract = True


class Dated(OfClinician):
    """Something held from one day to another, or still held; the last day is `ended_on`."""

    started_on = models.DateField("start date")
    ended_on = models.DateField("end date", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = [F("ended_on").desc(nulls_first=True), "-started_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="%(class)s_ends_after_it_starts",
            )
        ]


@pghistory.track()
class Registration(OfClinician):
    """An entry on a statutory register, and who last checked it, how and when."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="registrations")
    register = models.CharField(max_length=6, choices=Register)
    number = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    method = models.CharField(max_length=8, choices=VerificationMethod, blank=True)

    privacy = Privacy(
        operational="id verified_at verified_by method",
        personal="clinician register number status",
    )

    class Meta:
        ordering = ["register", "number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="registration_number_unique_on_register"),
            models.CheckConstraint(
                name="registration_verified_at_by_and_method",
                condition=Q(verified_at__isnull=True, verified_by__isnull=True, method="")
                | (Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(method="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


@pghistory.track()
class Post(Dated):
    """A post held, with its pay band or grade."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    title = models.CharField("job title", max_length=120)
    band = models.CharField("pay band or grade", max_length=12, choices=PayBand)

    privacy = Privacy(operational="id", personal="clinician organisation title band started_on ended_on")

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"


@pghistory.track()
class RoleMix(ScopedModel):
    """How a post divides, in hundredths, between practitioner, partner and leader, from a day on."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mixes")
    from_date = models.DateField("from")
    practitioner = models.PositiveSmallIntegerField()
    partner = models.PositiveSmallIntegerField()
    leader = models.PositiveSmallIntegerField()

    objects = OfPostQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="post from_date practitioner partner leader")

    class Meta:
        ordering = ["post", "from_date"]
        constraints = [
            models.UniqueConstraint(fields=["post", "from_date"], name="role_mix_one_from_a_day"),
            models.CheckConstraint(
                condition=Q(practitioner=100 - F("partner") - F("leader")), name="role_mix_sums_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"Practitioner {self.practitioner}, partner {self.partner}, leader {self.leader}"


@pghistory.track()
class LeadershipRole(Dated):
    """Leading, with or without a title, and the time protected for it."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="leadership_roles")
    title = models.CharField("role", max_length=120)
    nature = models.CharField("kind of role", max_length=8, choices=RoleNature)
    protected_sessions = models.DecimalField(
        "protected time, in sessions or programmed activities a week",
        max_digits=4,
        decimal_places=2,
        default=0,
    )

    privacy = Privacy(operational="id", personal="clinician title nature protected_sessions started_on ended_on")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(protected_sessions__gte=0, protected_sessions__lte=14),
                name="leadershiprole_protected_sessions_in_a_week",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Qualification(OfClinician):
    """A qualification that bears on leadership."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=QualificationKind)
    title = models.CharField(max_length=160)
    awarded_by = models.CharField(max_length=160, blank=True)
    year = models.PositiveSmallIntegerField("year awarded")

    privacy = Privacy(operational="id", personal="clinician kind title awarded_by year")

    class Meta:
        ordering = ["-year", "title"]
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=1950, year__lte=2100), name="qualification_year_plausible")
        ]

    def __str__(self) -> str:
        return self.title
