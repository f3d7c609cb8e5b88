"""Waits until documents may have changed. The system tells of files and folders; the rest is looked at once a minute.

Each real folder is watched by itself: a recursive watch follows every link at every level, and has no end where links cross.
"""

from __future__ import annotations

import glob
import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from .omitting import RULE_FILES, Omissions
from .walking import folders_below, local_path

if TYPE_CHECKING:
    from watchfiles.main import FileChange

    Changes = Generator[set[FileChange], None, None]

_LOOK_AGAIN_S = 60.0  # addresses, network drives and links to elsewhere: nothing tells of their changes
_POLL_S = 2.0  # where the system has no room for more watches
_DEBOUNCE_MS = 2_000  # changes that follow each other are told together, for at most so long
_STEP_MS = 100  # of quiet that ends them; also how soon a stop is seen
log = logging.getLogger(__name__)


def watch(
    names: Sequence[str],
    stop: threading.Event,
    *,
    ignored: Sequence[Path] = (),
    hidden: bool = False,
    rules: bool = True,
) -> Iterator[None]:
    """Yield at once, then whenever what `names` name (files, folders, globs, addresses) may have changed, until `stop`.

    What changes while the caller is busy is told by the next yield. What an ingest leaves out says nothing (`hidden`,
    `rules`: see `Omissions`), nor does what lies below `ignored`: the library's own files, which change with every ingest.
    """
    while not stop.is_set():
        omissions = Omissions(hidden, rules)  # anew each time: the rules may be what has changed
        targets = _Targets.of(names, [path.resolve() for path in ignored], omissions)
        with ExitStack() as watches:
            try:
                stream, watching = _start(targets, stop, watches), True
            except (OSError, RuntimeError) as error:  # too many folders for the system's limit, or one that has just gone
                log.warning("cannot watch (%s); looking again in %.0f s", error, _POLL_S)
                stream, watching = None, False
            yield
            if watching:
                _wait(targets, stream, stop)
            else:
                stop.wait(_POLL_S)


@dataclass(slots=True)
class _Targets:
    """Where to look for changes. All paths are absolute, with links resolved."""

    ignored: Sequence[Path]
    omissions: Omissions
    folders: list[Path] = field(default_factory=list)  # with all that is below them
    parents: set[Path] = field(default_factory=set)  # of files: a file that is replaced takes its own watch with it
    patterns: list[str] = field(default_factory=list)  # of files in `parents`
    missing: list[Path] = field(default_factory=list)

    @classmethod
    def of(cls, names: Sequence[str], ignored: Sequence[Path], omissions: Omissions) -> _Targets:
        targets = cls(ignored, omissions)
        for name in names:
            if (path := local_path(name)) is not None:
                targets._add(path)
        return targets

    def is_relevant(self, path: Path) -> bool:
        if any(path.is_relative_to(folder) for folder in self.ignored):
            return False
        if any(fnmatch(str(path), pattern) for pattern in self.patterns):
            return True
        return any(
            path.is_relative_to(folder) and (path.name in RULE_FILES or not self.omissions.excludes(str(path), str(folder)))
            for folder in self.folders
        )

    def _add(self, path: Path) -> None:
        if path.is_dir():
            self.folders.append(path.resolve())
        elif path.exists():
            for file in (path.parent.resolve() / path.name, path.resolve()):
                self.parents.add(file.parent)
                self.patterns.append(glob.escape(str(file)))
        elif glob.has_magic(path.name) and not glob.has_magic(str(path.parent)) and path.parent.is_dir():
            parent = path.parent.resolve()
            self.parents.add(parent)
            self.patterns.append(str(Path(glob.escape(str(parent))) / path.name))
        elif glob.has_magic(str(path)):
            literal = next(above for above in path.parents if not glob.has_magic(str(above)))
            self._add(literal)
        else:
            self.missing.append(path)


def _start(targets: _Targets, stop: threading.Event, watches: ExitStack) -> Changes | None:
    """A stream of changes, which gather from now on; None where there is nothing to watch."""
    from watchfiles import watch as stream_changes

    below = (path for folder in targets.folders for path in folders_below(folder, targets.omissions))
    watched = list(dict.fromkeys([*below, *map(str, targets.parents)]))
    if not watched:
        return None
    stream = watches.enter_context(
        closing(
            stream_changes(
                *watched,
                recursive=False,
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=_STEP_MS,
                rust_timeout=_STEP_MS,
                yield_on_timeout=True,
                stop_event=stop,
            )
        )
    )
    next(stream, None)  # it begins to watch when it is first asked
    return stream


def _wait(targets: _Targets, stream: Changes | None, stop: threading.Event) -> None:
    """Return when something relevant has changed, a missing path is there, a minute is over, or `stop` is set."""
    until = time.monotonic() + _LOOK_AGAIN_S
    while time.monotonic() < until and not stop.is_set():
        if stream is not None and any(targets.is_relevant(Path(path)) for _, path in next(stream, ())):
            return
        if any(path.exists() for path in targets.missing):
            return
        if stream is None:
            stop.wait(_STEP_MS / 1000)
