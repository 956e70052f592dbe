"""The register: mentors with what they offer, people with what they look for, and whom nobody is to be paired with."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from mentoring.fields import MOST_MENTEES, WAITING, Kind, Language, Meeting, Mix, OfferState, RequestState
from mentoring.querysets import (
    ExclusionQuerySet,
    MentorQuerySet,
    OfMentorQuerySet,
    OfRequestQuerySet,
    RequestQuerySet,
)
from registry.accounts.models import User
from registry.clinicians.fields import Sector
from registry.clinicians.models import Clinician
from registry.competency.models import Domain
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

PROSE_LENGTH = 1000
LINE_LENGTH = 160


@pghistory.track()
class MentorProfile(ScopedModel):
    """What somebody offers: of which kinds, to how many, to whom, and how they learnt it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="mentor_profile")
    state = models.CharField(max_length=6, choices=OfferState, default=OfferState.OPEN)
    capacity = models.PositiveSmallIntegerField("mentees at the same time", default=2)
    kinds = ArrayField(models.CharField(max_length=8, choices=Kind))
    about = models.TextField("what you bring", max_length=PROSE_LENGTH, blank=True)
    mix = models.CharField("profession of the other person", max_length=5, choices=Mix, default=Mix.ANY)
    # In which they want to help; empty where it does not matter.
    sectors = ArrayField(models.CharField(max_length=14, choices=Sector), default=list, blank=True)
    meeting = models.CharField("how you can meet", max_length=6, choices=Meeting, default=Meeting.EITHER)
    languages = ArrayField(models.CharField(max_length=3, choices=Language), default=list, blank=True)
    trained_on = models.DateField("day of your training as a mentor or coach", null=True, blank=True)
    qualification = models.CharField("qualification", max_length=LINE_LENGTH, blank=True)
    since = models.DateTimeField(db_default=Now(), editable=False)

    objects = MentorQuerySet.as_manager()

    privacy = Privacy(
        operational="id since",
        personal="user state capacity kinds about mix sectors meeting languages trained_on qualification",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=MOST_MENTEES), name="mentor_capacity_1_to_12"
            ),
            models.CheckConstraint(condition=Q(kinds__len__gte=1), name="mentor_offers_some_kind"),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def kind_labels(self) -> list[str]:
        """What the mentor offers, as pages name it."""
        return [Kind(kind).label for kind in self.kinds]

    @property
    def works_at(self) -> str:
        """Where the mentor works, as pages name it; needs the loading of `with_people`."""
        clinician = getattr(self.user, "clinician", None)
        if clinician is not None:
            return str(clinician.organisation)
        held = [grant for grant in self.user.role_grants.all() if grant.revoked_at is None]
        return ", ".join(sorted({str(grant.organisation) for grant in held if grant.organisation_id}))


@pghistory.track()
class MentorStrength(ScopedModel):
    """A domain of leadership that a mentor is good at."""

    mentor = models.ForeignKey(MentorProfile, models.CASCADE, related_name="strengths")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")

    objects = OfMentorQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="mentor domain")

    class Meta:
        ordering = ["mentor", "domain__position"]
        constraints = [models.UniqueConstraint(fields=["mentor", "domain"], name="mentor_strength_once")]

    def __str__(self) -> str:
        return str(self.domain)


@pghistory.track(exclude=["aim"])
class MentoringRequest(ScopedModel):
    """What somebody looks for: which kind, to work on what, and with whom."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="mentoring_requests")
    kind = models.CharField("kind of mentoring", max_length=8, choices=Kind)
    state = models.CharField(max_length=4, choices=RequestState, default=RequestState.OPEN)
    aim = models.TextField("what you want from it", max_length=PROSE_LENGTH)
    mix = models.CharField("profession of the other person", max_length=5, choices=Mix, default=Mix.ANY)
    sector = models.CharField("sector of the other person", max_length=14, choices=Sector, blank=True)
    meeting = models.CharField("how you can meet", max_length=6, choices=Meeting, default=Meeting.EITHER)
    language = models.CharField("language besides English", max_length=3, choices=Language, blank=True)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RequestQuerySet.as_manager()

    privacy = Privacy(
        operational="id asked_at", personal="clinician kind state mix sector meeting language", confidential="aim"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "kind"],
                condition=Q(state__in=WAITING),
                name="mentoring_one_open_request_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.clinician}"


@pghistory.track()
class RequestNeed(ScopedModel):
    """A domain of leadership that somebody wants to work on."""

    request = models.ForeignKey(MentoringRequest, models.CASCADE, related_name="needs")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")

    objects = OfRequestQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="request domain")

    class Meta:
        ordering = ["request", "domain__position"]
        constraints = [models.UniqueConstraint(fields=["request", "domain"], name="mentoring_need_once")]

    def __str__(self) -> str:
        return str(self.domain)


class Exclusion(ScopedModel):
    """Somebody, by their e-mail address, whom a person does not want to be paired with.

    The address is kept as it was typed in, so that the form tells nobody who is in the registry.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = models.EmailField("their work e-mail address")

    objects = ExclusionQuerySet.as_manager()

    privacy = Privacy(operational="id", confidential="user email")

    class Meta:
        ordering = ["user", "email"]
        constraints = [models.UniqueConstraint(F("user"), Lower("email"), name="exclusion_once")]

    def __str__(self) -> str:
        return self.email
