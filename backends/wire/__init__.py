"""What every client of a model server shares."""
