"""One derived row per clinician: what selection may know now."""
