"""Pages about accounts: one's own, the roles people hold, the clients of the API."""
