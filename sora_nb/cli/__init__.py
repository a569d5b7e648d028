"""The sora-nb command."""
