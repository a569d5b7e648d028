"""What moves by itself: the life of each task, on a private event loop."""
