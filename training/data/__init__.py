"""Training data: from the log, or from files."""
