"""Many tasks as rows, live and saved."""
