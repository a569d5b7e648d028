"""What a simulated film shows."""
