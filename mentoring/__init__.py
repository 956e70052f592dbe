"""Mentoring: who offers it and who looks for it; matching, relationships and session logs."""
