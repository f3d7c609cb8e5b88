"""Learning from the log: datasets, fine-tuning, export, and the loop that puts to work only what measures better."""

from .datasets import card, checked, corrections, examples
from .errors import ExtraMissing, NoParity, TooLittle, Unsupported
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
    "card",
    "checked",
    "corrections",
    "examples",
    "import_file",
    "improve",
    "train",
]
