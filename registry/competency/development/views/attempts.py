"""What these pages do with a form: try the action, and say on the form why it was refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from registry.competency.development.steps import Stale
from registry.kernel.errors import Invalid

Done = TypeVar("Done")


def attempt(form: Any, act: Callable[[], Done], *, stored: str = "") -> Done | None:
    """What the action returns once the form is valid; None where nothing was sent, or either refused.

    Where somebody saved the same thing in another window meanwhile, `form.stale` is set, and what is stored now (its
    mark is `stored`) counts as seen, so that saving again replaces it.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except Invalid as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    except Stale as refused:
        form.add_error(None, f"{refused.message} Compare it with what is saved now, and save again.")
        form.stale, form.data = True, form.data.copy()
        form.data["seen"] = stored
    return None
