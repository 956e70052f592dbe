"""The pages of feedback: one's own rounds, the facilitator's, raters' without an account, reports, HR's list."""
