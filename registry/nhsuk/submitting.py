"""From a filled-in form to an action, and a refusal back beside its field."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.views.decorators.http import require_http_methods

from registry.kernel.errors import Invalid

# For a page with a form; asking for its head is asking for the page.
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def accepted(form: BaseForm, act: Callable[[dict[str, Any]], Any]) -> Any:
    """What `act` answers to the form's data (True where it answers nothing), or None where either refuses.

    What the action finds wrong is said beside the field it names, or above the form.
    """
    if not form.is_valid():
        return None
    try:
        answer = act(form.cleaned_data)
    except Invalid as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None
    return True if answer is None else answer
