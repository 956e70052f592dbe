"""What the pages of selection share: forms, presenters and messages."""
