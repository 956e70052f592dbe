"""Files in and out: staff and organisation imports, demo data."""
