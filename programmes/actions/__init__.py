"""What changes programmes, one file for each part."""
