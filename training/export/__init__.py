"""Adapters in the forms that servers load, and the check that they answer as they were trained to."""

from .families import family_of
from .gguf import export_gguf
from .lora_gguf import ensure_converted
from .merged import export_merged
from .parity import Parity, check_parity
from .peft import export_peft
from .trained import base_of

__all__ = [
    "Parity",
    "base_of",
    "check_parity",
    "ensure_converted",
    "export_gguf",
    "export_merged",
    "export_peft",
    "family_of",
]
