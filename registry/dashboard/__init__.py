"""Role home pages: what needs me now; the menu and the error pages."""
