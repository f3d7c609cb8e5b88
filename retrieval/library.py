"""The library: documents in, passages out. It joins the document store, the embedder, the vector store and the searches.

Many processes may read; one at a time writes, under a lock file. Methods are safe to call from several threads.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..storage import DatabaseFull
from .collection_embedders import CollectionEmbedders, Reopen
from .docstore import DocStore, Moved, Turn, writer_lock
from .embedders import CheckedEmbedder, Embedder, Recipe
from .ranking import VectorSearch
from .reembedding import Reembedding, ReembedReport
from .rerankers import Reranking
from .searching import Searchable
from .stores import Notify, Projection, ScanIndex, StoreFailed, find_problems
from .upkeep import Upkeep

_SCAN_BELOW = 200_000  # chunks; below it an exact scan is fast enough, and needs no store: `docs/scale.md` has the curve
if TYPE_CHECKING:  # who only searches needs nothing of what reads documents
    from .documents import Document, IngestOptions, IngestReport, Progress

log = logging.getLogger(__name__)


class Library(Searchable):
    """One library folder. Open it with `Library.open`, close it with `close` or as a context manager."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        store: str,
        notify: Notify,
        scan_below: int,
        recipe: Recipe | None,
        reopen: Reopen | None,
    ) -> None:
        self.folder = folder
        embedder = CheckedEmbedder(embedder)
        docstore = DocStore(folder)
        self._projection = Projection(folder, store, docstore, notify, scan_below=scan_below)
        self._scans = ScanIndex(folder, docstore)
        embedders = CollectionEmbedders(docstore, embedder, recipe, reopen, notify)
        super().__init__(docstore, embedder, embedders, VectorSearch(docstore, self._projection, self._scans, notify))
        self._upkeep = Upkeep(folder, self._docstore, self._projection, self._scans, self._embedders, notify)

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        store: str = "chroma",
        notify: Notify | None = None,
        scan_below: int = _SCAN_BELOW,
        recipe: Recipe | None = None,
        reopen: Reopen | None = None,
        reranking: Reranking | None = None,
    ) -> Self:
        """Open or make a library. A projection that a killed writer left torn is mended first, and that is said.

        A collection of fewer than `scan_below` chunks is searched by an exact scan, unless another store than the embedded
        `chroma` is asked for. `recipe` says how `embedder` was asked for, and `reopen` opens that of a collection which was
        embedded by another. Where nothing can be written, a library that is there is opened for reading.

        Raises:
            LibraryNewer, LibraryDamaged: the file is left as it is.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        library = cls(folder, embedder, store, notify or log.info, scan_below, recipe, reopen)
        library.reranking = reranking
        try:
            library._upkeep.mend_leftovers()
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        self._projection.close()
        self._docstore.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- writing ---

    @contextlib.contextmanager
    def writing(self, turn: Turn | None = None) -> Iterator[None]:
        """Hold the writer's lock; at the end, also after an error, the vector store is brought up to date.

        Where that fails it is said, and searches compare every vector until `repair` or the next writer has done it.

        Raises:
            LibraryBusy: another process held it for as long as `turn` waits.
            StoppedWaiting: the person did not want to wait.
        """
        with writer_lock(self.folder, turn or Turn()):
            self._projection.mark()
            try:
                yield
            finally:
                self._upkeep.bring_stores_up_to_date()
            self._upkeep.give_back_disk()

    def ingest(
        self,
        paths: Sequence[str],
        *,
        collection: str,
        options: IngestOptions | None = None,
        turn: Turn | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> IngestReport:
        """Read what `paths` name (files, folders, globs, addresses) into `collection`.

        What is there already, with the same content and read as it would be now, is left alone; the rest is replaced. What
        once came from below a folder that is named and is gone is removed, but not where the folder is missing, empty or
        unreadable. What cannot be read, embedded or written stands in the report. `should_stop` is asked between documents,
        `turn.should_stop` while another process writes.

        Raises:
            LibraryBusy: another process was writing for as long as `turn` waits.
            ConfigError: the store that the settings name is none.
            EmbedderChanged: the collection holds vectors of another embedder.
        """
        from .documents import IngestOptions, ingest_documents

        with contextlib.suppress(StoreFailed):
            self._projection.check_settings()
        with self.writing(turn):
            self._embedders.claim(collection)
            began = time.perf_counter()
            report = ingest_documents(
                self._docstore,
                self.embedder,
                paths,
                collection=collection,
                options=options or IngestOptions(),
                progress=progress,
                should_stop=should_stop,
            )
        report.seconds = time.perf_counter() - began
        return report

    def add(
        self,
        documents: Iterable[Document],
        *,
        chunk_tokens: int | None = None,
        batch_chunks: int | None = None,
    ) -> int:
        """Cut, embed and write documents that have been read; returns how many chunks. Called while `writing`.

        `batch_chunks`: how many chunks, at least, are embedded together; None: all of them.
        """
        from .documents import CHUNK_TOKENS, add_documents

        return add_documents(
            self._docstore,
            self.embedder,
            documents,
            claim=self._embedders.claim,
            chunk_tokens=chunk_tokens or CHUNK_TOKENS,
            batch_chunks=batch_chunks,
        )

    def remove_source(self, collection: str, source: str) -> None:
        """Forget one source with its chunks. Called while `writing`.

        Raises:
            NotFound: there is none of that name.
        """
        self._with_room(lambda: self._docstore.remove_source(collection, source))

    def rename_source(self, collection: str, source: str, name: str) -> None:
        """From now on the source goes by `name`. Called while `writing`.

        Raises:
            NotFound: there is none of the old name.
        """
        self._docstore.move_source(collection, source, Moved(name, name, 0, ""))

    def drop_collection(self, collection: str) -> None:
        """Forget all sources of a collection. Called while `writing`."""
        self._with_room(lambda: self._docstore.drop_collection(collection))

    def _with_room(self, remove: Callable[[], None]) -> None:
        """Removing takes room too: on a full disk the vector store gives up its own."""
        try:
            remove()
        except DatabaseFull:
            if not (self._scans.drop() | self._projection.make_room()):
                raise
            remove()

    # --- upkeep ---

    def verify(self, collection: str | None = None) -> list[str]:
        """Problems, in words; none where all is well. `collection` limits the look at the vector store."""
        problems = find_problems(self._docstore, self._projection, self._scans, collection=collection)
        return problems + self._embedders.problems(collection)

    def reembed(
        self,
        collection: str,
        *,
        turn: Turn | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> ReembedReport | None:
        """Embed a collection anew by the embedder of the settings, which answers from then on; None where it does already.

        Raises:
            AlreadyReembedding: another process is at it.
            EmbedderFailed: the embedder does not answer; the next call goes on where this one ended.
        """
        if not self.count(collection) or self._embedders.is_current(collection):
            return None
        return Reembedding(self.folder, self._docstore, self._embedders, lambda: self.writing(turn)).run(
            collection, progress=progress, should_stop=should_stop
        )

    def repair(self, turn: Turn | None = None) -> str:
        """Embed anew what needs it, and mend the vector store; says what was done.

        Raises:
            EmbedderFailed, StoreFailed: all the rest is mended, and searches go on.
        """
        return self._upkeep.repair(turn or Turn())
