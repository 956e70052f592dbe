"""Everything that happens to plans, objectives and career conversations."""
