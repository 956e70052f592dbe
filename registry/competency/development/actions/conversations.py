"""Career conversations: prepared, shared and taken back, answered by the partner, written up, confirmed by both."""

import datetime
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.competency.development.partners import partners_for
from registry.competency.development.states import TALK_TRANSITIONS, Direction, Talk
from registry.competency.development.steps import check_ahead, check_own, check_past, worded
from registry.competency.models import CareerConversation, ConversationTransition
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.nhsuk.seen import check_seen, mark

PREPARED = ("contribution", "approach", "growth", "direction", "support")
OUTCOME = ("held_on", "agreed_direction", "agreed_actions", "next_on")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What somebody brings to a conversation; nothing is needed until it is shared."""

    contribution: str = ""
    approach: str = ""
    growth: str = ""
    direction: Direction | str = ""
    support: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a conversation: the day, the direction, what both will do, and when they talk next."""

    held_on: datetime.date
    agreed_direction: Direction
    agreed_actions: str
    next_on: datetime.date


def mark_of(conversation: CareerConversation) -> str:
    """A mark of all words of a conversation; who has confirmed them does not count."""
    names = (*PREPARED, *OUTCOME, "partner_view", "partner_id")
    return mark(*(str(getattr(conversation, name)) for name in names))


@transaction.atomic
def start_conversation(*, clinician: Clinician, by: User) -> CareerConversation:
    """Begin to prepare a conversation of one's own; WrongState where one is under way."""
    check_own(clinician, by)
    try:
        with transaction.atomic():
            conversation = CareerConversation.objects.create(clinician=clinician)
    except IntegrityError as error:
        raise WrongState("You already have a career conversation under way.") from error
    _note(conversation, before="", by=by)
    return conversation


@transaction.atomic
def prepare(
    *, conversation: CareerConversation, prepared: Prepared, by: User, seen: str | None = None
) -> CareerConversation:
    """Save what somebody prepares, as far as it is; `seen` as in `confirm`, but raising Stale."""
    held = _hold_own(conversation, by=by, needs=Talk.PREPARING)
    check_seen(seen, stored=mark_of(held))
    for name, text in asdict(prepared).items():
        setattr(held, name, worded(text, field=name))
    held.save(update_fields=PREPARED)
    return held


@transaction.atomic
def share(*, conversation: CareerConversation, partner: User, by: User) -> CareerConversation:
    """Let one's line manager or appraiser read it; what was said and agreed with another partner goes away unseen."""
    held = _hold_own(conversation, by=by, needs=Talk.PREPARING)
    if not (held.contribution and held.growth and held.direction):
        raise Invalid("Say what you contribute, what you want and in which direction before you share it.")
    if not partners_for(held.clinician).filter(pk=partner.pk).exists():
        raise Invalid("Choose one of the people shown.", field="partner")
    if held.partner_id != partner.pk:
        held.partner_view = held.agreed_direction = held.agreed_actions = ""
        held.held_on = held.next_on = None
    held.partner, held.shared_at = partner, timezone.now()
    return _move(held, Talk.SHARED, by=by)


@transaction.atomic
def take_back(*, conversation: CareerConversation, by: User) -> CareerConversation:
    """The partner can no longer read it; nobody has confirmed anything any more."""
    held = _hold_own(conversation, by=by, needs=Talk.SHARED)
    held.shared_at = held.clinician_confirmed_at = held.partner_confirmed_at = None
    return _move(held, Talk.PREPARING, by=by)


@transaction.atomic
def add_view(*, conversation: CareerConversation, view: str, by: User, seen: str | None = None) -> CareerConversation:
    """The partner says what they think, or changes it; the outcome has to be confirmed again after that.

    `seen` is the mark (`mark_of`) of what they were shown: Stale where it is no longer what is stored.
    """
    held = _hold(conversation)
    if held.partner_id != by.pk or held.state == Talk.PREPARING:
        raise NotAllowed("Only the partner it is shared with can do this.")
    _check_state(held, Talk.SHARED)
    check_seen(seen, stored=mark_of(held))
    held.partner_view = worded(view, field="view", needed="Write what you think.")
    held.clinician_confirmed_at = held.partner_confirmed_at = None
    held.save(update_fields=["partner_view", "clinician_confirmed_at", "partner_confirmed_at"])
    return held


