"""Where this runs: which notebook, which folder, which server."""
