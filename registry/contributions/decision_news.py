"""The message to the owner of a venture about what their employer decided."""

from collections.abc import Collection, Mapping, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from registry.contributions.models import Declaration
from registry.kernel.clock import today
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words
from registry.notifications.models import Message

KIND_NAME = "venture_decided"


def tell(declaration: Declaration) -> None:
    """Put down a message to the owner, if they have an account; in the transaction that decides."""
    user_id = declaration.venture.clinician.user_id
    if user_id is None:
        return
    message = Message(
        kind=KIND_NAME,
        about_id=declaration.pk,
        step="decided",
        recipient_key=f"u{user_id}",
        recipient_id=user_id,
        # Officers who see what could not be delivered are not all officers who may know of ventures.
        organisation_id=None,
        planned_for=today(),
    )
    outbox.add([message])


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is one whose recipient does not own the venture any more."""
    heads = [outgoing.head for outgoing in batch]
    rows = Declaration.objects.select_related("venture__clinician__user", "organisation").decided()
    found = rows.in_bulk({head.about_id for head in heads})
    words = {}
    for head in heads:
        row = found.get(head.about_id)
        reader = row.venture.clinician.user if row else None
        if row is None or reader is None or reader.pk != head.recipient_id or not reader.is_active:
            continue
        href = reverse("contributions:venture", args=[row.venture_id])
        context = {
            "name": reader.name,
            "declaration": row,
            "link": settings.PUBLIC_URL + href,
            "service_name": settings.SERVICE_NAME,
        }
        words[head.pk] = Words(
            to=reader.email,
            name=reader.name,
            subject=f"{'Cleared' if row.cleared else 'Not cleared'}: {row.venture}",
            text=render_to_string("contributions/email/decided.txt", context, using="jinja2").strip() + "\n",
            href=href,
        )
    return words


def over(declarations: Collection[int]) -> Collection[int]:
    """All of them: a declaration is decided on once."""
    return declarations


KIND = Kind(KIND_NAME, "Decision about a venture", compose, is_over=over)
