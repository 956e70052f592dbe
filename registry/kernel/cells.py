"""Text on its way into a spreadsheet."""

# What a spreadsheet takes for the beginning of a formula, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """The same text, with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
