"""Who signs in, the roles they hold where, and the consents they gave."""

from collections.abc import Collection
from functools import cached_property
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from registry.accounts.querysets import (
    CalendarLinkQuerySet,
    ConsentQuerySet,
    RoleGrantQuerySet,
    UserManager,
)
from registry.accounts.roles import RIGHTS, Level, Role
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.kernel.scope import EVERYTHING, NOTHING, Scope
from registry.organisations.models import Organisation, Region, RegionLink


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser, ScopedModel):
    """A person who signs in with an e-mail address, or a client of the API that never does."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_client = models.BooleanField(default=False)
    # How messages come: each when it is due, or those of a day together. Whatever the law asks for always comes.
    digest = models.BooleanField("one e-mail a day", default=False, db_default=False)
    optional_mail = models.BooleanField("e-mail about what is not required by law", default=True, db_default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    privacy = Privacy(
        operational="id is_active is_client created_at last_login",
        personal="email name digest optional_mail",
        secret="password",  # noqa: S106 (a field's name)
    )

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_the_case")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def grants(self) -> list["RoleGrant"]:
        """The roles held now; read once per request."""
        return list(self.role_grants.active().select_related("organisation", "region"))

    @staticmethod
    def grants_at(organisation_ids: Collection[int]) -> Any:
        """The roles held now at these organisations, by anybody."""
        return RoleGrant.objects.active().filter(organisation_id__in=organisation_ids)

    @staticmethod
    def holding(role: Role, *, at: Organisation, or_user_id: int | None = None) -> Any:
        """The people who hold this role now at this organisation, in its region, or nationally; and one more."""
        regions = at.region_links.filter(period__contains=today()).values("region_id")
        reaching = Q(organisation=at) | Q(region__in=regions) | Q(level=Level.NATIONAL)
        holders = RoleGrant.objects.active().filter(reaching, role=role).values("user_id")
        people = Q(pk__in=holders, is_active=True, is_client=False) | Q(pk=or_user_id)
        return User.objects.filter(people).order_by("name", "pk")

    @staticmethod
    def able(permission: Permission, user_ids: Collection[int | None]) -> set[int]:
        """Which of these people hold this permission over themselves now, and can sign in."""
        keys = [key for key in user_ids if key is not None]
        return set(User.all_able(permission).filter(user_id__in=keys).values_list("user_id", flat=True))

    @staticmethod
    def all_able(permission: Permission) -> Any:
        """The roles by which people hold this permission over themselves now, and can sign in."""
        roles = [role for role, rights in RIGHTS.items() if permission in rights.own]
        return RoleGrant.objects.active().filter(role__in=roles, user__is_active=True, user__is_client=False)

    @staticmethod
    def active_holders(role: Role, user_ids: Collection[int | None]) -> set[int]:
        """Which of these people hold this role now, anywhere, and can sign in."""
        held = RoleGrant.objects.active().filter(user_id__in=[key for key in user_ids if key is not None], role=role)
        return set(held.filter(user__is_active=True, user__is_client=False).values_list("user_id", flat=True))

    @staticmethod
    def reaching(role: Role, user_ids: Collection[int], organisation_ids: Collection[int]) -> set[tuple[int, int]]:
        """Which of these people hold this role now for which of these organisations, there, in its region or wider."""
        held = RoleGrant.objects.active().filter(user_id__in=user_ids, role=role)
        held = held.filter(user__is_active=True, user__is_client=False)
        links = RegionLink.objects.filter(organisation_id__in=organisation_ids, period__contains=today())
        within = set(links.values_list("organisation_id", "region_id"))
        return {
            (grant.user_id, organisation)
            for grant in held
            for organisation in organisation_ids
            if grant.level == Level.NATIONAL
            or grant.organisation_id == organisation
            or (organisation, grant.region_id) in within
        }

    def holds(self, role: Role) -> bool:
        """Whether this role is held anywhere."""
        return any(grant.role == role for grant in self.grants)

    def places_of(self, role: Role) -> frozenset[int]:
        """The organisations at which this role is held; not those of a region or of all of England."""
        held = (grant.organisation_id for grant in self.grants if grant.role == role)
        return frozenset(key for key in held if key is not None)

    def scope_for(self, permission: Permission) -> Scope:
        """The rows this person may reach with this permission (see `kernel.scope`)."""
        if permission not in self._scopes:
            self._scopes[permission] = self._work_out(permission)
        return self._scopes[permission]

    @cached_property
    def _scopes(self) -> dict[Permission, Scope]:
        return {}

    def organisations_in(self, region_id: int) -> frozenset[int]:
        """The organisations today of a region in which a role is held; read once per request."""
        return self._organisations_by_region[region_id]

    @cached_property
    def _organisations_by_region(self) -> dict[int, frozenset[int]]:
        region_ids = {grant.region_id for grant in self.grants if grant.region_id}
        return {
            region_id: frozenset(Organisation.objects.in_region(region_id, today()).values_list("pk", flat=True))
            for region_id in region_ids
        }

    def _work_out(self, permission: Permission) -> Scope:
        if not self.is_active:
            return NOTHING
        over = [grant for grant in self.grants if permission in RIGHTS[Role(grant.role)].over]
        own = any(permission in RIGHTS[Role(grant.role)].own for grant in self.grants)
        if any(grant.level == Level.NATIONAL for grant in over):
            return EVERYTHING
        organisations = {grant.organisation_id for grant in over if grant.organisation_id}
        for grant in over:
            if grant.region_id:
                organisations |= self.organisations_in(grant.region_id)
        return Scope(organisation_ids=frozenset(organisations), user_id=self.pk if own else None)


@pghistory.track()
class RoleGrant(ScopedModel):
    """A role held at an organisation, in a region or nationally, from `granted_at` to `revoked_at`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    level = models.CharField(max_length=12, choices=Level)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    # Empty only for the first administrator, whom a command appoints.
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="grants_given")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="grants_revoked")

    objects = RoleGrantQuerySet.as_manager()

    privacy = Privacy(
        operational="id level granted_at granted_by revoked_at revoked_by",
        personal="user role organisation region",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_grant_has_one_place",
                condition=Q(level="organisation", organisation__isnull=False, region__isnull=True)
                | Q(level="region", organisation__isnull=True, region__isnull=False)
                | Q(level="national", organisation__isnull=True, region__isnull=True),
            ),
            models.CheckConstraint(
                name="role_grant_revoked_at_and_by",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "region"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="role_grant_held_once_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.place}"

    @staticmethod
    def ever_held_by(user_ids: Collection[int]) -> Any:
        """Every grant these people hold or held, to say in what role somebody did something."""
        return RoleGrant.objects.filter(user_id__in=user_ids).order_by("pk")

    @property
    def place(self) -> str:
        """Where the role holds, in words."""
        return str(self.organisation or self.region or "England")


@pghistory.track(exclude=["token_hash"])
class CalendarLink(ScopedModel):
    """The private address of somebody's calendar feed; of the address itself only the hash is kept."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CalendarLinkQuerySet.as_manager()

    privacy = Privacy(operational="made_at", personal="user", secret="token_hash")  # noqa: S106 (a field's name)


class ConsentReach(models.TextChoices):
    """For whose board posts a person wants to be considered."""

    OWN_TRUST = "trust", "My own trust"
    REGION = "region", "My region"
    NATIONAL = "national", "Anywhere in England"


@pghistory.track()
class Consent(ScopedModel):
    """Consent to be considered for board posts, from `given_at` to `withdrawn_at`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    reach = models.CharField(max_length=8, choices=ConsentReach)
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="user reach given_at withdrawn_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_in_force_per_person",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return self.get_reach_display()
