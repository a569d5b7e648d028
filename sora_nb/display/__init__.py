"""What a person sees and holds."""
