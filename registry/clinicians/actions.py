"""Keeping profiles: details, entries (registrations, posts, roles, qualifications), checks, accounts."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.actions import grant_role, open_account
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.record import record
from registry.clinicians.fields import Register, RegistrationStatus, VerificationMethod
from registry.clinicians.models import Clinician, OfClinician, Post, Registration, RoleMix
from registry.clinicians.validators import (
    check_mix_start,
    check_mixes_within,
    check_role_mix,
    clean_registration_number,
)
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.events import selection_facts_changed
from registry.kernel.permissions import Permission

# What people say of themselves; everything else on a profile is the employer's to say.
OWN_FIELDS = frozenset(
    {
        "given_name",
        "family_name",
        "profession",
        "sector",
        "career_stage",
        "aspirations",
        "readiness",
        "mobility",
    }
)
EMPLOYER_FIELDS = OWN_FIELDS | {"email", "department", "organisation", "staff_number", "line_manager", "appraiser"}


def may_edit(*, clinician: Clinician, by: User) -> bool:
    """Whether `by` may write on this profile at all: their own, or one of their organisation's."""
    own = by.scope_for(Permission.PROFILE_EDIT).user_id
    return edits_as_employer(clinician=clinician, by=by) or (own is not None and own == clinician.user_id)


def edits_as_employer(*, clinician: Clinician, by: User) -> bool:
    """Whether `by` keeps this profile for the employer."""
    return by.scope_for(Permission.PROFILE_EDIT).covers(frozenset({clinician.organisation_id}))


@transaction.atomic
def update_details(*, clinician: Clinician, changes: dict[str, Any], by: User) -> Clinician:
    """Change fields of the profile itself.

    Raises NotAllowed where `by` may not change one of them, Invalid where the staff number is taken
    or somebody would manage or appraise themself.
    """
    clinician = _locked(clinician, by)
    allowed = EMPLOYER_FIELDS if edits_as_employer(clinician=clinician, by=by) else OWN_FIELDS
    if not changes.keys() <= allowed:
        raise NotAllowed("Only your employer can change this.")
    changed = {name: value for name, value in changes.items() if getattr(clinician, name) != value}
    if not changed:
        return clinician
    if "organisation" in changed:
        # The manager stays behind, unless the new one is named at once.
        changed.setdefault("line_manager", None)
    for name, value in changed.items():
        setattr(clinician, name, value)
    if not edits_as_employer(clinician=clinician, by=by) and "organisation" in changed:
        raise NotAllowed("You can only move people between organisations you keep people for.")
    _check_details(clinician, changed)
    try:
        with transaction.atomic():
            clinician.save(update_fields=list(changed))
    except IntegrityError as error:
        raise Invalid("Somebody at this organisation already has this staff number.", field="staff_number") from error
    if "organisation" in changed:
        # Nor do they manage the people they leave.
        clinician.reports.update(line_manager=None)
    record(
        "profile.changed",
        clinician,
        by=by,
        organisation_id=clinician.organisation_id,
        detail={"fields": sorted(changed)},
    )
    selection_facts_changed.send(Clinician, clinician_ids=[clinician.pk])
    return clinician


def _check_details(clinician: Clinician, changed: dict[str, Any]) -> None:
    """Only what changes is checked: an error beside a field that the form has not is no help."""
    manager = clinician.line_manager if "line_manager" in changed else None
    if manager and manager.pk == clinician.pk:
        raise Invalid("Somebody cannot be their own line manager.", field="line_manager")
    if manager and manager.organisation_id != clinician.organisation_id:
        raise Invalid("The line manager must be at the same organisation.", field="line_manager")
    if "appraiser" in changed and clinician.appraiser_id is not None and clinician.appraiser_id == clinician.user_id:
        raise Invalid("Somebody cannot be their own appraiser.", field="appraiser")


