"""The clinical leadership talent registry."""
