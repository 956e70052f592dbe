"""Multi-source feedback: rounds, raters, what they answer, and the report that cannot be unmasked."""
