"""What became of documents, in lines: one by one where they are few, by reasons where they are many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from ..text import count, one_line
from .output import Output

_MOST_LINES = 20
_MOST_NAMES = 3
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME_WIDTH = 40


def show_unread(output: Output, failed: Sequence[Mapping[str, str]]) -> None:
    """Documents that are not in, with `source` and `error`."""
    _show(output, "not read", [(entry["source"], entry["error"]) for entry in failed])


def show_notes(output: Output, notes: Sequence[Mapping[str, str]]) -> None:
    """What was left out of documents that are in, with `source` and `note`."""
    _show(output, "read in part", [(entry["source"], entry["note"]) for entry in notes])


def _show(output: Output, what: str, entries: Sequence[tuple[str, str]]) -> None:
    if len(entries) <= _MOST_LINES:
        for source, reason in entries:
            output.say(f"  {what}: {one_line(source)}: {one_line(reason)}", "yellow")
        return
    alike: dict[str, list[tuple[str, str]]] = {}
    for source, reason in entries:
        alike.setdefault(_NUMBER.sub("0", reason), []).append((source, reason))
    groups = sorted(alike.values(), key=len, reverse=True)
    for group in groups[:_MOST_LINES]:
        names = ", ".join(one_line(PurePath(source).name or source, _NAME_WIDTH) for source, _ in group[:_MOST_NAMES])
        more = f" and {len(group) - _MOST_NAMES} more" if len(group) > _MOST_NAMES else ""
        output.say(f"  {what}: {count(len(group), 'document')}: {one_line(group[0][1])} ({names}{more})", "yellow")
    if len(groups) > _MOST_LINES:
        left = sum(map(len, groups[_MOST_LINES:]))
        output.say(f"  … and {count(left, 'document')} more, for {len(groups) - _MOST_LINES} other reasons", "yellow")
    output.say("  `--json` lists all.", "yellow")
