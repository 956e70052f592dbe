"""Leadership programmes: catalogue, gated selection, cohorts, outcomes and alumni."""
