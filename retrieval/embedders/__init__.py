"""Embedders, one file each, behind one protocol."""
