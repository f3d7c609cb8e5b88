"""The prompts, one file each, and how they are loaded."""
