"""Offering to mentor, looking for a mentor, and saying with whom one does not want to be paired."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from mentoring.actions import answering
from mentoring.fields import MOST_NEEDS, WAITING, OfferState, RequestState
from mentoring.models import Exclusion, MentoringRequest, MentorProfile, MentorStrength, RequestNeed
from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.competency.models import Domain
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P

MOST_EXCLUSIONS = 50
ANSWER_FIRST = "Somebody is proposed to you. Say yes or no to them first."


@transaction.atomic
def offer(*, profile: MentorProfile, strengths: Collection[Domain], by: User) -> MentorProfile:
    """Offer to mentor, or change what one offers; pausing and leaving are steps of their own.

    Raises NotAllowed unless it is one's own, Invalid without a strength, WrongState where one has offered in another
    window already.
    """
    _own(profile.user_id, by, P.MENTORING_OFFER)
    if not strengths:
        raise Invalid("Choose at least one domain that you are good at.", field="strengths")
    adding = profile.pk is None
    if adding and MentorProfile.objects.filter(user=by).exists():
        raise WrongState("You have offered already. Change what you offer instead.")
    if adding:
        profile.save(force_insert=True)
    else:
        # How it stands may have changed since the page was opened.
        profile.save(update_fields=[name for name in _offered() if name != "state"])
    _keep(MentorStrength, "mentor", profile, strengths)
    _trace("mentor.offered" if adding else "mentor.changed", profile, by)
    return profile


@transaction.atomic
def move_offer(*, profile: MentorProfile, to: OfferState, by: User) -> None:
    """Pause, go on, leave or come back; whoever is a mentor's mentee now stays so.

    Whoever leaves says no to those who are proposed to them.

    Raises NotAllowed unless it is one's own, WrongState where it stands so already.
    """
    _own(profile.user_id, by, P.MENTORING_OFFER)
    row = MentorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
    if row.state == to:
        raise WrongState(f"It stands so already: {row.get_state_display().lower()}.")
    row.state = to
    row.save(update_fields=["state"])
    if to == OfferState.LEFT:
        answering.decline_all(profile=row, by=by)
    _trace(f"mentor.{to.name.lower()}", row, by)


@transaction.atomic
def look(*, wanted: MentoringRequest, needs: Collection[Domain], by: User) -> MentoringRequest:
    """Ask for mentoring, or ask differently while nobody is found.

    Raises NotAllowed unless it is one's own, Invalid for no or too many needs and for a kind one looks for already,
    WrongState once it was withdrawn.
    """
    _own(wanted.clinician.user_id, by, P.MENTORING_SEEK)
    if not 1 <= len(needs) <= MOST_NEEDS:
        raise Invalid(f"Choose one to {MOST_NEEDS} domains to work on.", field="needs")
    same = MentoringRequest.objects.filter(clinician=wanted.clinician, kind=wanted.kind, state__in=WAITING)
    if same.filter(state=RequestState.PROPOSED).exists():
        raise Invalid(ANSWER_FIRST, field="kind")
    if same.exclude(pk=wanted.pk).exists():
        raise Invalid("You are looking for this kind already. Change that request instead.", field="kind")
    adding = wanted.pk is None
    if adding:
        wanted.save(force_insert=True)
    else:
        _looking(wanted.pk)
        wanted.save(update_fields=["kind", "aim", "mix", "sector", "meeting", "language"])
    _keep(RequestNeed, "request", wanted, needs)
    _trace_request("mentoring.asked" if adding else "mentoring.changed", wanted, by)
    return wanted


@transaction.atomic
def stop_looking(*, wanted: MentoringRequest, by: User) -> None:
    """Take a request back; one can ask again at any time."""
    _own(wanted.clinician.user_id, by, P.MENTORING_SEEK)
    row = _looking(wanted.pk)
    row.state = RequestState.WITHDRAWN
    row.save(update_fields=["state"])
    _trace_request("mentoring.withdrawn", row, by)


@transaction.atomic
def exclude(*, email: str, by: User) -> None:
    """Never be paired with whoever has this address, now or later; nobody is told, and nothing says whether they exist.

    Raises NotAllowed for whoever neither offers nor looks, Invalid for what is no address, one's own, or too many.
    """
    if not any(by.scope_for(permission).user_id for permission in (P.MENTORING_OFFER, P.MENTORING_SEEK)):
        raise NotAllowed("Only whoever mentors or looks for a mentor can do this.")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Invalid("Enter an e-mail address, like name@trust.nhs.uk.", field="email") from wrong
    if address == by.email.lower():
        raise Invalid("This is your own address. Nobody is paired with themself.", field="email")
    mine = Exclusion.objects.filter(user=by)
    if mine.filter(email=address).exists():
        raise Invalid("You have said so already.", field="email")
    if mine.count() >= MOST_EXCLUSIONS:
        raise Invalid(f"At most {MOST_EXCLUSIONS} people. Talk to the programme lead.", field="email")
    # No trace: that somebody avoids somebody is nobody else's business.
    Exclusion.objects.create(user=by, email=address)


@transaction.atomic
def include(*, exclusion: Exclusion, by: User) -> None:
    """Take that back."""
    if exclusion.user_id != by.pk:
        raise NotAllowed("Only the person themself can do this.")
    Exclusion.objects.filter(pk=exclusion.pk).delete()


def _own(user_id: int | None, by: User, permission: P) -> None:
    """Raises NotAllowed unless it is about `by`, who holds this permission; of two windows at once the second waits."""
    if user_id is None or user_id != by.pk or by.scope_for(permission).user_id is None:
        raise NotAllowed(f"Only the person themself can do this ({permission}).")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _looking(key: int) -> MentoringRequest:
    row: MentoringRequest = (
        MentoringRequest.objects.select_for_update(of=("self",), no_key=True).select_related("clinician").get(pk=key)
    )
    if row.state != RequestState.OPEN:
        raise WrongState(
            ANSWER_FIRST if row.state == RequestState.PROPOSED else "You are not looking for this any more."
        )
    return row


def _keep(model: Any, of: str, row: Any, domains: Collection[Domain]) -> None:
    """Exactly these domains; what stays keeps its row, so that history tells what changed."""
    wanted = {domain.pk for domain in domains}
    kept = model.objects.filter(**{of: row})
    kept.exclude(domain__in=wanted).delete()
    there = set(kept.values_list("domain", flat=True))
    model.objects.bulk_create(model(**{of: row}, domain_id=key) for key in sorted(wanted - there))


def _offered() -> list[str]:
    return [field.name for field in MentorProfile._meta.concrete_fields if field.editable and not field.primary_key]


def _trace(verb: str, profile: MentorProfile, by: User) -> None:
    employer = Clinician.objects.filter(user=by).values_list("organisation", flat=True).first()
    record(verb, profile, by=by, organisation_id=employer)


def _trace_request(verb: str, request: MentoringRequest, by: User) -> None:
    record(verb, request, by=by, organisation_id=request.clinician.organisation_id, detail={"kind": request.kind})
