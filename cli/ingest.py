"""`ayllu ingest`: documents into the library. Ctrl-C stops after the document at hand; what is in stays in."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text import count, one_line
from .common import Collection
from .compose import Parts
from .failures import Interrupted, NothingReadable
from .progress import ProgressBar

if TYPE_CHECKING:
    from ..retrieval import IngestReport

_FAILURES_SHOWN = 20
_WATCH_S = 2.0


def ingest(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs or URLs.")],
    collection: Collection = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and take in what changes, until Ctrl-C.")] = False,
) -> int:
    """Read documents into the library; a second run takes only what changed."""
    parts: Parts = context.obj
    where = collection or parts.settings.collection
    with stop_flag() as stop:
        report = run(parts, paths, where, stop)
        while watch and not stop.wait(_WATCH_S):
            later = run(parts, paths, where, stop)
            if later.documents != later.unchanged or later.removed or later.failed != report.failed:
                summary(parts, later)
            report = later
    return finish(parts, report, interrupted=report.interrupted and not watch)


def run(parts: Parts, paths: Sequence[str], collection: str, stop: threading.Event) -> IngestReport:
    """One ingest with its progress bar."""
    limits = parts.settings.retrieval
    parts.prepare()
    library = parts.library
    with ProgressBar("items", stream=parts.output.err) as bar:
        return library.ingest(
            paths,
            collection=collection,
            chunk_tokens=limits.chunk_tokens,
            max_file_bytes=limits.max_file_bytes,
            progress=bar,
            should_stop=stop.is_set,
        )


def finish(parts: Parts, report: IngestReport, *, interrupted: bool) -> int:
    """Show the report; the exit code says how it went."""
    shown: dict[str, Any] = report.to_json()
    if interrupted:
        shown |= Interrupted("Stopped before the end; what was read is kept.").to_json()
        parts.output.result(shown)
        summary(parts, report)
        parts.output.note("Stopped before the end. Run it again to go on where it stopped.", "yellow")
        return Interrupted.exit_code
    if not report.documents and not report.removed:
        reason = one_line(report.failed[0]["error"]) if report.failed else "no file of a kind that ayllu reads is there"
        error = NothingReadable(
            f"Nothing could be read: {reason.rstrip('.')}.",
            hint="ayllu reads text, Markdown, HTML, PDF, DOCX, CSV and source code; check the path.",
        )
        if not parts.output.json:
            _failures(parts, report)
            raise error
        parts.output.result(shown | error.to_json())
        return error.exit_code
    parts.output.result(shown)
    summary(parts, report)
    return 0


def summary(parts: Parts, report: IngestReport) -> None:
    new = report.documents - report.updated - report.unchanged
    line = f"{count(report.documents, 'document')}: {new} new, {report.updated} changed, {report.unchanged} unchanged"
    line += f", {report.removed} removed" if report.removed else ""
    line += f"; {count(report.chunks, 'passage')} in {report.seconds:.1f} s"
    parts.output.say(line)
    _failures(parts, report)


def _failures(parts: Parts, report: IngestReport) -> None:
    for failure in report.failed[:_FAILURES_SHOWN]:
        parts.output.say(f"  not read: {one_line(failure['source'])}: {one_line(failure['error'])}", "yellow")
    if len(report.failed) > _FAILURES_SHOWN:
        parts.output.say(f"  … and {len(report.failed) - _FAILURES_SHOWN} more; `--json` lists all.", "yellow")


@contextlib.contextmanager
def stop_flag() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C; a second one interrupts at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def press(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
