"""From the log to an adapter that measures better and is put to work."""
