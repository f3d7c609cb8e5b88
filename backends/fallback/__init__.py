"""Several backends in order, of which the first that is well answers."""
