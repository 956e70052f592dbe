"""Trusts, integrated care boards and regions, with dated links."""
