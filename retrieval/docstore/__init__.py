"""The documents, chunks and vectors as they are kept in SQLite: the truth."""
