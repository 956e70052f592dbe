"""What happened, who did it and who read what; append-only, without foreign keys."""
