"""Which form an evaluation file has: the first that takes it reads it."""

from __future__ import annotations

from pathlib import Path

from .base import EvalFileError, EvalSet, Loader
from .beir import load_beir
from .jsonl import load_jsonl
from .squad import load_squad

LOADERS: tuple[Loader, ...] = (load_beir, load_squad, load_jsonl)


def load_eval_file(path: Path) -> EvalSet:
    """Read an evaluation file or folder.

    Raises:
        EvalFileError: it cannot be read, or an entry is wrong; the message names file and line.
    """
    try:
        for load in LOADERS:
            if (eval_set := load(path)) is not None:
                return eval_set
    except (OSError, UnicodeDecodeError) as error:
        raise EvalFileError(str(path), f"it cannot be read ({error})") from error
    raise EvalFileError(str(path), "it has none of the known forms")
