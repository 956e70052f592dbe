"""Widgets and fields the design system has and Django has not."""

from typing import Any

from django import forms


class DayMonthYear(forms.Widget):
    """A date asked for as day, month and year; posted as `<name>-day` and so on."""

    PARTS = ("day", "month", "year")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """ISO text for a whole date, what was typed (year-month-day) otherwise, None where nothing was."""
        typed = [str(data.get(f"{name}-{part}", "")).strip() for part in reversed(self.PARTS)]
        return "-".join(typed) if any(typed) else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-{part}" in data for part in self.PARTS)

    def parts(self, value: Any) -> dict[str, str]:
        """What each of the three boxes shows."""
        if value is None or value == "":
            return dict.fromkeys(self.PARTS, "")
        if hasattr(value, "year"):
            return {part: str(getattr(value, part)) for part in self.PARTS}
        typed = str(value).split("-")
        return dict(zip(self.PARTS, reversed([*typed, "", ""][:3]), strict=True))


class HintedRadios(forms.RadioSelect):
    """Radios whose answers explain themselves; `hints` is text by value (as posted)."""

    hints: dict[str, str] = {}


class SmallRadios(forms.RadioSelect):
    """Radios for a page with many questions; `uncounted` are the values set apart from the scale by a line."""

    uncounted: frozenset[str] = frozenset()


class DateField(forms.DateField):
    """A date in three boxes; says in words what is wrong with it."""

    widget = DayMonthYear

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "For example, 15 3 2024")
        real = {"invalid": "Enter a real date, with the year in full, like 15 3 2024."}
        options["error_messages"] = real | (options.get("error_messages") or {})
        super().__init__(input_formats=["%Y-%m-%d"], **options)


class ProseField(forms.CharField):
    """Text of several lines; a line break counts as one character, as the browser counts it."""

    default_error_messages = {
        "max_length": "Use at most %(limit_value)d characters; this has %(show_value)d.",
        "null_characters_not_allowed": "Remove the null characters.",
    }

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return {}  # with a `maxlength`, browsers cut what is pasted without a word

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")
