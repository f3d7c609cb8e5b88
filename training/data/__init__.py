"""Training data: corrections of the log, the examples made of them, and data from files."""

from .accepted import AcceptedAnswer, collect_accepted, judged_shares
from .cards import DatasetCard, dataset_card, dataset_digest
from .corrections import (
    MIN_CORRECTIONS,
    NOT_IN_TEXT,
    Correction,
    check_trainable,
    collect_corrections,
    lacking_words,
    posed_by,
)
from .duplicates import DUPLICATE, NEAR_DUPLICATE, PosedQuestion, repeated
from .examples import Example, build_examples
from .files import DataUnreadable, data_files, read_examples, write_examples
from .general_set import general_set, without_corrected
from .importing import Imported, ImportFailed, import_file
from .prose_targets import Marker
from .splits import already_learned, held_out_folds, indivisible_groups, split_corrections, split_folds
from .token_rows import TokenRow, cut_rows, prompt_text, token_rows

__all__ = [
    "DUPLICATE",
    "MIN_CORRECTIONS",
    "NEAR_DUPLICATE",
    "NOT_IN_TEXT",
    "AcceptedAnswer",
    "Correction",
    "DataUnreadable",
    "DatasetCard",
    "Example",
    "ImportFailed",
    "Imported",
    "Marker",
    "PosedQuestion",
    "TokenRow",
    "already_learned",
    "build_examples",
    "check_trainable",
    "collect_accepted",
    "collect_corrections",
    "cut_rows",
    "data_files",
    "dataset_card",
    "dataset_digest",
    "general_set",
    "held_out_folds",
    "import_file",
    "indivisible_groups",
    "judged_shares",
    "lacking_words",
    "posed_by",
    "prompt_text",
    "read_examples",
    "repeated",
    "split_corrections",
    "split_folds",
    "token_rows",
    "without_corrected",
    "write_examples",
]
