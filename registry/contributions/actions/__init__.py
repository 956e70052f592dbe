"""Everything that changes what this room holds."""
