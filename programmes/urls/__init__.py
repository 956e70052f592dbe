"""The room's addresses, one file for each part."""
