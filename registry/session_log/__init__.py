"""What mentoring and action-learning sets share: a log of sessions, and notes that only those in them can read."""
