"""Giving, changing and erasing one's own answers; the audit says that it was done, and never what was said."""

from collections.abc import Collection, Mapping

from django.db import transaction

from registry.accounts.models import User
from registry.audit.record import record
from registry.equality.characteristics import CHARACTERISTICS, SHARED
from registry.equality.models import EqualityAnswers
from registry.equality.pseudonyms import pseudonym_of
from registry.kernel.errors import Invalid, NotAllowed


@transaction.atomic
def answer(*, user: User, answers: Mapping[str, str], by: User, alike: Collection[str] = ()) -> None:
    """Keep these answers (characteristic → value, "" for none) instead of those before; none at all erases them.

    In `alike` characteristics the person asks to be matched with a mentor or mentee who answers as they do.
    Raises NotAllowed for anybody but the person, Invalid for an answer that is not among those offered.
    """
    _own(user, by)
    kept = {name: answers.get(name, "") for name in CHARACTERISTICS}
    for name, value in kept.items():
        if value and value not in dict(CHARACTERISTICS[name].choices):
            raise Invalid("Choose one of the answers.", field=name)
    if not set(alike) <= set(SHARED):
        raise Invalid("Choose from the list.", field="alike")
    if not any(kept.values()):
        _erase(user, by=by)
        return
    EqualityAnswers.objects.update_or_create(pk=pseudonym_of(user.pk), defaults={**kept, "alike": sorted(alike)})
    record("equality.answered", user, by=by)


@transaction.atomic
def erase(*, user: User, by: User) -> None:
    """Remove a person's answers at once, and for good; erasing what was never given changes nothing."""
    _own(user, by)
    _erase(user, by=by)


def _own(user: User, by: User) -> None:
    """Lock the person's account; only they themself may go on."""
    if by.pk != user.pk:
        raise NotAllowed("Only the person themself gives, changes or erases these answers.")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _erase(user: User, *, by: User) -> None:
    removed, _ = EqualityAnswers.objects.of(user.pk).delete()
    if removed:
        record("equality.erased", user, by=by)
