"""A file into the log: which format it is of, its entries one by one, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ....config import Settings
from ....errors import AylluError
from ....evaluation import EvalDoc, EvalSet, temporary_library
from ....feedback import FeedbackEvent, FeedbackLog
from ....retrieval import Embedder
from ...progress import Progress, silent
from .entries import BadEntry, Entry
from .events import build_event
from .exported import is_event, read_event
from .instructions import read_instruction
from .squad import read_squad


class ImportFailed(AylluError):
    """A file of which nothing can be imported."""

    kind = "import"


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    imported: int = 0
    duplicates: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)  # {"line", "error"}
    event_ids: list[str] = field(default_factory=list)  # of what was imported

    def count(self, new: bool, event_id: str) -> None:
        if new:
            self.imported += 1
            self.event_ids.append(event_id)
        else:
            self.duplicates += 1

    def to_json(self) -> dict[str, Any]:
        return {"imported": self.imported, "duplicates": self.duplicates, "skipped": self.skipped}


def import_file(
    path: Path,
    log: FeedbackLog,
    embedder: Embedder,
    settings: Settings,
    *,
    model: str,
    prompts: Path | None = None,
    progress: Progress = silent,
) -> Imported:
    """Take the entries of `path` into `log`. A bad entry is skipped, with its line and why; one that is there is counted.

    `line` is the line of a JSONL file, and the place of the entry, from 1, in other files.

    Raises:
        ImportFailed: the file cannot be read, or is of no form that is known.
    """
    outcome = Imported()
    entries: list[Entry] = []
    for read in _read(path):
        match read:
            case BadEntry():
                outcome.skipped.append({"line": read.line, "error": read.error})
            case FeedbackEvent():
                outcome.count(log.append(read), read.event_id)
            case Entry():
                entries.append(read)
    contexts = dict.fromkeys(entry.context for entry in entries if entry.context is not None)
    names = {context: str(at) for at, context in enumerate(contexts)}
    documents = EvalSet([EvalDoc(name, context) for context, name in names.items()], [])
    with temporary_library(documents, embedder, progress, settings.retrieval.chunk_tokens) as (library, _):
        for at, entry in enumerate(entries, start=1):
            event = build_event(
                entry,
                path,
                names[entry.context] if entry.context is not None and entry.copied else None,
                library if entry.context is not None else None,
                shown=settings.retrieval.passages,
                model=model,
                prompts=prompts,
            )
            outcome.count(log.append(event), event.event_id)
            progress("importing", at, len(entries))
    if not (outcome.imported or outcome.duplicates):
        skipped = outcome.skipped[:1]
        first = "".join(f" The first: line {bad['line']}, {bad['error']}." for bad in skipped)
        raise ImportFailed(
            f"Nothing in {path} could be imported.{first}",
            hint="Known: our own export, SQuAD JSON, Dolly JSONL, Alpaca JSON.",
        )
    return outcome


def _read(path: Path) -> Iterator[Entry | FeedbackEvent | BadEntry]:
    """Each entry of a file, by what the file looks like.

    Raises:
        ImportFailed: it cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(f"{path} cannot be read: {error}.", hint="Give a UTF-8 text file.") from error
    try:
        content = json.loads(text, parse_constant=_refuse)
    except ValueError:
        content = None
    except RecursionError as error:
        raise ImportFailed(f"{path} is nested too deeply.", hint="Give one of the known forms.") from error
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        yield from read_squad(content["data"])
    elif isinstance(content, list):
        for at, row in enumerate(content, start=1):
            yield _read_row(at, row)
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield _read_line(number, line)


def _read_line(number: int, line: str) -> Entry | FeedbackEvent | BadEntry:
    try:
        return _read_row(number, json.loads(line, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        return BadEntry(number, f"it is not JSON ({error})")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _read_row(number: int, row: Any) -> Entry | FeedbackEvent | BadEntry:
    if not isinstance(row, dict):
        return BadEntry(number, "it is no JSON object")
    return read_event(number, row) if is_event(row) else read_instruction(number, row)
