"""Vector stores, one file each, behind one protocol."""
