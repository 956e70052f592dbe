"""The people a round asks: naming them, taking them off again, and their links."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from registry.accounts.models import User
from registry.competency.feedback import mail, steps
from registry.competency.feedback.links import hash_of, link_of
from registry.competency.feedback.states import INVITED, OUTBOX_KIND, RaterGroup, RoundState
from registry.competency.models import FeedbackRater, FeedbackRound
from registry.kernel.errors import Invalid, WrongState
from registry.notifications import outbox

MOST_RATERS = 60
NAME_LENGTH = 200
EMAIL_LENGTH = 254


@transaction.atomic
def add_rater(*, round: FeedbackRound, name: str, email: str, group: RaterGroup, by: User) -> FeedbackRater:  # noqa: A002
    """Name somebody to be asked: the subject while they prepare, the facilitator once it is with them.

    Raises Invalid, with the field, for an address that is the subject's or the facilitator's own, or named already.
    """
    held = steps.held(round.pk)
    _require_naming(held, by)
    name, email = " ".join(name.split()), email.strip()
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        raise Invalid("Enter the person's name.", field="name")
    if group not in INVITED:
        raise Invalid("Choose how they know the person.", field="group")
    _check_address(held, email)
    if group == RaterGroup.MANAGER and held.raters.filter(group=group).exists():
        raise Invalid("There is a line manager on the list already: they are shown by themself.", field="group")
    if held.raters.count() > MOST_RATERS:
        raise Invalid(f"A round can ask at most {MOST_RATERS} people.")
    try:
        with transaction.atomic():
            return FeedbackRater.objects.create(round=held, name=name, email=email, group=group)
    except IntegrityError as error:
        raise Invalid("Somebody with this address is on the list already.", field="email") from error


@transaction.atomic
def remove_rater(*, rater: FeedbackRater, by: User) -> None:
    """Take somebody off the list, before the launch."""
    held = steps.held(rater.round_id)
    _require_naming(held, by)
    FeedbackRater.objects.filter(pk=rater.pk).exclude(group=RaterGroup.SELF).delete()


@transaction.atomic
def renew_link(*, rater: FeedbackRater, by: User) -> None:
    """Give a rater a new link at their address; the old one stops working at once.

    Says nothing of whether they have answered: who has, or will not, gets no message, and what they sent stays.
    """
    held, rater = _hold_rater(rater, by=by)
    _invite_again(rater)
    steps.trace("feedback.link_renewed", held, by=by)


@transaction.atomic
def mend_address(*, rater: FeedbackRater, email: str, by: User) -> None:
    """Correct an address that the mail server refused, and invite the person there.

    Only an address that nothing was ever delivered to can be mended: then nobody can have answered, so that mending
    neither tells who has, nor opens what somebody else has saved.
    """
    held, rater = _hold_rater(rater, by=by)
    email = email.strip()
    if not FeedbackRater.objects.undelivered().filter(pk=rater.pk).exists():
        raise WrongState("The mail server has taken a message for this address, so it cannot be changed.")
    _check_address(held, email)
    rater.email, rater.draft = email, {}
    try:
        with transaction.atomic():
            rater.save(update_fields=["email", "draft"])
    except IntegrityError as error:
        raise Invalid("Somebody with this address is on the list already.", field="email") from error
    _invite_again(rater)
    steps.trace("feedback.address_mended", held, by=by)


def _invite_again(rater: FeedbackRater) -> None:
    rater.link_revoked = False
    rater.link_number += 1
    rater.link_hash = hash_of(link_of(rater.key, rater.link_number))
    rater.save(update_fields=["link_revoked", "link_number", "link_hash"])
    outbox.withdraw(OUTBOX_KIND, [rater.pk])
    mail.invite([rater])


@transaction.atomic
def revoke_link(*, rater: FeedbackRater, by: User) -> None:
    """Stop a rater's link; what they saved and did not send is removed, what they sent stays counted."""
    held, rater = _hold_rater(rater, by=by)
    rater.link_revoked, rater.draft = True, {}
    rater.save(update_fields=["link_revoked", "draft"])
    outbox.withdraw(OUTBOX_KIND, [rater.pk])
    steps.trace("feedback.link_revoked", held, by=by)


def _hold_rater(rater: FeedbackRater, *, by: User) -> tuple[FeedbackRound, FeedbackRater]:
    held = steps.held(rater.round_id)
    steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.RUNNING)
    row = FeedbackRater.objects.select_for_update(no_key=True).exclude(group=RaterGroup.SELF).get(pk=rater.pk)
    return held, row


def _require_naming(held: FeedbackRound, by: User) -> None:
    if held.facilitator_id == by.pk:
        steps.require_facilitator(held, by)
        steps.require_state(held, RoundState.PROPOSED)
        return
    steps.require_subject(held, by)
    if held.state == RoundState.PROPOSED:
        raise WrongState("Your list is with the facilitator, who can still change it.")
    steps.require_state(held, RoundState.PREPARING)


def _check_address(held: FeedbackRound, email: str) -> None:
    try:
        validate_email(email if len(email) <= EMAIL_LENGTH else "")
    except ValidationError as error:
        raise Invalid("Enter an e-mail address, like name@example.org.", field="email") from error
    subject = held.subject
    if _mailbox(email) in {_mailbox(subject.email), _mailbox(subject.user.email if subject.user else "")}:
        raise Invalid("This is the address of the person the feedback is about, who answers separately.", field="email")
    if _mailbox(email) == _mailbox(held.facilitator.email):
        raise Invalid("The facilitator reads the report, so they cannot be asked as well.", field="email")


def _mailbox(email: str) -> str:
    """The address without what many servers ignore: `ada+peer@x.example` arrives with ada."""
    name, _, host = email.lower().rpartition("@")
    return f"{name.split('+', 1)[0]}@{host}"
