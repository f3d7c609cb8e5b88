"""reStructuredText: its structure by its indentation, and its drawn tables."""
