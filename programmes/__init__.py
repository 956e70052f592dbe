"""Leadership programmes: gates, cohorts, outcomes. No code yet."""
