"""Renders any Django form with the NHS macros, chosen by widget; forms stay plain Django forms."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from registry.nhsuk.widgets import DayMonthYear, HintedRadios, SmallRadios


class DesignSystemRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.field.as_field_group() }}` come out as the design system's components."""

    form_template_name = "components/form.jinja"
    field_template_name = "components/field.jinja"


def component(field: BoundField) -> tuple[str, dict[str, Any]]:
    """The macro that draws this field, and its parameters."""
    widget = field.field.widget
    for kind, name, build in _COMPONENTS:
        if isinstance(widget, kind):
            return name, build(field, widget)
    return "input", _input(field, widget)


def error_items(form: forms.BaseForm) -> list[dict[str, str]]:
    """The error summary's lines, each linked to the field where it can be mended."""
    items = [{"text": str(error)} for error in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name in form.fields:
            items += [{"text": str(error), "href": f"#{first_id(form[name])}"} for error in errors]
    return items


def first_id(field: BoundField) -> str:
    """The id of the control a link to the field should focus."""
    if isinstance(field.field.widget, DayMonthYear):
        return f"{field.auto_id}-day"
    return str(field.auto_id)


def _common(field: BoundField) -> dict[str, Any]:
    params: dict[str, Any] = {"id": field.auto_id, "name": field.html_name}
    if field.help_text:
        params["hint"] = {"text": str(field.help_text)}
    if field.errors:
        params["errorMessage"] = {"text": str(field.errors[0])}
    return params


def _label(field: BoundField) -> dict[str, Any]:
    marks = getattr(field.form, "marks_optional", True)
    needed = field.field.required or isinstance(field.field, forms.BooleanField)
    optional = " (optional)" if marks and not needed else ""
    return {"text": f"{field.label}{optional}", "classes": "nhsuk-label--s"}


def _fieldset(field: BoundField) -> dict[str, Any]:
    return {"legend": _label(field) | {"classes": "nhsuk-fieldset__legend--s"}}


def _attributes(widget: forms.Widget) -> dict[str, Any]:
    known = {"class", "rows", "width", "inputmode", "autocomplete", "spellcheck", "required"}
    return {name: value for name, value in widget.attrs.items() if name not in known}


def _input(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    attrs = widget.attrs
    value = field.value()
    return _common(field) | {
        "label": _label(field),
        "type": getattr(widget, "input_type", "text"),
        "value": "" if value is None else widget.format_value(value),
        "width": attrs.get("width"),
        "inputmode": attrs.get("inputmode"),
        "autocomplete": attrs.get("autocomplete"),
        "spellcheck": attrs.get("spellcheck"),
        "attributes": _attributes(widget),
    }


def _hidden(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    return _common(field)


def _password(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    autocomplete = widget.attrs.get("autocomplete", "current-password")
    return _common(field) | {"label": _label(field), "autocomplete": autocomplete}


def _textarea(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    return _common(field) | {
        "label": _label(field),
        "value": field.value() or "",
        "rows": widget.attrs.get("rows", 4),
        "attributes": _attributes(widget),
    }


def _file(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    return _common(field) | {"label": _label(field), "attributes": _attributes(widget)}


def _select(field: BoundField, widget: Any) -> dict[str, Any]:
    return _common(field) | {
        "label": _label(field),
        "items": _options(field, "selected"),
        "attributes": _attributes(widget),
    }


def _choices(field: BoundField, widget: Any) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for group, options, _ in widget.optgroups(field.html_name, _chosen(field)):
        items += [{"divider": group}] if group else []
        items += [_option(option, "checked") for option in options if option["value"] != ""]
    for item in [item for item in items if "value" in item][:1]:
        item["id"] = field.auto_id  # what the error summary links to, also below a group's name
    hints = widget.hints if isinstance(widget, HintedRadios) else {}
    for item in items:
        if item.get("value") in hints:
            item["hint"] = {"text": hints[item["value"]]}
    params = _common(field)
    if isinstance(widget, SmallRadios):
        params["classes"] = "nhsuk-radios--small"
        apart = next((at for at, item in enumerate(items) if item.get("value") in widget.uncounted), None)
        if apart:
            items.insert(apart, {"divider": "or"})
    del params["id"]  # the first box has it (idPrefix), and an id must be one element's
    return params | {"idPrefix": field.auto_id, "fieldset": _fieldset(field), "items": items}


def _checkbox(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    params = _common(field)
    del params["id"]
    hint = params.pop("hint", None)
    item = {"value": "on", "text": field.label, "checked": bool(field.value()), "hint": hint}
    return params | {"idPrefix": field.auto_id, "items": [item]}


def _date(field: BoundField, widget: Any) -> dict[str, Any]:
    values = widget.parts(field.value())
    items = [
        {
            "name": f"{field.html_name}-{part}",
            "id": f"{field.auto_id}-{part}",
            "label": part.capitalize(),
            "value": values[part],
            "width": 4 if part == "year" else 2,
            "classes": "nhsuk-input--error" if field.errors else "",
        }
        for part in DayMonthYear.PARTS
    ]
    return _common(field) | {"fieldset": _fieldset(field), "items": items}


def _options(field: BoundField, chosen: str) -> list[dict[str, Any]]:
    options = field.field.widget.options(field.html_name, _chosen(field))
    return [_option(option, chosen) for option in options]


def _option(option: dict[str, Any], chosen: str) -> dict[str, Any]:
    return {
        "value": str(option["value"]),
        # Django's own empty choice is a row of dashes, which a screen reader spells out.
        "text": "Choose from the list" if set(str(option["label"])) == {"-"} else str(option["label"]),
        chosen: option["selected"],
    }


def _chosen(field: BoundField) -> list[str]:
    value = field.field.widget.format_value(field.value())
    return [str(item) for item in (value if isinstance(value, list | tuple) else [value])]


# First match wins, so the special comes before the general.
_COMPONENTS: tuple[tuple[type[forms.Widget], str, Any], ...] = (
    (DayMonthYear, "date", _date),
    (forms.HiddenInput, "hidden", _hidden),
    (forms.PasswordInput, "password", _password),
    (forms.Textarea, "textarea", _textarea),
    (forms.FileInput, "file", _file),
    (forms.CheckboxInput, "checkboxes", _checkbox),
    (forms.CheckboxSelectMultiple, "checkboxes", _choices),
    (forms.RadioSelect, "radios", _choices),
    (forms.Select, "select", _select),
)
