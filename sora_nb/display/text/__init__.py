"""Tasks and settings as plain text."""
