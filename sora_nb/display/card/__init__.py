"""One task as a card, live and saved."""
