"""How levels changed beside matched people who took no part in something, and what of it may be told."""
