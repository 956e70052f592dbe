"""Sealed text: kept so that nobody reads it who has only the database.

The keys come from `NOTES_KEYS` in the environment: the first seals, all of them open. Within the seal stands the place
that the text was written for, so that a text copied into another row does not open there.
"""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Parts the place from the text, which cannot hold it.
_BETWEEN = "\0"


class CannotOpen(Exception):
    """The key is gone, the sealed text was changed, or it was written for another place."""


def seal(text: str, *, place: str) -> str:
    """The text, sealed for this place, as ASCII."""
    if _BETWEEN in place + text:
        raise ValueError("Neither text nor place can hold a null character.")
    return _ring().encrypt(f"{place}{_BETWEEN}{text}".encode()).decode()


def unseal(sealed: str, *, place: str) -> str:
    """The text that was sealed for this place; raises CannotOpen."""
    try:
        written_for, _, text = _ring().decrypt(sealed.encode()).decode().partition(_BETWEEN)
    except InvalidToken as error:
        raise CannotOpen from error
    if written_for != place:
        raise CannotOpen
    return text


def seal_anew(sealed: str) -> str | None:
    """The same, sealed under the first key, wherever it belongs; None where it is already. Raises CannotOpen."""
    try:
        _fernet(settings.NOTES_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        try:
            return _ring().rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen from error
    return None


def _ring() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.NOTES_KEYS])


@functools.lru_cache(maxsize=32)
def _fernet(key: str) -> Fernet:
    """Any long random string makes a key."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"registry.session_log").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
