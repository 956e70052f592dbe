"""Under which name a person's answers are kept: one that only the server, with its key, can tell from their account."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def pseudonym_of(user_id: int) -> str:
    """HMAC-SHA256 of an account's key, under a key that is derived from `EQUALITY_KEY`."""
    return salted_hmac("registry.equality", str(user_id), secret=settings.EQUALITY_KEY, algorithm="sha256").hexdigest()
