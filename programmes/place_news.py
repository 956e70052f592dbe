"""Messages about a place: what somebody else decided about it, or that it is completed."""

from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse

from programmes.models import Enrolment
from programmes.states import NOT_LEFT, EnrolmentState
from registry.accounts.letters import from_template, to_user
from registry.accounts.models import User
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

KIND_NAME = "programme_place"

S = EnrolmentState
SUBJECTS = {
    S.ENROLLED: "You take part in a programme",
    S.DEFERRED: "Your place in a programme is deferred",
    S.TRANSFERRED: "You have moved to another cohort",
    S.WITHDRAWN: "You no longer have a place in a programme",
    S.COMPLETED: "You have completed a programme",
}


def tell(enrolment: Enrolment, *, by: User | None) -> None:
    """Put down a message to the holder about the state the place has now, unless they brought it about themself."""
    user_id = enrolment.clinician.user_id
    if user_id is None or (by is not None and by.pk == user_id):
        return
    step = enrolment.transitions.order_by("-pk").values_list("pk", flat=True).first()
    organisation_id = enrolment.cohort.organisation_id
    told = to_user(user_id, KIND_NAME, enrolment.pk, f"{enrolment.state}:{step}", organisation_id=organisation_id)
    outbox.add([told])


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is what is no longer so."""
    heads = [outgoing.head for outgoing in batch]
    places = Enrolment.objects.with_people().in_bulk({head.about_id for head in heads})
    readers = User.objects.filter(is_active=True).in_bulk({head.recipient_id for head in heads})
    words = {}
    for head in heads:
        place, reader = places.get(head.about_id), readers.get(head.recipient_id)
        if place is None or reader is None or place.clinician.user_id != reader.pk:
            continue
        if head.step.partition(":")[0] == place.state:
            words[head.pk] = _words(place, reader)
    return words


def _words(place: Enrolment, reader: User) -> Words:
    href = reverse("taking_part:place", args=[place.pk])
    return from_template(reader, SUBJECTS[S(place.state)], "programmes/email/place.txt", {"place": place}, href=href)


def over(places: Collection[int]) -> Collection[int]:
    """Those of these places about which nothing will be said any more."""
    still = Enrolment.objects.filter(pk__in=places, state__in=NOT_LEFT)
    return set(places) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Place in a programme", compose, is_over=over)
