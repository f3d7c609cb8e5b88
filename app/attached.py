"""Documents that are asked and not kept: a library of their own, apart from the person's, that is gone with the question."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..retrieval import IngestOptions, IngestReport, Library
    from .application import Application

ATTACHED = "attached"
PIPED = "stdin"
"""What piped text is cited as."""


@contextmanager
def attached_library(application: Application) -> Iterator[Library]:
    """An empty library with the embedder and the reranker of the settings, deleted at the end."""
    from ..retrieval import Library

    with tempfile.TemporaryDirectory(prefix="ayllu-attached-", ignore_cleanup_errors=True) as folder:
        library = Library.open(Path(folder) / "library", application.embedder, reranking=application.reranking)
        with library:
            yield library


def attach(
    library: Library,
    paths: Sequence[str],
    piped: bytes | None,
    options: IngestOptions,
    *,
    progress: Callable[[str, int, int | None], None],
    should_stop: Callable[[], bool],
) -> IngestReport:
    """Read `paths` as an ingest does, and `piped`, what came on stdin, which is told by its content."""
    with tempfile.TemporaryDirectory(prefix="ayllu-piped-", ignore_cleanup_errors=True) as folder:
        named = list(paths)
        file = Path(folder).resolve() / PIPED
        if piped is not None:
            file.write_bytes(piped)
            named.append(str(file))
        report = library.ingest(named, collection=ATTACHED, options=options, progress=progress, should_stop=should_stop)
        if str(file) in library.known_sources(ATTACHED):
            with library.writing():
                library.rename_source(ATTACHED, str(file), PIPED)
    for failure in report.failed:
        if failure["source"] == str(file):
            failure["source"] = PIPED
    return report
