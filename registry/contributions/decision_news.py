"""The message to the owner of a venture about what their employer decided."""

from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse

from registry.accounts.letters import from_template, to_user
from registry.contributions.models import Declaration
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

KIND_NAME = "venture_decided"


def tell(declaration: Declaration) -> None:
    """Put down a message to the owner, if they have an account; in the transaction that decides."""
    user_id = declaration.venture.clinician.user_id
    if user_id is None:
        return
    # Officers who see what could not be delivered are not all officers who may know of ventures.
    outbox.add([to_user(user_id, KIND_NAME, declaration.pk, "decided", organisation_id=None)])


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
        subject = f"{'Cleared' if row.cleared else 'Not cleared'}: {row.venture}"
        context = {"declaration": row}
        words[head.pk] = from_template(reader, subject, "contributions/email/decided.txt", context, href=href)
    return words


def over(declarations: Collection[int]) -> Collection[int]:
    """All of them: a declaration is decided on once."""
    return declarations


KIND = Kind(KIND_NAME, "Decision about a venture", compose, is_over=over)
