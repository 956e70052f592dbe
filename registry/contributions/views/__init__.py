"""Pages about what clinicians contribute, for themselves, their employer and everybody."""
