"""Granting and revoking roles, giving and withdrawing consent, opening accounts."""

from typing import cast

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from registry.accounts.models import Consent, ConsentReach, RoleGrant, User
from registry.accounts.roles import RIGHTS, Level, Role
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.events import selection_facts_changed
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation, Region


def may_grant(*, by: User, role: Role, organisation: Organisation | None, region: Region | None) -> bool:
    """Nobody grants what they do not hold.

    `by` needs the right to grant, and every right the role gives over others' rows, through roles
    that hold at a place which contains the new grant's place.
    """
    needed = RIGHTS[role].over | {Permission.ROLE_GRANT}
    held = {
        permission
        for grant in by.grants
        if _contains(grant, organisation, region)
        for permission in RIGHTS[Role(grant.role)].over
    }
    return needed <= held


def _contains(grant: RoleGrant, organisation: Organisation | None, region: Region | None) -> bool:
    if grant.level == Level.NATIONAL:
        return True
    if organisation is None:
        return grant.region_id is not None and region is not None and grant.region_id == region.pk
    if grant.level == Level.ORGANISATION:
        return grant.organisation_id == organisation.pk
    return Organisation.objects.in_region(cast("int", grant.region_id), today()).filter(pk=organisation.pk).exists()


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    by: User | None,
    organisation: Organisation | None = None,
    region: Region | None = None,
) -> RoleGrant:
    """Grant a role at an organisation, in a region, or (with neither) nationally.

    `by` is None only for commands that set the registry up. Raises NotAllowed where `by` does not
    hold what the role gives, Invalid where the role cannot be held at that level or is held already.
    """
    level = _level(organisation, region)
    if level not in RIGHTS[role].levels:
        raise Invalid(f"{role.label} cannot be granted at that level.", field="level")
    if by is not None and not may_grant(by=by, role=role, organisation=organisation, region=region):
        raise NotAllowed("You can only grant roles that you hold yourself at that place.")
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                user=user,
                role=role,
                level=level,
                organisation=organisation,
                region=region,
                granted_by=by,
            )
    except IntegrityError as error:
        raise Invalid(f"{user} already holds this role there.", field="role") from error
    record(
        "role.granted",
        user,
        by=by,
        organisation_id=organisation.pk if organisation else None,
        detail={"role": role, "place": grant.place},
    )
    return grant


def _level(organisation: Organisation | None, region: Region | None) -> Level:
    if organisation is not None:
        return Level.ORGANISATION
    return Level.REGION if region is not None else Level.NATIONAL


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: User) -> None:
    """End a grant at once. Raises NotAllowed where `by` could not have given it, WrongState if over."""
    grant = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if not may_grant(by=by, role=Role(grant.role), organisation=grant.organisation, region=grant.region):
        raise NotAllowed("You can only revoke roles that you could grant.")
    if grant.revoked_at is not None:
        raise WrongState("This role has already been revoked.")
    grant.revoked_at, grant.revoked_by = timezone.now(), by
    grant.save(update_fields=["revoked_at", "revoked_by"])
    record(
        "role.revoked",
        grant.user,
        by=by,
        organisation_id=grant.organisation_id,
        detail={"role": grant.role, "place": grant.place},
    )


@transaction.atomic
def open_account(*, email: str, name: str, by: User | None, password: str | None = None) -> User:
    """The account of this e-mail address: the one there is, or a new one.

    A new account without a password is claimed through "Set your password", by e-mail.
    """
    existing = User.objects.filter(email__iexact=email.strip()).first()
    if existing is not None:
        return existing
    user = User.objects.create_user(email=email, name=name, password=password)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record("account.opened", user, by=by)
    return user


@transaction.atomic
def give_consent(*, user: User, reach: ConsentReach, by: User) -> Consent:
    """Consent to be considered for board posts; a wider or narrower one replaces the one in force."""
    if by.pk != user.pk:
        raise NotAllowed("Only the person themself can consent.")
    user = User.objects.select_for_update().get(pk=user.pk)
    _end_consents(user)
    consent = Consent.objects.create(user=user, reach=reach)
    record("consent.given", user, by=by, detail={"reach": reach})
    selection_facts_changed.send(Consent, user_ids=[user.pk])
    return consent


@transaction.atomic
def withdraw_consent(*, user: User, by: User) -> None:
    """Withdraw consent at once; withdrawing what was never given changes nothing."""
    if by.pk != user.pk:
        raise NotAllowed("Only the person themself can withdraw consent.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if _end_consents(user):
        record("consent.withdrawn", user, by=by)
        selection_facts_changed.send(Consent, user_ids=[user.pk])


def _end_consents(user: User) -> int:
    # The database's clock gave `given_at`, so the database's clock ends it.
    return Consent.objects.in_force().filter(user=user).update(withdrawn_at=Now())
