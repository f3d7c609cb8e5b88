"""The talk itself: the Textual program on a terminal, the line chat elsewhere. No Typer here, for the first frame's sake."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import first_run
from .compose import Parts
from .failures import Interrupted

if TYPE_CHECKING:
    from ..tui import ChatParts


def run(
    parts: Parts,
    paths: Sequence[str],
    *,
    collection: str | None = None,
    session_id: str | None = None,
    new: bool = False,
    **options: Any,
) -> int:
    """Read `paths`, then chat; returns the exit code. The other options are those of `ChatSession`.

    Raises:
        Interrupted: the person stopped the reading; what was read is kept.
    """
    if paths:
        from .ingest import run as run_ingest
        from .ingest import stop_flag, summary

        with stop_flag() as stop:
            report = run_ingest(parts, paths, collection or parts.settings.collection, stop)
        summary(parts, report)
        if report.interrupted:
            raise Interrupted("Stopped while reading; what was read is kept.")
    first_run.offer(parts)
    if not (parts.output.terminal and sys.stdin is not None and sys.stdin.isatty()):
        from . import line_chat

        return line_chat.run(parts, collection=collection, session_id=session_id, **options)
    from ..tui import run_chat

    def open_parts(announce: Callable[[str], None]) -> ChatParts:
        named = session_id or (None if new else parts.conversations.latest_session())
        return _open(parts, announce, collection, named, options)

    return run_chat(open_parts)


def _open(
    parts: Parts,
    announce: Callable[[str], None],
    named: str | None,
    session_id: str | None,
    options: dict[str, Any],
) -> ChatParts:
    """Everything the terminal program needs; called in a thread while its first frame is on screen."""
    from ..tui import ChatParts

    parts.announce = announce
    parts.pulling = lambda label, done, total: announce(f"{label}: {100 * done // total} %" if total else label)
    parts.prepare(chat=True)
    collection, sample = parts.collection(named)
    return ChatParts(
        library=parts.library,
        backend=parts.backend,
        conversations=parts.conversations,
        feedback=parts.feedback,
        settings=parts.settings,
        collection=collection,
        sample=sample,
        session=parts.session(collection, session_id=session_id, **options),
        new_session=lambda: parts.session(collection, **options),
        close=parts.close_backend,
        learnt=parts.adapters.corrections_learned,
        improve=[sys.executable, "-m", "ayllu", "--home", str(parts.paths.home), "improve", "--json"],
    )
