"""Insight: agreed levels by profession and sector, as far as groups may be told about."""
