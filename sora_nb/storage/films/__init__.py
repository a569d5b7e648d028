"""Films on disk: fetched, checked, described, read."""
