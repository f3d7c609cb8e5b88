"""Learning from the log: datasets, fine-tuning, export, and the loop that puts to work only what measures better."""

from .datasets import card, checked, corrections, examples
from .errors import ExtraMissing, NoParity, TooLittle, Unsupported
from .exports import base_of, export_gguf, export_merged, export_peft
from .importers import Imported, ImportFailed, import_file
from .improve import Improvement, improve, train
from .improve import Parts as ImproveParts

__all__ = [
    "ExtraMissing",
    "ImportFailed",
    "Imported",
    "ImproveParts",
    "Improvement",
    "NoParity",
    "TooLittle",
    "Unsupported",
    "base_of",
    "card",
    "checked",
    "corrections",
    "examples",
    "export_gguf",
    "export_merged",
    "export_peft",
    "import_file",
    "improve",
    "train",
]
