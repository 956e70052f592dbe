"""A fictional England of three trusts, the same on every run, so that every page has something to show."""
