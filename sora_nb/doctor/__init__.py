"""Facts of this place in, findings and fixes out."""
