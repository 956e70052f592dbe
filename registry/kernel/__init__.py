"""The ground floor: words every room uses, and nothing about the field itself."""
