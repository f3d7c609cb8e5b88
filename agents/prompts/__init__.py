"""The prompts, one file each, and how they are loaded."""

from .loader import load_prompt, prompt_texts

__all__ = ["load_prompt", "prompt_texts"]
