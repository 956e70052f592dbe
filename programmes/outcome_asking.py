"""Asking participants what came of a programme: a message at each point, and what waits for them on the home page."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from programmes.actions.outcomes import MESSAGE
from programmes.models import Enrolment, Outcome
from programmes.points import AFTER, asked_between
from programmes.states import EnrolmentState
from registry.accounts.letters import from_template, to_user
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words


def still_to_tell(day: datetime.date, **wanted: Any) -> Iterator[tuple[Enrolment, int]]:
    """Completed places whose holder is asked on this day what came of it, and at which point; one query."""
    ended = {months: asked_between(day, months) for months in AFTER}
    asked = Q()
    for months, between in ended.items():
        told = Outcome.objects.filter(enrolment=OuterRef("pk"), months=months, noted_by=OuterRef("clinician__user"))
        asked |= Q(~Exists(told), cohort__ends_on__range=between)
    rows = Enrolment.objects.filter(asked, state=EnrolmentState.COMPLETED, clinician__user__is_active=True, **wanted)
    for row in rows.with_people().order_by("pk"):
        # A day is in the span of one point only.
        yield row, next(months for months, (first, last) in ended.items() if first <= row.cohort.ends_on <= last)


def ask(day: datetime.date) -> None:
    """Put down a message to everybody who is asked on this day: one for each place and point, however often it runs."""
    outbox.add(
        to_user(
            user_id,
            MESSAGE,
            row.pk,
            f"months:{months}",
            organisation_id=row.clinician.organisation_id,
            planned_for=day,
        )
        for row, months in still_to_tell(day)
        if (user_id := row.clinician.user_id)
    )


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is one whose recipient the place does not belong to any more."""
    heads = [outgoing.head for outgoing in batch]
    rows = Enrolment.objects.filter(pk__in={head.about_id for head in heads}).with_people()
    places = {row.pk: row for row in rows}
    words = {}
    for head in heads:
        row = places.get(head.about_id)
        reader: User | None = row.clinician.user if row else None
        if row is None or reader is None or reader.pk != head.recipient_id or not reader.is_active:
            continue
        months = int(head.step.removeprefix("months:"))
        programme, href = row.cohort.version.programme, reverse("outcomes:tell", args=[row.pk, months])
        words[head.pk] = from_template(
            reader,
            f"What came of {programme}?",
            "programmes/outcomes/asking.txt",
            {"programme": programme, "months": months},
            href=href,
            organisations=frozenset({row.clinician.organisation_id}),
        )
    return words


def over(places: Collection[int]) -> Collection[int]:
    """Those of these places about which nothing is asked any more: the last point has long come, or they are gone."""
    earliest, _ = asked_between(today(), AFTER[-1])
    asked = Q(cohort__ends_on__gte=earliest) | ~Q(state=EnrolmentState.COMPLETED)
    still = Enrolment.objects.filter(asked, pk__in=places).values_list("pk", flat=True)
    return set(places) - set(still)


KIND = Kind(MESSAGE, "What came of a programme", compose, is_over=over)


def needs_now(user: Any) -> list[Need]:
    """What a participant is asked to tell."""
    if user.scope_for(P.PROGRAMME_TAKE_PART).user_id is None:
        return []
    return [
        Need(
            f"Tell what came of {row.cohort.version.programme}, {months} months on",
            reverse("outcomes:tell", args=[row.pk, months]),
        )
        for row, months in still_to_tell(today(), clinician__user=user)
    ]
