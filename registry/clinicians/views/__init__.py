"""Pages about people: the list, a profile, its entries."""
