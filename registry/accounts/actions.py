"""Granting and revoking roles, giving and withdrawing consent, opening accounts."""

from collections.abc import Sequence
from typing import cast

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower, Now
from django.utils import timezone

from registry.accounts.models import Consent, ConsentReach, RoleGrant, User
from registry.accounts.roles import RIGHTS, Level, Role
from registry.audit.record import record, record_many
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
        if _contains(by, grant, organisation, region)
        for permission in RIGHTS[Role(grant.role)].over
    }
    return needed <= held


def _contains(by: User, grant: RoleGrant, organisation: Organisation | None, region: Region | None) -> bool:
    if grant.level == Level.NATIONAL:
        return True
    if organisation is None:
        return grant.region_id is not None and region is not None and grant.region_id == region.pk
    if grant.level == Level.ORGANISATION:
        return grant.organisation_id == organisation.pk
    return organisation.pk in by.organisations_in(cast("int", grant.region_id))


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
    if user.is_client != (role == Role.API_CLIENT):
        raise Invalid("Only clients of the API hold the role API client, and no other.", field="role")
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
    if grant.role == Role.CLINICIAN and not grant.user.holds(Role.CLINICIAN):
        # Whoever no longer keeps a profile has no page to withdraw on, so consent ends with the role.
        _withdraw(grant.user, by=by)


@transaction.atomic
def open_account(*, email: str, name: str, by: User | None, password: str | None = None) -> User:
    """The account of this e-mail address: the one there is, or a new one.

    A new account without a password is claimed through "Set your password", by e-mail.
    """
    existing = User.objects.filter(email__iexact=email.strip())
    if found := existing.first():
        return found
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=email, name=name, password=password)
            EmailAddress.objects.create(user=user, email=_as_typed_at_sign_in(user), primary=True, verified=True)
    except IntegrityError:
        # Somebody opened it between our look and our write.
        return existing.get()
    record("account.opened", user, by=by)
    return user


def _as_typed_at_sign_in(user: User) -> str:
    # allauth looks addresses up in small letters, whatever somebody types.
    return user.email.lower()


@transaction.atomic
def open_accounts(
    *, people: Sequence[tuple[str, str]], role: Role, organisation: Organisation, by: User | None
) -> dict[str, User]:
    """The accounts of many (e-mail address, name) at once, each holding `role` at the organisation.

    The same rules as `open_account` and `grant_role`, in sets: accounts there are, are kept; new ones are
    claimed through "Set your password". Answers address in small letters → user. Raises NotAllowed where
    `by` does not hold what the role gives.
    """
    if by is not None and not may_grant(by=by, role=role, organisation=organisation, region=None):
        raise NotAllowed("You can only grant roles that you hold yourself at that place.")
    names = {email.strip().lower(): (email.strip(), name) for email, name in people}
    existing = User.objects.annotate(address=Lower("email")).filter(address__in=names)
    users = {user.address: user for user in existing}
    new = {
        address: User(email=email, name=name, password=make_password(None))
        for address, (email, name) in names.items()
        if address not in users
    }
    User.objects.bulk_create(new.values(), batch_size=2000)
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=user, email=_as_typed_at_sign_in(user), primary=True, verified=True)
            for user in new.values()
        ],
        batch_size=2000,
    )
    record_many("account.opened", list(new.values()), by=by, organisation_id=organisation.pk)
    users |= new
    held = set(
        RoleGrant.objects.active()
        .filter(role=role, organisation=organisation, user__in=[user.pk for user in users.values()])
        .values_list("user_id", flat=True)
    )
    granted = [user for user in users.values() if user.pk not in held]
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(user=user, role=role, level=Level.ORGANISATION, organisation=organisation, granted_by=by)
            for user in granted
        ],
        batch_size=2000,
    )
    record_many(
        "role.granted",
        granted,
        by=by,
        organisation_id=organisation.pk,
        detail={"role": role, "place": str(organisation)},
    )
    return users


@transaction.atomic
def give_consent(*, user: User, reach: ConsentReach, by: User) -> Consent:
    """Consent to be considered for board posts; a wider or narrower one replaces the one in force."""
    if by.pk != user.pk:
        raise NotAllowed("Only the person themself can consent.")
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
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
    _withdraw(user, by=by)


def _withdraw(user: User, *, by: User) -> None:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _end_consents(user):
        record("consent.withdrawn", user, by=by)
        selection_facts_changed.send(Consent, user_ids=[user.pk])


def _end_consents(user: User) -> int:
    # The database's clock gave `given_at`, so the database's clock ends it.
    return Consent.objects.in_force().filter(user=user).update(withdrawn_at=Now())
