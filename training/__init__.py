"""Learning from the log: datasets, fine-tuning, export, and the loop that puts to work only what measures better."""

from ..models import BaseUnreachable
from .data.corrections import build_examples, check_trainable, collect_corrections, dataset_card
from .data.files import DataUnreadable
from .data.files import write as write_examples
from .data.importers import Imported, ImportFailed, import_file
from .errors import ExtraMissing, NoParity, TooLittle, Unsupported
from .export.exports import base_of, export_gguf, export_merged, export_peft
from .loop.improve import Improvement, improve
from .loop.plan import Workspace, style_of, train
from .loop.report import loss_line
from .methods.hyperparameters import TrainingOptions

__all__ = [
    "BaseUnreachable",
    "DataUnreadable",
    "ExtraMissing",
    "ImportFailed",
    "Imported",
    "Improvement",
    "NoParity",
    "TooLittle",
    "TrainingOptions",
    "Unsupported",
    "Workspace",
    "base_of",
    "build_examples",
    "check_trainable",
    "collect_corrections",
    "dataset_card",
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
