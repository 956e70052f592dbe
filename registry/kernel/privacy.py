"""How private each field of a model is; every model says so for every field, and a test checks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Privacy:
    """Field names, separated by spaces, by how they may be handled.

    `operational`: says nothing about a person's life (keys, states, times of the record).
    `personal`: identifies or describes a person; exported to them, scrubbed from copies.
    `confidential`: a judgement or a private note about a person; shown only by its own rules.
    `special`: special-category data, or asked with it for equality monitoring; kept apart, told only as totals.
    `secret`: never leaves the server (password hashes, tokens).
    """

    operational: str = ""
    personal: str = ""
    confidential: str = ""
    special: str = ""
    secret: str = ""

    def classified(self) -> dict[str, str]:
        """Field name → class; a field named twice is an error."""
        result: dict[str, str] = {}
        for level in ("operational", "personal", "confidential", "special", "secret"):
            for name in getattr(self, level).split():
                if name in result:
                    raise ValueError(f"{name} is classified twice")
                result[name] = level
        return result
