"""Messages to people: one outbox, one unique key, and the channels they leave by."""
