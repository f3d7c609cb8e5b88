"""`ayllu chat`: the Textual program on a terminal, the line chat elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from . import first_run, line_chat
from .compose import Parts
from .ingest import run as run_ingest
from .ingest import stop_flag, summary

if TYPE_CHECKING:
    from ..tui import ChatParts


def chat(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Read these first.")] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Show the keys of the terminal program and leave.")] = False,
) -> int:
    """Talk with your documents."""
    parts: Parts = context.obj
    if keys:
        _show_keys(parts)
        return 0
    return run(parts, paths or [])


def run(parts: Parts, paths: Sequence[str]) -> int:
    """Read `paths`, then chat; returns the exit code."""
    if paths:
        with stop_flag() as stop:
            summary(parts, run_ingest(parts, paths, parts.settings.collection, stop))
    first_run.offer(parts)
    if not (parts.output.terminal and sys.stdin is not None and sys.stdin.isatty()):
        return line_chat.run(parts)
    from ..tui import run_chat

    return run_chat(lambda announce: _open(parts, announce))


def _open(parts: Parts, announce: Callable[[str], None]) -> ChatParts:
    """Everything the terminal program needs; called in a thread while its first frame is on screen."""
    from ..tui import ChatParts

    parts.announce = announce
    parts.pulling = lambda label, done, total: announce(f"{label}: {100 * done // total} %" if total else label)
    collection, sample = parts.collection()
    session_id = parts.conversations.latest_session()
    return ChatParts(
        library=parts.library,
        backend=parts.backend,
        conversations=parts.conversations,
        feedback=parts.feedback,
        settings=parts.settings,
        collection=collection,
        sample=sample,
        session=parts.session(collection, session_id=session_id),
        new_session=lambda: parts.session(collection),
        close=parts.close_backend,
    )


def _show_keys(parts: Parts) -> None:
    from ..tui.keys import KEYS

    parts.output.result({"keys": [{"id": key.id, "key": key.key, "words": key.words} for key in KEYS]})
    parts.output.table(("key", "what it does"), [(key.key, key.words) for key in KEYS])
