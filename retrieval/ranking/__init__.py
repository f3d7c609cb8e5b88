"""Which passages fit a question, and which of their sentences are evidence."""
