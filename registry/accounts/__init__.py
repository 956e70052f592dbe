"""People who sign in, the roles they hold, and the consents they give."""
