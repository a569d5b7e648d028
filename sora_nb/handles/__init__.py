"""What a person holds: tasks, films, sweeps, results."""
