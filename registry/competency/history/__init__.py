"""Results from before the registry or from outside it: checked, imported in sets, taken back whole."""
