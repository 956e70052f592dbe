"""What messages to people with an account have in common: whom they go to, and what a letter begins and ends with."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from registry.accounts.models import User
from registry.kernel.clock import today
from registry.notifications.kinds import Outgoing, Part, Words
from registry.notifications.models import Message


def to_user(user_id: int, kind: str, about_id: int, step: str, *, organisation_id: int | None, **more: Any) -> Message:
    """A message to somebody with an account, planned for today unless `more` says otherwise; not stored yet.

    Officers of the organisation see where it could not be delivered; with none, nobody does.
    """
    planned = {"planned_for": today()} | more
    return Message(
        kind=kind,
        about_id=about_id,
        step=step,
        recipient_key=f"u{user_id}",
        recipient_id=user_id,
        organisation_id=organisation_id,
        **planned,
    )


def with_readers(batch: Sequence[Outgoing]) -> Iterator[tuple[Part, User]]:
    """Each head with whom it goes to, where they still have an account; one query."""
    people = User.objects.in_bulk({outgoing.head.recipient_id for outgoing in batch})
    for outgoing in batch:
        reader = people.get(outgoing.head.recipient_id)
        if reader is not None:
            yield outgoing.head, reader


def letter(reader: User, subject: str, paragraphs: Sequence[str], *, href: str, **more: Any) -> Words:
    """A letter of these paragraphs, with the link at the end; `more` are other fields of `Words`.

    An account that is closed has no address: the message is then shown as not delivered.
    """
    lines = [f"Dear {reader.name},", *paragraphs, settings.PUBLIC_URL + href, settings.SERVICE_NAME]
    return _words(reader, subject, "\n\n".join(lines), href, more)


def from_template(
    reader: User, subject: str, template: str, context: dict[str, Any], *, href: str, **more: Any
) -> Words:
    """The same with the words of a template, which gets `name`, `link` and `service_name` as well."""
    common = {"name": reader.name, "link": settings.PUBLIC_URL + href, "service_name": settings.SERVICE_NAME}
    return _words(reader, subject, render_to_string(template, context | common, using="jinja2").strip(), href, more)


def _words(reader: User, subject: str, text: str, href: str, more: dict[str, Any]) -> Words:
    to = reader.email if reader.is_active else ""
    return Words(to=to, name=reader.name, subject=subject, text=f"{text}\n", href=href, **more)