@transaction.atomic
def save_entry(*, entry: OfClinician, by: User) -> None:
    """Add or change a registration, post, leadership role or qualification.

    A registration's number takes its one written form, and a changed number loses its verification.
    Raises NotAllowed where the profile is out of reach, WrongState where somebody would change their
    own registration after it was checked, Invalid where the number is wrong or taken,
    or a post would begin after, or end before, a day from which it has a role mix.
    """
    clinician = _locked(entry.clinician, by)
    adding = entry.pk is None
    before = None if adding else type(entry).objects.filter(pk=entry.pk, clinician=clinician).first()
    if before is None and not adding:
        raise WrongState("This has been removed in the meantime.")
    if isinstance(entry, Registration):
        entry.number = clean_registration_number(Register(entry.register), entry.number)
        if isinstance(before, Registration):
            _keep_checked_facts(entry, before, clinician, by)
        else:
            _never_checked(entry)
    if isinstance(entry, Post) and not adding:
        check_mixes_within(entry.mixes.values_list("from_date", flat=True), entry.started_on, entry.ended_on)
    try:
        with transaction.atomic():
            entry.save(force_insert=adding, force_update=not adding)
    except IntegrityError as error:
        if not isinstance(entry, Registration):
            raise
        # The other holder may be anybody, anywhere: the message must not say.
        raise Invalid(
            "This registration number cannot be used. Check it, and tell the registry's administrator if it is right.",
            field="number",
        ) from error
    _changed(entry, clinician, "added" if adding else "changed", by)


def _never_checked(registration: Registration) -> None:
    registration.status = RegistrationStatus.REGISTERED
    registration.verified_at, registration.verified_by, registration.method = None, None, ""


def _keep_checked_facts(registration: Registration, before: Registration, clinician: Clinician, by: User) -> None:
    # Status and verification change only through `record_verification`.
    _refuse_own_checked(before, clinician, by)
    if (registration.register, registration.number) != (before.register, before.number):
        _never_checked(registration)
    else:
        registration.status, registration.method = before.status, before.method
        registration.verified_at, registration.verified_by = before.verified_at, before.verified_by


def may_change(*, registration: Registration, clinician: Clinician, by: User) -> bool:
    """Whether `by` may change or remove this registration: once checked, it is not the person's own to shed."""
    if not may_edit(clinician=clinician, by=by):
        return False
    checked = registration.verified_at is not None or registration.status != RegistrationStatus.REGISTERED
    return not checked or (by.pk != clinician.user_id and edits_as_employer(clinician=clinician, by=by))


def _refuse_own_checked(registration: Registration, clinician: Clinician, by: User) -> None:
    if not may_change(registration=registration, clinician=clinician, by=by):
        raise WrongState("HR has checked this registration, so only another HR officer can change or remove it.")


@transaction.atomic
def remove_entry(*, entry: OfClinician, by: User) -> None:
    """Remove an entry for good; history keeps what it was. Removing twice is WrongState."""
    clinician = _locked(entry.clinician, by)
    current = type(entry).objects.filter(pk=entry.pk, clinician=clinician).first()
    if current is None:
        raise WrongState("This has already been removed.")
    if isinstance(current, Registration):
        _refuse_own_checked(current, clinician, by)
    current.delete()
    _changed(current, clinician, "removed", by)


@transaction.atomic
def save_role_mix(
    *, post: Post, from_date: datetime.date, practitioner: int, partner: int, leader: int, by: User
) -> RoleMix:
    """Say how a post divides from a day on, in hundredths; the same day again replaces what was said of it.

    Raises Invalid where the three do not add up to 100, or the day is to come or not within the post.
    """
    clinician = _locked(post.clinician, by)
    held = Post.objects.filter(pk=post.pk, clinician=clinician).first()
    if held is None:
        raise WrongState("This post has been removed in the meantime.")
    check_role_mix(practitioner, partner, leader)
    check_mix_start(from_date, held.started_on, held.ended_on)
    parts = {"practitioner": practitioner, "partner": partner, "leader": leader}
    mix, _ = RoleMix.objects.update_or_create(post=held, from_date=from_date, defaults=parts)
    _note_mix("saved", held, clinician, by)
    return mix


@transaction.atomic
def remove_role_mix(*, mix: RoleMix, by: User) -> None:
    """Remove what was said of a day; history keeps what it was. Removing twice is WrongState."""
    clinician = _locked(mix.post.clinician, by)
    current = RoleMix.objects.filter(pk=mix.pk, post__clinician=clinician).select_related("post").first()
    if current is None:
        raise WrongState("This has already been removed.")
    current.delete()
    _note_mix("removed", current.post, clinician, by)


