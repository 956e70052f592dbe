"""Everything that happens to a feedback round, to its raters, and to what they answer."""
