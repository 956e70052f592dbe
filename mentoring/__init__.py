"""Mentoring: matching, relationships, session logs. No code yet."""
