"""The equivalence register: asking that earlier learning counts as a tier of programme, and deciding on it."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from programmes import steps
from programmes.applicants import messages
from programmes.fields import Tier
from programmes.models import Equivalence, Programme
from programmes.models.applications import ANSWER_LENGTH
from programmes.states import EquivalenceState, VersionState
from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation

EARLIEST_YEAR = 1950
TITLE_LENGTH = 160
# Long enough for whatever is meant to last, and short enough that a slip of the keyboard is noticed.
LONGEST = datetime.timedelta(days=20 * 366)


@transaction.atomic
def ask(
    *,
    clinician: Clinician,
    tier: int,
    title: str,
    awarded_by: str,
    year: int,
    evidence: str,
    organisation: Organisation,
    by: User,
) -> Equivalence:
    """Ask an organisation's leads to recognise something done elsewhere as a tier of programme.

    Raises NotAllowed unless it is about oneself, Invalid, with the field, for what cannot be or is above what the
    organisation can recognise, and WrongState where the same waits for a decision already.
    """
    person = Clinician.objects.select_for_update(of=("self",), no_key=True).get(pk=clinician.pk)
    steps.require_own(by, Permission.PROGRAMME_TAKE_PART, person.user_id)
    if tier not in Tier.values:
        raise Invalid("Choose a tier.", field="tier")
    if tier > highest_tier(organisation.pk):
        raise Invalid(f"{organisation} runs no programme of tier {tier} or higher. Ask one that does.", field="tier")
    if not EARLIEST_YEAR <= year <= today().year:
        raise Invalid(f"Enter a year between {EARLIEST_YEAR} and {today().year}.", field="year")
    row = Equivalence(
        clinician=person,
        tier=tier,
        title=steps.worded(title, field="title", needed="Say what it is called.", most=TITLE_LENGTH),
        awarded_by=steps.worded(awarded_by, field="awarded_by", needed="Say where you did it.", most=TITLE_LENGTH),
        year=year,
        evidence=steps.worded(evidence, field="evidence", needed="Say what it covered.", most=ANSWER_LENGTH),
        organisation=organisation,
    )
    if Equivalence.objects.filter(clinician=person, title=row.title, tier=tier, state=EquivalenceState.ASKED).exists():
        raise WrongState("You have asked for this already, and it waits for a decision.")
    row.save()
    record("equivalence.asked", row, by=by, organisation_id=organisation.pk, detail={"tier": tier})
    return row


@transaction.atomic
def recognise(*, equivalence: Equivalence, reason: str, expires_on: datetime.date | None, by: User) -> None:
    """Let it count as its tier, at gates and for parts of programmes, until a day (none: it does not end).

    It counts everywhere, so an organisation recognises nothing above the programmes it runs itself. Raises NotAllowed
    for one's own and outside the lead's organisations, WrongState where somebody has decided, Invalid, with the field,
    for such a tier, without a reason or for a day that is not in the future.
    """
    held = _held(equivalence, by)
    if held.tier > highest_tier(held.organisation_id):
        said = f"{held.organisation} runs no programme of tier {held.tier} or higher, so it cannot recognise this."
        raise Invalid(said, field="decision")
    if expires_on is not None and not today() < expires_on <= today() + LONGEST:
        raise Invalid("The last day on which it counts must be in the next 20 years.", field="expires_on")
    held.expires_on = expires_on
    _decide(held, EquivalenceState.RECOGNISED, reason, by)


@transaction.atomic
def refuse(*, equivalence: Equivalence, reason: str, by: User) -> None:
    """Say that it does not count, and why; raises as `recognise` does."""
    _decide(_held(equivalence, by), EquivalenceState.REFUSED, reason, by)


def highest_tier(organisation_id: int) -> int:
    """The highest tier among the programmes an organisation runs: published, and not retired; 0 for none."""
    running = Programme.objects.filter(organisation=organisation_id, retired_at=None)
    published = running.filter(versions__state=VersionState.PUBLISHED)
    return int(published.aggregate(highest=Max("tier"))["highest"] or 0)


def may_decide(equivalence: Equivalence, by: User) -> bool:
    """Nobody decides about their own."""
    return equivalence.clinician.user_id != by.pk


def _held(equivalence: Equivalence, by: User) -> Equivalence:
    rows = Equivalence.objects.select_for_update(of=("self",), no_key=True).select_related("clinician", "organisation")
    held: Equivalence = rows.get(pk=equivalence.pk)
    steps.require(by, Permission.PROGRAMME_MANAGE, held.organisation_id)
    if not may_decide(held, by):
        raise NotAllowed("Somebody else decides about your own.")
    if held.state != EquivalenceState.ASKED:
        raise WrongState("Somebody has decided about this already.")
    return held


def _decide(held: Equivalence, state: EquivalenceState, reason: str, by: User) -> None:
    held.decision_reason = steps.worded(reason, field="reason", needed="Say why. The person who asked reads it.")
    held.state, held.decided_at, held.decided_by = state, timezone.now(), by
    held.save(update_fields=["state", "decided_at", "decided_by", "decision_reason", "expires_on"])
    messages.tell_equivalence(held)
    record(
        "equivalence.recognised" if state == EquivalenceState.RECOGNISED else "equivalence.refused",
        held,
        by=by,
        organisation_id=held.organisation_id,
        detail={"tier": held.tier, "until": held.expires_on.isoformat() if held.expires_on else None},
    )
