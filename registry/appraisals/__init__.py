"""Appraisals, reviews, revalidation and renewal: what is due when, who does it with whom, and reminders of it."""
