"""LaTeX: its source taken apart, and what of it would be printed."""
