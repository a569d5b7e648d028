"""How a film reaches a page."""
