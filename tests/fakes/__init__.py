"""Servers of the tests' own, real enough to be trusted."""
