"""What is kept: the journal of tasks and the films."""
