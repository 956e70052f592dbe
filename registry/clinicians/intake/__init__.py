"""Taking a trust's staff in, many rows at once: planned, shown, and then written in sets."""
