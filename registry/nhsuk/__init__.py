"""The design-system form kit: any Django form, rendered with the NHS macros."""
