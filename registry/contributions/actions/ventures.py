"""What an owner does with a venture: its words, how far it is, its funding and partners, and showing it."""

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.contributions.actions.clearing import cleared_again
from registry.contributions.models import Funding, Partner, ShowcaseConsent, Venture, VentureTransition
from registry.contributions.states import TRANSITIONS, Stage
from registry.contributions.steps import check_own, held_own, trace
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState

# Money can be promised for some years to come.
YEARS_AHEAD = 5


@transaction.atomic
def start_venture(*, venture: Venture, by: User) -> Venture:
    """Write down a new venture, at whatever stage it is by now."""
    check_own(venture.clinician, by)
    venture.save(force_insert=True)
    VentureTransition.objects.create(venture=venture, before="", after=venture.stage, by=by)
    trace("venture.started", venture, by=by)
    return venture


@transaction.atomic
def describe_venture(*, venture: Venture, title: str, problem: str, business_model: str, by: User) -> None:
    """Put a venture in other words; one that was cleared has to be cleared again."""
    row = held_own(venture, by=by)
    with cleared_again(venture=row, by=by):
        row.title, row.problem, row.business_model = title, problem, business_model
        row.save(update_fields=["title", "problem", "business_model"])
    trace("venture.described", row, by=by)


@transaction.atomic
def move_venture(*, venture: Venture, to: Stage, by: User, reason: str = "") -> Venture:
    """Say how far a venture is now, with a step; ending it is final.

    Invalid where the stage cannot follow the present one, or a venture would end without a reason.
    """
    row = held_own(venture, by=by)
    before = Stage(row.stage)
    if to not in TRANSITIONS[before]:
        raise Invalid(f"It is at the stage {before.label} now. Choose one of the stages shown.", field="to")
    if to == Stage.ENDED and not reason.strip():
        raise Invalid("Say why it ends.", field="reason")
    row.stage = to
    row.save(update_fields=["stage"])
    VentureTransition.objects.create(venture=row, before=before, after=to, by=by, reason=reason.strip())
    trace("venture.moved", row, by=by, before=before.value, after=to.value)
    return row


@transaction.atomic
def save_part(*, part: Funding | Partner, by: User) -> None:
    """Add or change money or a partner; a venture that was cleared has to be cleared again.

    Invalid for a year too far ahead, WrongState where the part was removed meanwhile.
    """
    venture = held_own(part.venture, by=by)
    if isinstance(part, Funding) and part.year > today().year + YEARS_AHEAD:
        raise Invalid(f"The year must be {today().year + YEARS_AHEAD} or earlier.", field="year")
    adding = part.pk is None
    if not adding:
        _there(part, venture)
    with cleared_again(venture=venture, by=by):
        part.save(force_insert=adding, force_update=not adding)
    trace(f"{part._meta.model_name}.{'added' if adding else 'changed'}", venture, by=by)


@transaction.atomic
def remove_part(*, part: Funding | Partner, by: User) -> None:
    """Remove money or a partner, as `save_part`; history keeps what it was. Removing twice is WrongState."""
    venture = held_own(part.venture, by=by)
    _there(part, venture)
    with cleared_again(venture=venture, by=by):
        part.delete()
    trace(f"{part._meta.model_name}.removed", venture, by=by)


def _there(part: Funding | Partner, venture: Venture) -> None:
    if not type(part).objects.filter(pk=part.pk, venture=venture).exists():
        raise WrongState("This has been removed in the meantime.")


@transaction.atomic
def show_venture(*, venture: Venture, by: User) -> ShowcaseConsent:
    """Agree to a venture's being shown to everybody signed in; it is, as soon as and as long as it is cleared."""
    row = held_own(venture, by=by)
    if row.consents.in_force().exists():
        raise WrongState("You have agreed to this already.")
    consent = ShowcaseConsent.objects.create(venture=row)
    trace("venture.shown", row, by=by)
    return consent


@transaction.atomic
def hide_venture(*, venture: Venture, by: User) -> None:
    """Withdraw that consent: the venture leaves the showcase at once, whatever its stage."""
    row = held_own(venture, by=by, ended=True)
    if not row.consents.in_force().update(withdrawn_at=timezone.now()):
        raise WrongState("You have not agreed to this, or have withdrawn it already.")
    trace("venture.hidden", row, by=by)
