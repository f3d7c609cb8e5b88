"""The prompts, one file each, and how they are loaded."""

from .loader import load_prompt

__all__ = ["load_prompt"]
