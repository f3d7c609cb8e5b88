"""`ayllu ingest --dry-run`: what would be read and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..text import count, one_line, size
from .context import CommandContext

if TYPE_CHECKING:
    from ..retrieval import IngestOptions, Planned

_SHOWN = 20  # of each kind
_KINDS_SHOWN = 12


def ingest_options(command: CommandContext, *, force: bool, follow_links: bool) -> IngestOptions:
    """How documents are read, by the settings."""
    from ..retrieval import IngestOptions, bounds_with

    settings = command.app.settings.retrieval
    return IngestOptions(
        chunk_tokens=settings.chunk_tokens,
        max_file_bytes=settings.max_file_bytes,
        follow_links=follow_links,
        hidden=settings.hidden,
        rules=settings.ignore_files,
        force=force,
        bounds=bounds_with(settings.converter, settings.parse_seconds, settings.parse_memory_bytes),
        converter=settings.converter,
        ocr_languages=settings.ocr_languages,
    )


def review(command: CommandContext, paths: Sequence[str], collection: str | None, options: IngestOptions) -> int:
    """Show the plan; returns the exit code: 1 where nothing would be read."""
    from ..retrieval import Action, totals

    planned = command.app.library.plan(paths, collection=collection or command.app.settings.collection, options=options)
    counts = {action: number for action, number, _ in totals(planned)}
    command.output.result(
        {
            "plan": [
                {"source": entry.source, "action": str(entry.action), "reason": entry.reason, "bytes": entry.size}
                for entry in planned
            ],
            **{str(action): counts.get(action, 0) for action in Action},
        }
    )
    for action, number, size_bytes in totals(planned):
        of_it = [entry for entry in planned if entry.action is action]
        command.output.say(f"{_WORDS[action]}: {number:,}" + (f", {size(size_bytes)}" if size_bytes else ""), "bold")
        if action is Action.UNCHANGED:
            continue
        if len(of_it) > _SHOWN:
            command.output.say(f"  {_kinds(of_it)}")
        for entry in of_it[:_SHOWN]:
            command.output.say(f"  {one_line(entry.source)}" + (f": {one_line(entry.reason)}" if entry.reason else ""))
        if len(of_it) > _SHOWN:
            command.output.say(f"  … and {len(of_it) - _SHOWN:,} more; `--json` lists all.", "dim")
    command.output.note("Nothing was read or changed. Without --dry-run it is done.")
    return 0 if any(action is not Action.FAIL for action in counts) else 1


_WORDS = {
    "new": "To be read",
    "changed": "To be read anew",
    "unchanged": "Unchanged",
    "moved": "Moved, and not embedded again",
    "remove": "To be removed",
    "omit": "Left out",
    "fail": "Cannot be read",
}


def _kinds(planned: Sequence[Planned]) -> str:
    """How many there are of each ending, most first."""
    endings = Counter(Path(entry.source).suffix.lower() or "no ending" for entry in planned)
    shown = [f"{number:,} {one_line(ending, 20)}" for ending, number in endings.most_common(_KINDS_SHOWN)]
    others = len(endings) - len(shown)
    return ", ".join(shown) + (f", {count(others, 'other ending')}" if others > 0 else "")
