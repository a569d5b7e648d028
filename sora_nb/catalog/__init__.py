"""What each remote model accepts."""
