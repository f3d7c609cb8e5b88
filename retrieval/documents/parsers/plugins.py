"""Formats of strangers, by the entry point group `ayllu.parsers`.

An entry point names a `Format`, or several in a sequence. It is loaded when the first document is looked at. Whatever a
plug-in does wrong stays its own: what cannot be loaded is a line of the ingest report, and what it raises while it reads a
document costs that document alone. What ayllu reads itself stays with its own parsers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

from ....text import one_line
from .base import Format, Parsed, Unreadable

GROUP = "ayllu.parsers"
log = logging.getLogger(__name__)


def plugin_formats() -> tuple[Sequence[Format], Mapping[str, str]]:
    """The formats that installed packages bring, and by package why it brings none."""
    formats: list[Format] = []
    refused: dict[str, str] = {}
    for point in _points():
        package = _package_of(point)
        try:
            offered = point.load()
            kinds = [offered] if isinstance(offered, Format) else list(offered)
            for kind in kinds:
                _check(kind)
        except (Exception, SystemExit) as error:  # an edge: a stranger's code, named in the message
            reason = one_line(str(error), 200) or type(error).__name__
            refused[package] = f"the parser plug-in {one_line(point.value, 100)} cannot be loaded: {reason}"
            log.warning("%s: %s", package, refused[package], exc_info=True)
        else:
            formats += [replace(kind, parse=_guarded(kind.parse, package)) for kind in kinds]
    return formats, refused


def _points() -> Iterable[EntryPoint]:
    try:
        return sorted(entry_points(group=GROUP), key=lambda point: (point.name, _package_of(point)))
    except Exception:  # an edge: some package's entry points cannot be read
        log.warning("the entry points of the installed packages cannot be read", exc_info=True)
        return ()


def _check(kind: object) -> None:
    if not isinstance(kind, Format):
        raise TypeError(f"it gives a {type(kind).__name__}, which is no Format")
    if not kind.media_type or not callable(kind.parse):
        raise TypeError("its Format has no media type or no parser")
    if any(not ending.startswith(".") or ending != ending.lower() for ending in kind.endings):
        raise TypeError("an ending is in lower case and begins with a full stop")


def _guarded(parse: Callable[[bytes], Parsed], package: str) -> Callable[[bytes], Parsed]:
    def read(content: bytes) -> Parsed:
        try:
            parsed = parse(content)
            _check_parsed(parsed)
        except (Unreadable, MemoryError):
            raise
        except Exception as error:  # an edge: a stranger's code
            log.warning("the parser of %s failed", package, exc_info=True)
            reason = one_line(str(error), 200) or type(error).__name__
            raise Unreadable(f"its parser, the plug-in {package}, failed: {reason}") from error
        return parsed

    return read


def _check_parsed(parsed: object) -> None:
    if not isinstance(parsed, Parsed):
        raise TypeError(f"it gave a {type(parsed).__name__}, which is no Parsed")
    last = 0
    for block in parsed.blocks:
        if not last <= block.start <= block.end <= len(parsed.text):
            raise ValueError("its blocks overlap, or stand outside the text")
        last = block.end


def _package_of(point: EntryPoint) -> str:
    return one_line((point.dist.name if point.dist is not None else "") or point.value, 60)
