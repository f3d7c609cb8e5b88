"""What an ingest would do, without doing it: nothing is parsed, embedded or written, and no address is asked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from pathlib import Path

from ...text import size
from ..docstore import Reading, SourceInfo
from .archives import expand_archive
from .omitting import Omissions
from .parsers import parser_of
from .reading import look_at
from .removal import find_gone
from .report import IngestOptions
from .volumes import is_mounted
from .walking import Item, Missing, is_url, local_path, walk

_BLOCK = 1 << 20


class Action(StrEnum):
    """What becomes of a document."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # known under another name, at which it is no more
    REMOVE = "remove"  # it is gone, or left out from now on
    OMIT = "omit"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Planned:
    """One document or folder, what would become of it, and why where that is not plain."""

    source: str
    action: Action
    reason: str = ""
    size: int | None = None  # bytes; None for addresses and folders


def plan_ingest(
    known: Mapping[str, SourceInfo], paths: Sequence[str], *, options: IngestOptions, chunk_tokens: int, embedder: str
) -> list[Planned]:
    """What an ingest of `paths` would do beside the `known` sources; first what is there, then what is gone or left out.

    `chunk_tokens`, `embedder`: with what documents would be read now. Whether a document can be parsed is not looked at.
    """
    planned: list[Planned] = []
    omitted: list[Planned] = []
    unseen: list[Path] = []
    present: list[str] = []
    omissions = Omissions(options.hidden, options.rules)

    def note_omission(source: str, reason: str) -> None:
        omitted.append(Planned(source, Action.OMIT, reason))

    walked = walk(paths, follow_links=options.follow_links, omissions=omissions, on_omission=note_omission)
    entries = ([entry] if isinstance(entry, Missing) else expand_archive(entry) for entry in walked)
    for entry in chain.from_iterable(entries):
        if isinstance(entry, Missing):
            unseen.append(local_path(entry.source) or Path(entry.source))
            planned.append(Planned(entry.source, Action.FAIL, entry.error))
        else:
            present.append(entry.source)
            reading = Reading(parser_of(entry.source, converter=options.converter), chunk_tokens, embedder)
            planned.append(_look(entry, known.get(entry.source), reading, options))
    planned, moved = _follow_moves(planned, known, present, options, chunk_tokens, embedder)
    known = {source: info for source, info in known.items() if source not in moved}
    gone, kept = find_gone(known, paths, present=present, unseen=unseen, omissions=omissions)
    planned += [Planned(source, Action.REMOVE, _why_gone(source)) for source in gone]
    planned += [Planned(folder.source, Action.FAIL, folder.error) for folder in kept]
    return planned + omitted


def _look(item: Item, before: SourceInfo | None, reading: Reading, options: IngestOptions) -> Planned:
    if is_url(item.source):
        return Planned(item.source, Action.NEW if before is None else Action.CHANGED, "an address is asked when it is read")
    try:
        state = look_at(item.source, item.size)
        assert state is not None  # of a file there is one
        if state.size > options.max_file_bytes:
            return Planned(item.source, Action.FAIL, f"it has more than {size(options.max_file_bytes)}", state.size)
        if before is None:
            return Planned(item.source, Action.NEW, "", state.size)
        if options.force or before.reading != reading:
            return Planned(item.source, Action.CHANGED, "it is read anew, as ayllu reads now", state.size)
        same = (before.mtime_ns, before.size) == (state.mtime_ns, state.size)
        if same or (item.size is None and before.sha256 == _digest(Path(item.source))):
            return Planned(item.source, Action.UNCHANGED, "", state.size)
        return Planned(item.source, Action.CHANGED, "", state.size)
    except OSError as error:
        return Planned(item.source, Action.FAIL, error.strerror or str(error))


def _follow_moves(
    planned: Sequence[Planned],
    known: Mapping[str, SourceInfo],
    present: Sequence[str],
    options: IngestOptions,
    chunk_tokens: int,
    embedder: str,
) -> tuple[list[Planned], set[str]]:
    """The plan with new files that are known under the name of one that is gone as moved; and those other names."""
    if all(entry.action is not Action.NEW for entry in planned):
        return list(planned), set()
    here = set(present)
    lost: dict[tuple[int, Reading], list[SourceInfo]] = {}
    for info in known.values():
        gone = info.source not in here and not is_url(info.source) and not os.path.lexists(info.source)
        if gone and is_mounted(info.volume):
            lost.setdefault((info.size, info.reading), []).append(info)
    followed: list[Planned] = []
    moved: set[str] = set()
    for entry in planned:
        reading = Reading(parser_of(entry.source, converter=options.converter), chunk_tokens, embedder)
        before = _before(entry, lost.get((entry.size or 0, reading), ())) if entry.action is Action.NEW else None
        if before is not None:
            moved.add(before.source)
            lost[before.size, reading].remove(before)
        followed.append(entry if before is None else replace(entry, action=Action.MOVED, reason=f"it was {before.source}"))
    return followed, moved


def _before(entry: Planned, lost: Sequence[SourceInfo]) -> SourceInfo | None:
    """Which of the documents that are gone has the content of this one."""
    if not lost or is_url(entry.source):
        return None
    try:
        digest = _digest(Path(entry.source))
    except OSError:  # a member of an archive, or what cannot be read
        return None
    return next((info for info in lost if info.sha256 == digest), None)


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def _why_gone(source: str) -> str:
    return "it is left out now" if Path(source).exists() else "it is gone"


def totals(planned: Sequence[Planned]) -> Iterator[tuple[Action, int, int]]:
    """How many there are of each action, and their bytes."""
    for action in Action:
        of_it = [entry for entry in planned if entry.action is action]
        if of_it:
            yield action, len(of_it), sum(entry.size or 0 for entry in of_it)