@transaction.atomic
def write_outcome(
    *, conversation: CareerConversation, outcome: Outcome, by: User, seen: str | None = None
) -> CareerConversation:
    """The clinician writes up what was agreed, or changes it; both have to confirm it after that."""
    held = _hold_own(conversation, by=by, needs=Talk.SHARED)
    check_seen(seen, stored=mark_of(held))
    began = timezone.localdate(held.created_at)
    check_past(outcome.held_on, field="held_on", what="day of the conversation", since=began)
    check_ahead(outcome.next_on, field="next_on", what="next conversation", after=outcome.held_on)
    held.held_on, held.agreed_direction, held.next_on = outcome.held_on, outcome.agreed_direction, outcome.next_on
    held.agreed_actions = worded(outcome.agreed_actions, field="agreed_actions", needed="Say what you both will do.")
    held.clinician_confirmed_at = held.partner_confirmed_at = None
    held.save(update_fields=[*OUTCOME, "clinician_confirmed_at", "partner_confirmed_at"])
    return held


@transaction.atomic
def confirm(*, conversation: CareerConversation, by: User, seen: str | None = None) -> CareerConversation:
    """One of the two confirms the outcome; once both have, it is recorded, and the one recorded before is superseded.

    `seen` is the mark (`mark_of`) of what they were shown: WrongState where it is no longer what is stored, where there
    is no outcome yet, or where they have confirmed already.
    """
    held = _hold(conversation)
    own = held.clinician.user_id == by.pk
    if own:
        check_own(held.clinician, by)
    elif held.partner_id != by.pk or held.state == Talk.PREPARING:
        raise NotAllowed("Only the two who talked can do this.")
    _check_state(held, Talk.SHARED)
    if held.held_on is None:
        raise WrongState("What came of the conversation has not been written up yet.")
    if seen is not None and seen != mark_of(held):
        raise WrongState("It has changed since you read it. Read it again before you confirm.")
    field = "clinician_confirmed_at" if own else "partner_confirmed_at"
    if getattr(held, field) is not None:
        raise WrongState("You have already confirmed this.")
    setattr(held, field, timezone.now())
    if held.clinician_confirmed_at is None or held.partner_confirmed_at is None:
        held.save(update_fields=[field])
        return held
    recorded = CareerConversation.objects.filter(clinician=held.clinician_id, state=Talk.RECORDED)
    for earlier in recorded.select_for_update(no_key=True):
        _move(earlier, Talk.SUPERSEDED, by=by)
    return _move(held, Talk.RECORDED, by=by)


# --- what the actions share ----------------------------------------------------------------------------------------

_NOW = {
    Talk.PREPARING: "This conversation is not shared. It was taken back.",
    Talk.SHARED: "This conversation is shared. Take it back to change what you prepared.",
    Talk.RECORDED: "This conversation is recorded and cannot change any more.",
    Talk.SUPERSEDED: "This conversation is recorded and cannot change any more.",
}


def _hold(conversation: CareerConversation) -> CareerConversation:
    rows = CareerConversation.objects.select_related("clinician").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=conversation.pk)


def _hold_own(conversation: CareerConversation, *, by: User, needs: Talk) -> CareerConversation:
    held = _hold(conversation)
    check_own(held.clinician, by)
    _check_state(held, needs)
    return held


def _check_state(held: CareerConversation, needs: Talk) -> None:
    if held.state != needs:
        raise WrongState(_NOW[Talk(held.state)])


def _move(held: CareerConversation, after: Talk, *, by: User) -> CareerConversation:
    before = Talk(held.state)
    if after not in TALK_TRANSITIONS[before]:
        raise WrongState(_NOW[before])
    held.state = after
    held.save()
    _note(held, before=before, by=by)
    return held


def _note(conversation: CareerConversation, *, before: str, by: User) -> None:
    after = conversation.state
    ConversationTransition.objects.create(conversation=conversation, before=before, after=after, by=by)
    # That it happened, and nothing of what was said.
    verb = "taken_back" if before == Talk.SHARED and after == Talk.PREPARING else after
    record(f"conversation.{verb}", conversation, by=by, organisation_id=conversation.clinician.organisation_id)
