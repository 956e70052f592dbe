"""Errors that mean the same in a page, in the API and in a command."""


class RegistryError(Exception):
    """A refusal with a sentence for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(RegistryError):
    """The person may not do this; pages and API answer 404 or 403 without saying more."""


class WrongState(RegistryError):
    """The thing is no longer, or not yet, in a state where this can be done (409)."""


class Invalid(RegistryError):
    """The input breaks a rule; `field` names where to say so."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
