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
from .options import Collection, Wait
from .progress import ProgressBar
from .review import ingest_options, review
from .summary import show_notes, show_unread

if TYPE_CHECKING:
    from ..retrieval import IngestReport


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
    force: Annotated[bool, typer.Option("--force", help="Read everything anew, changed or not.")] = False,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Read also what links lead to out of the folders that are named.")
    ] = False,
    hidden: Annotated[bool, typer.Option("--hidden", help="Read hidden files and folders too.")] = False,
    no_ignore: Annotated[
        bool, typer.Option("--no-ignore", help="Read also what .gitignore and .aylluignore leave out.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be read and removed, and do nothing.")] = False,
    wait: Wait = None,
) -> int:
    """Read documents into the library; a second run takes only what changed."""
    command: CommandContext = context.obj
    command.app.override_settings(
        {"retrieval.hidden": hidden or None, "retrieval.ignore_files": False if no_ignore else None}
    )
    if dry_run:
        return review(command, paths, collection, ingest_options(command, force=force, follow_links=follow_links))
    command.prepare()
    with stop_flag() as stop:
        job = _Job(command, paths, collection, stop, force=force, follow_links=follow_links, wait_s=wait)
        report = _watch(job) if watch else job.run()
    watched = watch and report.documents > 0  # Ctrl-C is how a watch ends, but not before it has seen anything
    if watched and not command.output.json:
        return 0  # each line has been shown when it was true
    return _finish(command, report, interrupted=report.interrupted and not watched)


class _Job:
    """One ingest, as it was asked for; it may run again and again."""

    def __init__(
        self,
        command: CommandContext,
        paths: Sequence[str],
        collection: str | None,
        stop: threading.Event,
        *,
        force: bool = False,
        follow_links: bool = False,
        wait_s: float | None = None,
    ) -> None:
        self.command = command
        self.paths = paths
        self.stop = stop
        self._collection = collection or command.app.settings.collection
        self.force = force
        self._follow_links = follow_links
        self._wait_s = wait_s

    def run(self) -> IngestReport:
        """With a progress bar; interrupted before it began where the person did not want to wait for another writer."""
        from ..retrieval import IngestReport, StoppedWaiting, Turn

        library = self.command.app.library
        options = ingest_options(self.command, force=self.force, follow_links=self._follow_links)
        work = f"ingest of {', '.join(self.paths)}"
        turn = Turn(work, self._wait_s, self.command.output.note, self.stop.is_set)
        with ProgressBar("share", stream=self.command.output.err) as bar:
            try:
                return library.ingest(
                    self.paths,
                    collection=self._collection,
                    options=options,
                    turn=turn,
                    progress=bar,
                    should_stop=self.stop.is_set,
                )
            except StoppedWaiting:
                return IngestReport(interrupted=True)


def _watch(job: _Job) -> IngestReport:
    """Ingest now and after each change until `stop`; the last report. What each time did is shown when it is done."""
    from ..retrieval import IngestReport, watch

    report: IngestReport | None = None
    home, settings = job.command.app.paths, job.command.app.settings.retrieval
    own = [home.library, home.log.parent]
    for _ in watch(job.paths, job.stop, ignored=own, hidden=settings.hidden, rules=settings.ignore_files):
        later = job.run()
        job.force = False  # what has been read anew once need not be at every change
        if report is None or later.documents != later.unchanged or later.removed or later.failed != report.failed:
            _summarize(job.command, later)
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
        report = _Job(command, paths, collection, stop).run()
    _summarize(command, report)
    if report.interrupted:
        raise Interrupted("Stopped while reading; what was read is kept.")


def _finish(command: CommandContext, report: IngestReport, *, interrupted: bool) -> int:
    """Show the report; the exit code says how it went."""
    shown: dict[str, Any] = report.to_json()
    if interrupted:
        stopped = Interrupted("Stopped before the end; what was read is kept.", "Run it again to go on where it stopped.")
        command.output.result(shown | stopped.to_json())
        _summarize(command, report)
        raise stopped
    if not report.documents and not report.removed:
        reason = one_line(report.failed[0]["error"]) if report.failed else "no file of a kind that ayllu reads is there"
        error = report.obstacle or NothingReadable(
            f"Nothing could be read: {reason.rstrip('.')}.",
            hint="Check the path; docs/documents.md lists what ayllu reads, and `--dry-run` says what it would do.",
        )
        if not command.output.json:
            show_unread(command.output, report.failed)
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
    line += f" ({report.moved} moved or equal to others, and not embedded again)" if report.moved else ""
    line += f", {count(report.trifles, 'small picture')} without text left out" if report.trifles else ""
    line += f"; {count(report.chunks, 'passage')} in {report.seconds:.1f} s"
    command.output.say(line)
    show_unread(command.output, report.failed)
    show_notes(command.output, report.notes)
    if report.obstacle is not None:
        command.output.note(f"{report.obstacle.message} {report.obstacle.hint}", "yellow")
