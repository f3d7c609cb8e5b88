"""`ayllu ingest`: documents into the library. Ctrl-C stops after the document at hand; what is in stays in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text import count, one_line
from .context import CommandContext
from .errors import Interrupted, NothingReadable
from .interrupts import stop_flag
from .options import Collection
from .progress import ProgressBar

if TYPE_CHECKING:
    from ..retrieval import IngestReport

_FAILURES_SHOWN = 20


def ingest(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs or URLs.")],
    collection: Collection = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Stay, and take in what changes: files and folders at once, URLs once a minute. Ctrl-C ends."
        ),
    ] = False,
) -> int:
    """Read documents into the library; a second run takes only what changed."""
    command: CommandContext = context.obj
    collection = collection or command.app.settings.collection
    command.prepare()
    with stop_flag() as stop:
        report = _watch(command, paths, collection, stop) if watch else _ingest(command, paths, collection, stop)
    watched = watch and report.documents > 0  # Ctrl-C is how a watch ends, but not before it has seen anything
    return _finish(command, report, interrupted=report.interrupted and not watched)


def _watch(command: CommandContext, paths: Sequence[str], collection: str, stop: threading.Event) -> IngestReport:
    """Ingest now and after each change until `stop`, with a line for each time that something was done; the last report."""
    from ..retrieval import IngestReport, watch

    report: IngestReport | None = None
    for _ in watch(paths, stop, ignored=[command.app.paths.library, command.app.paths.log.parent]):
        later = _ingest(command, paths, collection, stop)
        if report is not None and (later.documents != later.unchanged or later.removed or later.failed != report.failed):
            _summarize(command, later)
        if report is None or not later.interrupted:  # what was cut off says less than what was there before
            report = later
    return report or IngestReport(interrupted=True)


def read_documents(command: CommandContext, paths: Sequence[str], collection: str | None) -> None:
    """Take `paths` in before something else begins.

    Raises:
        Interrupted: the person stopped it; what was read is kept.
    """
    command.prepare()
    with stop_flag() as stop:
        report = _ingest(command, paths, collection or command.app.settings.collection, stop)
    _summarize(command, report)
    if report.interrupted:
        raise Interrupted("Stopped while reading; what was read is kept.")


def _ingest(command: CommandContext, paths: Sequence[str], collection: str, stop: threading.Event) -> IngestReport:
    """One ingest with its progress bar."""
    limits, library = command.app.settings.retrieval, command.app.library
    with ProgressBar("items", stream=command.output.err) as bar:
        return library.ingest(
            paths,
            collection=collection,
            chunk_tokens=limits.chunk_tokens,
            max_file_bytes=limits.max_file_bytes,
            progress=bar,
            should_stop=stop.is_set,
        )


def _finish(command: CommandContext, report: IngestReport, *, interrupted: bool) -> int:
    """Show the report; the exit code says how it went."""
    shown: dict[str, Any] = report.to_json()
    if interrupted:
        shown |= Interrupted("Stopped before the end; what was read is kept.").to_json()
        command.output.result(shown)
        _summarize(command, report)
        command.output.note("Stopped before the end. Run it again to go on where it stopped.", "yellow")
        return Interrupted.exit_code
    if not report.documents and not report.removed:
        reason = one_line(report.failed[0]["error"]) if report.failed else "no file of a kind that ayllu reads is there"
        error = NothingReadable(
            f"Nothing could be read: {reason.rstrip('.')}.",
            hint="ayllu reads text, Markdown, HTML, PDF, DOCX, CSV and source code; check the path.",
        )
        if not command.output.json:
            _failures(command, report)
            raise error
        command.output.result(shown | error.to_json())
        return error.exit_code
    command.output.result(shown)
    _summarize(command, report)
    return 0


def _summarize(command: CommandContext, report: IngestReport) -> None:
    new = report.documents - report.updated - report.unchanged
    line = f"{count(report.documents, 'document')}: {new} new, {report.updated} changed, {report.unchanged} unchanged"
    line += f", {report.removed} removed" if report.removed else ""
    line += f"; {count(report.chunks, 'passage')} in {report.seconds:.1f} s"
    command.output.say(line)
    _failures(command, report)


def _failures(command: CommandContext, report: IngestReport) -> None:
    for failure in report.failed[:_FAILURES_SHOWN]:
        command.output.say(f"  not read: {one_line(failure['source'])}: {one_line(failure['error'])}", "yellow")
    if len(report.failed) > _FAILURES_SHOWN:
        command.output.say(f"  … and {len(report.failed) - _FAILURES_SHOWN} more; `--json` lists all.", "yellow")
