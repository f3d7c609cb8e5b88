"""Documents that are named with a question: read, asked, and not kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..app import Chat, ChatOptions, attach, attached_library
from ..text import one_line
from .context import CommandContext
from .errors import Interrupted, NothingReadable
from .interrupts import stop_flag
from .progress import ProgressBar
from .review import ingest_options
from .standard_input import read_stdin_bytes


@contextmanager
def attached_chat(
    command: CommandContext, options: ChatOptions, names: Sequence[str]
) -> Iterator[tuple[Chat, Sequence[str]]]:
    """A chat over the documents `names` and nothing else, and what of them could not be read; `-` is what is piped in.

    Raises:
        NothingReadable: none of them can be read.
        Interrupted: the person stopped the reading.
    """
    settings = command.app.settings.retrieval
    piped = read_stdin_bytes("document", settings.max_file_bytes) if "-" in names else None
    paths = [name for name in names if name != "-"]
    with attached_library(command.app) as library:
        with stop_flag() as stop, ProgressBar("share", stream=command.output.err) as bar:
            report = attach(
                library,
                paths,
                piped,
                ingest_options(command, force=False, follow_links=False),
                progress=bar,
                should_stop=stop.is_set,
            )
        if report.interrupted:
            raise Interrupted("Stopped while reading.", "Nothing was kept; ask again when you like.")
        unread = [one_line(f"`{failure['source']}` was not read: {failure['error']}") for failure in report.failed]
        if not report.documents:
            raise report.obstacle or NothingReadable(
                unread[0] if unread else "There is no document to ask.",
                hint="Check the path; docs/documents.md lists what ayllu reads.",
            )
        for note in unread:
            command.output.note(note, "yellow")
        yield Chat.over_attached(command.app, options, library), unread
