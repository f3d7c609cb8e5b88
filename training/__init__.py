"""Learning from the log: datasets, fine-tuning, export, and the loop that puts to work only what measures better."""

from ..models import BaseUnreachable
from .datasets import card, checked, corrections, examples
from .errors import ExtraMissing, NoParity, TooLittle, Unsupported
from .exports import base_of, export_gguf, export_merged, export_peft
from .files import DataUnreadable
from .files import write as write_examples
from .importers import Imported, ImportFailed, import_file
from .improve import Improvement, improve
from .report import loss_line
from .settings import Wanted
from .tune import Parts as ImproveParts
from .tune import style_of, train

__all__ = [
    "BaseUnreachable",
    "DataUnreadable",
    "ExtraMissing",
    "ImportFailed",
    "Imported",
    "ImproveParts",
    "Improvement",
    "NoParity",
    "TooLittle",
    "Unsupported",
    "Wanted",
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
    "loss_line",
    "style_of",
    "train",
    "write_examples",
]
