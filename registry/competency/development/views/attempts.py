"""A form's action where the same thing may have been saved in another window meanwhile."""

from collections.abc import Callable
from typing import Any

from registry.nhsuk.seen import Stale
from registry.nhsuk.submitting import accepted


def attempt(form: Any, act: Callable[[], Any], *, stored: str = "") -> Any:
    """As `accepted`; but where somebody saved the same thing meanwhile, `form.stale` is set.

    What is stored now (its mark is `stored`) then counts as seen, so that saving again replaces it.
    """
    try:
        return accepted(form, lambda _: act())
    except Stale as refused:
        form.add_error(None, f"{refused.message} Compare it with what is saved now, and save again.")
        form.stale, form.data = True, form.data.copy()
        form.data["seen"] = stored
        return None
