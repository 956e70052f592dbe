"""The link a rater gets by e-mail: signed, made anew whenever it is sent, and kept nowhere but as a hash."""

import hashlib

from django.core.signing import BadSignature, Signer

_SIGNER = Signer(salt="registry.competency.feedback.links", sep=".")


def link_of(key: str, number: int) -> str:
    """The link of a rater's key and link number: nobody can make one without the server's secret."""
    return _SIGNER.sign(f"{key}-{number}")


def hash_of(link: str) -> str:
    """SHA-256 (hex) of a link, by which its rater is found."""
    return hashlib.sha256(link.encode("utf-8", "surrogatepass")).hexdigest()


def is_genuine(link: str) -> bool:
    """Whether this server signed the link; an altered one is refused before anything is looked up."""
    try:
        _SIGNER.unsign(link)
    except BadSignature:
        return False
    return True
