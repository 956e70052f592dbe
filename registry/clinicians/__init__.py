"""Clinicians: profile, registrations, posts, roles held."""
