"""What people say about themselves for equality monitoring: kept apart from everything else, told only as totals."""
