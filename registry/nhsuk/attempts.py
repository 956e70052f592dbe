"""A form's action where the same thing may have been saved in another window meanwhile."""

from collections.abc import Callable
from typing import Any

from django import forms

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


def attempt_change(form: Any, act: Callable[[dict[str, Any], str | None], Any], *, stored: str) -> Any:
    """The same for a form that changes something whose mark is `stored` now; it carries the mark in a hidden field.

    `act` gets the form's data and the mark of what the page was opened on; None where the page did not say.
    """
    form.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False)
    form.initial["seen"] = stored

    def write() -> Any:
        data = dict(form.cleaned_data)
        return act(data, data.pop("seen") or None)

    return attempt(form, write, stored=stored)
