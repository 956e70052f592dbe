"""The room's pages, one file for each part."""