def _note_mix(act: str, post: Post, clinician: Clinician, by: User) -> None:
    detail = {"entry": str(post)}
    record(f"rolemix.{act}", clinician, by=by, organisation_id=clinician.organisation_id, detail=detail)


@transaction.atomic
def record_verification(
    *, registration: Registration, status: RegistrationStatus, method: VerificationMethod, by: User
) -> Registration:
    """Write down that `by` checked a registration now, how, and what the regulator says.

    Only the employer checks, and never their own: NotAllowed otherwise.
    """
    clinician = _locked(registration.clinician, by)
    if not edits_as_employer(clinician=clinician, by=by) or by.pk == clinician.user_id:
        raise NotAllowed("Another HR officer has to check this registration.")
    current = Registration.objects.filter(pk=registration.pk, clinician=clinician).first()
    if current is None:
        raise WrongState("This registration has been removed in the meantime.")
    if (current.register, current.number) != (registration.register, registration.number):
        raise WrongState("This registration's number has changed since you opened the page.")
    current.status, current.method = status, method
    current.verified_at, current.verified_by = timezone.now(), by
    current.save(update_fields=["status", "method", "verified_at", "verified_by"])
    record(
        "registration.verified",
        clinician,
        by=by,
        organisation_id=clinician.organisation_id,
        detail={"registration": str(current), "status": status, "method": method},
    )
    selection_facts_changed.send(Registration, clinician_ids=[clinician.pk])
    return current


@transaction.atomic
def open_clinician_account(*, clinician: Clinician, by: User) -> User:
    """Open, or link, the account of the profile's work e-mail address and grant it the clinician role.

    Raises NotAllowed unless `by` keeps the profile for the employer and may grant the role there,
    WrongState where there is an account already, Invalid where the address is missing or cannot be used.
    """
    clinician = _locked(clinician, by)
    if not edits_as_employer(clinician=clinician, by=by):
        raise NotAllowed("Only the employer opens accounts.")
    if clinician.user_id is not None:
        raise WrongState("This person has an account already.")
    if not clinician.email:
        raise Invalid("Enter a work e-mail address on the profile first.", field="email")
    # The address may be in use anywhere: the message must not say where.
    refusal = Invalid("This e-mail address cannot be used. Ask the person for another one.", field="email")
    existing = User.objects.filter(email__iexact=clinician.email).first()
    held_here = User.grants_at([clinician.organisation_id])
    # As in a staff file: an account becomes a profile's only where its holder works here already.
    if existing and not held_here.filter(user=existing).exists():
        raise refusal
    user = existing or open_account(email=clinician.email, name=clinician.name, by=by)
    if user.is_client or not user.is_active or clinician.appraiser_id == user.pk:
        raise refusal
    clinician.user = user
    try:
        with transaction.atomic():
            clinician.save(update_fields=["user"])
    except IntegrityError as error:
        raise refusal from error
    if not held_here.filter(user=user, role=Role.CLINICIAN).exists():
        grant_role(user=user, role=Role.CLINICIAN, organisation=clinician.organisation, by=by)
    selection_facts_changed.send(Clinician, clinician_ids=[clinician.pk])
    return user


def _locked(clinician: Clinician, by: User) -> Clinician:
    """The clinician as the database has it, held until the end of the transaction; NotAllowed out of reach.

    Whoever changes a profile takes this lock first, so that standing is recomputed from all of what
    two people write at once.
    """
    locked = Clinician.objects.select_for_update(of=("self",), no_key=True).filter(pk=clinician.pk).first()
    if locked is None or not may_edit(clinician=locked, by=by):
        raise NotAllowed("You cannot change this profile.")
    return locked


def _changed(entry: OfClinician, clinician: Clinician, act: str, by: User) -> None:
    record(
        f"{entry._meta.model_name}.{act}",
        clinician,
        by=by,
        organisation_id=clinician.organisation_id,
        detail={"entry": str(entry)},
    )
    selection_facts_changed.send(type(entry), clinician_ids=[clinician.pk])
