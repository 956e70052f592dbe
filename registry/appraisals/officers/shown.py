"""Acting on all the people a page showed, and on nobody who has come to match meanwhile."""

from collections.abc import Sequence

from django.http import QueryDict

from registry.kernel.errors import Invalid
from registry.nhsuk.seen import mark


def mark_of(keys: Sequence[int]) -> str:
    """The mark of these people, which the page posts back as `shown`."""
    return mark(*keys)


def check_shown(posted: QueryDict, keys: Sequence[int]) -> None:
    """Raises Invalid where these are not the people that the page showed."""
    if posted.get("shown") != mark_of(keys):
        raise Invalid("The list of people has changed since you looked at it. Look at it again, and then confirm.")
