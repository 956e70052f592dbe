"""Cohorts from a draft to the end of applications: days, places, limits, people, opening, closing, cancelling."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from programmes import cancelling
from programmes.actions.catalogue import clean, locked_programme, newest_open_version, require_in_use
from programmes.actions.offering import fill
from programmes.actions.settling import settle
from programmes.fields import QuotaKind
from programmes.models import (
    Cohort,
    CohortAssessor,
    CohortTransition,
    CohortTutor,
    PlaceLimit,
    Programme,
    ProgrammeVersion,
    Reading,
)
from programmes.selection import holders
from programmes.states import COHORT_OVER, COHORT_TRANSITIONS, IN_SELECTION, NOT_LEFT, CohortState
from programmes.steps import locked, move, require, require_selecting, worded
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.record import record
from registry.clinicians.fields import Profession
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.seen import check_seen, mark
from registry.organisations.models import Region, RegionScheme

DAYS = ("opens_on", "closes_on", "starts_on", "ends_on")
# Each of these days, the one that it does not come before, and that one in words.
IN_ORDER = (
    ("closes_on", "opens_on", "applications open"),
    ("starts_on", "closes_on", "applications close"),
    ("ends_on", "starts_on", "the programme starts"),
)
EDITED = ("name", "capacity", *DAYS, "answer_days")
# Until places are offered.
BEFORE_OFFERS = (CohortState.DRAFT, CohortState.OPEN, CohortState.SELECTING)
# So many applications one assessor reads at most for a cohort.
MOST_TO_READ = 400


@transaction.atomic
def create_cohort(*, programme: Programme, values: Mapping[str, Any], by: User) -> Cohort:
    """Plan a cohort as a draft, on the version that is published now.

    `values` has `EDITED`. Raises Invalid where days or places break a rule, WrongState without a published version.
    """
    programme = locked_programme(programme.pk, by)
    require_in_use(programme)
    cohort = Cohort(version=require_version(programme), organisation_id=programme.organisation_id)
    _set(cohort, values)
    cohort.save()
    CohortTransition.objects.create(cohort=cohort, after=cohort.state, by=by)
    record("cohort.created", cohort, by=by, organisation_id=cohort.organisation_id)
    return cohort


@transaction.atomic
def edit_cohort(*, cohort: Cohort, values: Mapping[str, Any], by: User, seen: str | None = None) -> Cohort:
    """Change name, places and days. Once applications are closed, the days of applying stay as they were.

    Raises Invalid where there would be fewer places than are offered and taken, Stale where another lead has changed
    them since the page was opened (`seen`, of `mark_of`).
    """
    cohort = _led(cohort, by)
    check_seen(seen, stored=mark_of(cohort))
    if cohort.state in COHORT_OVER:
        raise WrongState("This cohort is over, so it cannot change.")
    kept = () if cohort.state in (CohortState.DRAFT, CohortState.OPEN) else ("opens_on", "closes_on")
    wanted = {name: value for name, value in values.items() if name not in kept}
    if wanted["capacity"] < cohort.capacity:
        taken = places_taken(cohort)
        if wanted["capacity"] < taken:
            raise Invalid(f"{taken} places are offered or taken, so there cannot be fewer.", field="capacity")
    _set(cohort, wanted)
    # Without its version, which may be closed by now: that stands in the way of opening alone.
    cohort.save(update_fields=list(wanted))
    record("cohort.edited", cohort, by=by, organisation_id=cohort.organisation_id)
    # More places go to those who wait for one.
    fill(cohort=cohort, by=by)
    return cohort


def mark_of(cohort: Cohort) -> str:
    """A mark of name, places and days, so that a page can tell whether another lead changed them."""
    return mark(*(str(getattr(cohort, name)) for name in EDITED))


@transaction.atomic
def move_to_newest_version(*, cohort: Cohort, by: User) -> Cohort:
    """Have a draft run on the version that is published now."""
    cohort = _led(cohort, by)
    _require_draft(cohort)
    cohort.version = require_version(cohort.version.programme)
    cohort.save(update_fields=["version"])
    return cohort


@transaction.atomic
def open_cohort(*, cohort: Cohort, by: User) -> Cohort:
    """Announce a draft: people can apply from its first day on, and its version stays what it is.

    Raises WrongState where its version or the newest one is closed, the programme retired, or the last day to apply
    over.
    """
    cohort = _led(cohort, by)
    _require_draft(cohort)
    # Locked, as by whoever retires the programme, closes a version, or changes whom it is for.
    programme = locked_programme(cohort.version.programme_id, by)
    require_in_use(programme)
    require_version(programme)
    version = ProgrammeVersion.objects.get(pk=cohort.version_id)
    if version.closed_at is not None:
        raise WrongState(f"Version {version.number} is closed. Move the cohort to the newest version first.")
    if cohort.closes_on < today():
        raise WrongState("The last day to apply is over. Change the days first.")
    _step(cohort, CohortState.OPEN, by=by)
    record("cohort.opened", cohort, by=by, organisation_id=cohort.organisation_id, detail={"version": version.number})
    return cohort


@transaction.atomic
def close_applications(*, cohort: Cohort, by: User) -> Cohort:
    """End applications before their last day; what was not sent by now cannot be sent any more."""
    cohort = _led(cohort, by)
    _close(cohort, by=by)
    return cohort


def close_when_over(day: datetime.date) -> int:
    """End applications for every cohort whose last day is over, each by itself; answers how many.

    Safe to run twice and side by side.
    """
    over = Cohort.objects.filter(state=CohortState.OPEN, closes_on__lt=day).order_by("pk")
    return sum(_close_over(key, day) for key in over.values_list("pk", flat=True))


@transaction.atomic
def cancel_cohort(*, cohort: Cohort, reason: str, by: User) -> Cohort:
    """Call a cohort off, whatever its state, with a reason that everybody who applied or takes part is told."""
    cohort = _led(cohort, by)
    reason = worded(reason, field="reason", needed="Say why: whoever applied is told.")
    announced = cohort.state != CohortState.DRAFT
    _step(cohort, CohortState.CANCELLED, by=by, reason=reason)
    if announced:
        cancelling.tell(cohort)
    record("cohort.cancelled", cohort, by=by, organisation_id=cohort.organisation_id, detail={"reason": reason})
    return cohort


@transaction.atomic
def limit_places(*, cohort: Cohort, kind: str, value: str, places: int, by: User) -> PlaceLimit:
    """Say how many places at most go to one region or profession; said again, it changes the limit."""
    cohort = _led(cohort, by)
    _require_before_offers(cohort)
    known = {
        QuotaKind.REGION: set(Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND).values_list("code", flat=True)),
        QuotaKind.PROFESSION: set(Profession.values),
    }
    if value not in known.get(QuotaKind(kind), set()):
        raise Invalid("Choose a region or a profession from the list.", field="what")
    if not 0 <= places < cohort.capacity:
        raise Invalid(f"Enter a whole number from 0 to {cohort.capacity - 1}: fewer than all places.", field="places")
    limit, _ = PlaceLimit.objects.update_or_create(cohort=cohort, kind=kind, value=value, defaults={"places": places})
    return limit


@transaction.atomic
def add_assessor(*, cohort: Cohort, user: User, most: int, by: User) -> CohortAssessor:
    """Have somebody read applications for a cohort; said again, it changes how many they read at most."""
    cohort = _led(cohort, by)
    _require_before_offers(cohort)
    if not assessors_at(cohort).filter(pk=user.pk).exists():
        raise Invalid("Choose somebody who holds the role assessor here.", field="user")
    if not 1 <= most <= MOST_TO_READ:
        raise Invalid(f"Enter a whole number from 1 to {MOST_TO_READ}.", field="most")
    added, _ = CohortAssessor.objects.update_or_create(cohort=cohort, user=user, defaults={"most": most})
    return added


@transaction.atomic
def add_tutor(*, cohort: Cohort, email: str, by: User) -> CohortTutor:
    """Have somebody who may teach here teach a cohort and note who was there; no supporter of somebody in it."""
    cohort = _led(cohort, by)
    if cohort.state in COHORT_OVER:
        raise WrongState("This cohort is over, so it cannot change.")
    user = _teachers(cohort).filter(email__iexact=email.strip()).first()
    if user is None:
        raise Invalid("Nobody who may teach at this organisation signs in with this address.", field="email")
    if cohort.enrolments.filter(supporter=user, state__in=NOT_LEFT).exists():
        raise Invalid("They are a supporter of somebody in this cohort, so they cannot be a tutor.", field="email")
    added, _ = CohortTutor.objects.get_or_create(cohort=cohort, user=user)
    return added


@transaction.atomic
def remove_from_cohort(*, row: PlaceLimit | CohortAssessor | CohortTutor, by: User) -> None:
    """Take a limit, an assessor or a tutor away; an assessor with something to read stays until it is moved."""
    cohort = _led(row.cohort, by)
    if isinstance(row, CohortTutor):
        if cohort.state in COHORT_OVER:
            raise WrongState("This cohort is over, so it cannot change.")
    else:
        _require_before_offers(cohort)
    if isinstance(row, CohortAssessor):
        theirs = Reading.objects.filter(application__cohort=cohort, assessor=row.user_id, submitted_at=None)
        if theirs.standing().exclude(conflict=True).exists():
            raise WrongState(f"{row.user} still has applications to read. Give them to somebody else first.")
    row.delete()


def places_taken(cohort: Cohort) -> int:
    """How many of the places are offered, taken or were completed."""
    return len(holders(cohort))


def require_version(programme: Programme) -> ProgrammeVersion:
    """The version on which a new cohort opens; WrongState where there is none."""
    version = newest_open_version(programme)
    if version is None:
        raise WrongState(
            "A cohort runs on the newest published version, and this programme has none or it is closed. "
            "Publish one first."
        )
    return version


def _led(cohort: Cohort, by: User) -> Cohort:
    """The cohort, locked, for a lead; while places can be won, not for one who competes for them."""
    cohort = locked(cohort.pk)
    require(by, P.PROGRAMME_MANAGE, cohort.organisation_id)
    if cohort.state in IN_SELECTION:
        require_selecting(by, cohort)
    return cohort


def _teachers(cohort: Cohort) -> Any:
    """Whoever may teach at the organisation that runs a cohort."""
    found = User.holding(Role.PROGRAMME_LEAD, at=cohort.organisation)
    for role in (Role.MENTOR, Role.CLINICIAN):
        found = found | User.holding(role, at=cohort.organisation)
    return found


def assessors_at(cohort: Cohort) -> Any:
    """Whoever holds the role assessor for the organisation that runs a cohort, by name."""
    return User.holding(Role.ASSESSOR, at=cohort.organisation)


def _require_draft(cohort: Cohort) -> None:
    if cohort.state != CohortState.DRAFT:
        raise WrongState("This cohort is announced already.")


def _require_before_offers(cohort: Cohort) -> None:
    if cohort.state not in BEFORE_OFFERS:
        raise WrongState("Places are offered already, so this cannot change any more.")


def _step(cohort: Cohort, to: CohortState, *, by: User | None, reason: str = "") -> None:
    before = CohortState(cohort.state)
    if (before, to) not in COHORT_TRANSITIONS:
        raise WrongState(f"This cohort is at “{before.label}”, so this cannot be done now.")
    move(cohort, to, by=by, reason=reason)


def _close(cohort: Cohort, *, by: User | None) -> None:
    _step(cohort, CohortState.SELECTING, by=by)
    record("cohort.applications_closed", cohort, by=by, organisation_id=cohort.organisation_id)
    settle(cohort=cohort, by=None)


@transaction.atomic
def _close_over(key: int, day: datetime.date) -> bool:
    cohort = locked(key)
    if cohort.state != CohortState.OPEN or cohort.closes_on >= day:
        return False
    _close(cohort, by=None)
    return True


def _set(cohort: Cohort, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(cohort, name, value)
    for name, before, words in IN_ORDER:
        if getattr(cohort, name) < getattr(cohort, before):
            raise Invalid(f"This cannot be before {words}.", field=name)
    clean(cohort)
