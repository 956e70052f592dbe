"""Mentoring: matching, relationships, session logs. So far only how a best matching is found, proven and explained."""
