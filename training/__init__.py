"""Learning from the log: datasets, fine-tuning, export, and the loop that puts to work only what measures better.

The rooms stand in this order, and import only those before them: data, methods, export, loop.
"""

from ..models import BaseUnreachable
from .data import (
    DUPLICATE,
    NOT_IN_TEXT,
    DataUnreadable,
    Imported,
    ImportFailed,
    PosedQuestion,
    build_examples,
    check_trainable,
    collect_corrections,
    dataset_card,
    import_file,
    lacking_words,
    posed_by,
    repeated,
    write_examples,
)
from .errors import ExtraMissing, NoParity, TooLittle, Unsupported
from .export import base_of, export_gguf, export_merged, export_peft
from .loop import Improvement, Target, Workspace, explain, improve, loss_line, train
from .methods import TrainingOptions

__all__ = [
    "DUPLICATE",
    "NOT_IN_TEXT",
    "BaseUnreachable",
    "DataUnreadable",
    "ExtraMissing",
    "ImportFailed",
    "Imported",
    "Improvement",
    "NoParity",
    "PosedQuestion",
    "Target",
    "TooLittle",
    "TrainingOptions",
    "Unsupported",
    "Workspace",
    "base_of",
    "build_examples",
    "check_trainable",
    "collect_corrections",
    "dataset_card",
    "explain",
    "export_gguf",
    "export_merged",
    "export_peft",
    "import_file",
    "improve",
    "lacking_words",
    "loss_line",
    "posed_by",
    "repeated",
    "train",
    "write_examples",
]
