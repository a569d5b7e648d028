"""The panel of one cell: cards while tasks move, then a plain page."""
