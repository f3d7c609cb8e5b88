"""What `train` learns from: the log's corrections, or a person's files, a tenth of either held out for the loss."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...conversations import Style
from ...errors import UsageError
from ...feedback import FeedbackEvent, FeedbackLog
from ..data import (
    MIN_CORRECTIONS,
    DatasetCard,
    Example,
    build_examples,
    check_trainable,
    collect_corrections,
    data_files,
    dataset_card,
    dataset_digest,
    import_file,
    read_examples,
)
from ..errors import TooLittle
from .plan import VALIDATION_SHARE, set_aside
from .workspace import Workspace

Data = tuple[list[Example], list[Example], DatasetCard]  # learnt from, validated on, and the card of the former


def training_data(events: Sequence[FeedbackEvent], workspace: Workspace, style: Style, path: Path | None, seed: int) -> Data:
    """Of the `events`, or of the file or folder at `path` instead, what is written in `style`.

    Raises:
        TooLittle: there is too little to learn from.
        UsageError, ImportFailed, DataUnreadable: there is nothing to learn from at `path`.
    """
    if path is not None:
        if not path.exists():
            raise UsageError(f"There is no {path}.", hint="Give a file or a folder with training data.")
        events, examples = _read(path, workspace)
        if examples:
            return _ready(examples, seed)
    corrections, left_out = collect_corrections(events, style, (), workspace.embedder, workspace.mark)
    check_trainable(corrections, left_out)
    learned, held_out = set_aside(corrections, seed)
    examples = build_examples(learned, workspace.prompts, seed)
    validated = build_examples(held_out, workspace.prompts, seed, answers_only=True)
    return examples, validated, dataset_card(learned, examples, left_out)


def _read(path: Path, workspace: Workspace) -> tuple[Sequence[FeedbackEvent], list[Example]]:
    """The events that the files at `path` make, by a log that is thrown away; or the examples that they already are."""
    examples: list[Example] = []
    with tempfile.TemporaryDirectory(prefix="ayllu-data-") as folder:
        log = FeedbackLog.open(Path(folder) / "feedback.sqlite")
        try:
            for file in data_files(path):
                ready = read_examples(file)
                if ready is not None:
                    examples += ready
                    continue
                outcome = import_file(
                    file,
                    log,
                    workspace.embedder,
                    workspace.settings,
                    model=workspace.chat,
                    prompts=workspace.prompts,
                    progress=workspace.progress,
                )
                workspace.announce(
                    f"{file.name}: {outcome.imported} taken, {outcome.duplicates} doubled, {len(outcome.skipped)} skipped."
                )
            events = log.standing()
        finally:
            log.close()
    if events and examples:
        raise UsageError(f"{path} mixes prompts with other forms.", hint="Give one file, or a folder of one form.")
    return events, examples


def _ready(examples: Sequence[Example], seed: int) -> Data:
    """Examples that a file gives as they are: a tenth of their groups is held out."""
    groups = sorted({example.group for example in examples})
    if len(examples) < MIN_CORRECTIONS:
        raise TooLittle(
            f"There are {len(examples)} examples to learn from, and at least {MIN_CORRECTIONS} are needed.",
            hint="Give a file with more.",
        )
    random.Random(seed).shuffle(groups)
    held_out = set(groups[: max(1, int(VALIDATION_SHARE * len(groups)))] if len(groups) > 1 else [])
    learned = [example for example in examples if example.group not in held_out]
    names = {example.event_id for example in learned}
    card = DatasetCard(len(names), len(learned), dataset_digest(learned), {}, {"file": len(learned)})
    return learned, [example for example in examples if example.group in held_out], card
