"""Text on its way into a spreadsheet."""


def neutral(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula: an apostrophe before = + - @, tab or return."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
