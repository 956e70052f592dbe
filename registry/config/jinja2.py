"""The Jinja environment: our templates first, then the NHS design system's macros."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from registry.nhsuk.dates import long_date, long_date_time
from registry.nhsuk.renderer import component, error_items


def environment(**options: Any) -> Environment:
    """Build the environment Django's Jinja2 backend asks for."""
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    # The design system's macros read keys that were never set; our own pages are tested instead.
    options["undefined"] = ChainableUndefined
    env = Environment(  # noqa: S701 (Django's backend passes autoescape=True)
        trim_blocks=True, lstrip_blocks=True, **options
    )
    env.globals |= {"static": static, "url": _url, "csrf_field": csrf_field}
    env.filters |= {
        "long_date": long_date,
        "long_date_time": long_date_time,
        "intcomma": intcomma,
        "component": component,
        "error_items": error_items,
    }
    return env


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def csrf_field(request: Any) -> str:
    """The hidden field every POST form needs."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
