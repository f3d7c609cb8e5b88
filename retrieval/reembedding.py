"""A collection embedded anew by another embedder, while the one before goes on answering.

Coming vectors gather beside those in use, a transaction a batch; when no chunk lacks one they change places in a single
transaction. Killed or stopped before that, the next run goes on; what is read or removed meanwhile is seen.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AylluError
from .collection_embedders import CollectionEmbedders
from .docstore import DocStore
from .embedders import Embedder, EmbedderFailed, WorkStopped, find_obstacle, stopped_by
from .types import Vectors

_BATCH = 64  # chunks embedded and kept together; those at hand are lost where it is stopped
_TICK_S = 0.1
_LOCK = "reembed.lock"
if TYPE_CHECKING:
    from .documents import Progress

log = logging.getLogger(__name__)


class AlreadyReembedding(AylluError):
    """Another process is at it."""

    kind = "already_reembedding"

    def __init__(self) -> None:
        super().__init__(
            "Another ayllu is embedding this library anew.", hint="Let it end, or stop it; what it has done so far is kept."
        )


@dataclass(slots=True)
class ReembedReport:
    """What became of one collection."""

    collection: str
    before: str
    embedder: str
    chunks: int = 0  # embedded in this run
    complete: bool = False  # whether the new embedder answers by now
    refused: list[int] = field(default_factory=list)  # ids of chunks that it does not embed: found by their words only


class Reembedding:
    """Of one library folder, to the embedder that the settings name."""

    def __init__(
        self,
        folder: Path,
        docstore: DocStore,
        embedders: CollectionEmbedders,
        writing: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`writing` holds the library's lock, and brings its stores up to date at the end."""
        self._folder = folder
        self._docstore = docstore
        self._embedders = embedders
        self._writing = writing

    def run(
        self, collection: str, *, progress: Progress | None = None, should_stop: Callable[[], bool] | None = None
    ) -> ReembedReport:
        """Embed anew what has no coming vector yet, then change over. Does not hold the library's lock but for the change.

        Raises:
            AlreadyReembedding: another process is at it.
            EmbedderFailed: the embedder does not answer; what was embedded is kept.
        """
        before = self._docstore.spaces.of(collection)
        report = ReembedReport(collection, before.embedder if before else "", self._embedders.current.name)
        with self._alone():
            while not report.complete and not (should_stop is not None and should_stop()):
                self._gather(report, progress, should_stop)
                if should_stop is None or not should_stop():
                    report.complete = self._change_over(report)
        return report

    def _gather(self, report: ReembedReport, progress: Progress | None, should_stop: Callable[[], bool] | None) -> None:
        table, embedder = self._docstore.coming_vectors, self._embedders.bare
        mark, last = self._embedders.binding()["fingerprint"], 0
        while not (should_stop is not None and should_stop()):
            space = self._docstore.spaces.of(report.collection)
            chunks = [] if space is None else table.lacking(space, mark, _BATCH, after=last)
            if space is None or not chunks:
                return
            last = chunks[-1][0]
            chunks = [(chunk, text) for chunk, text in chunks if chunk not in report.refused]
            try:
                rows = _embed(embedder, [text for _, text in chunks], should_stop)
                table.add([chunk for chunk, _ in chunks], rows, mark)
                report.chunks += len(chunks)
            except WorkStopped:
                return
            except EmbedderFailed:
                if find_obstacle(embedder) is not None:
                    raise
                self._gather_each(report, chunks, mark, should_stop)
            if progress is not None:
                progress(f"embedding {report.collection} anew", table.count(space), self._docstore.count(report.collection))

    def _gather_each(
        self,
        report: ReembedReport,
        chunks: list[tuple[int, str]],
        mark: str,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        """What is refused costs no other."""
        for chunk, text in chunks:
            try:
                vectors = _embed(self._embedders.bare, [text], should_stop)
            except WorkStopped:
                return
            except EmbedderFailed:
                log.warning("chunk %d is refused", chunk, exc_info=True)
                report.refused.append(chunk)
            else:
                self._docstore.coming_vectors.add([chunk], vectors, mark)
                report.chunks += 1

    def _change_over(self, report: ReembedReport) -> bool:
        with self._writing():
            space = self._docstore.spaces.of(report.collection)
            if space is None:
                return True
            done = self._docstore.coming_vectors.switch(space, **self._embedders.binding(), without=report.refused)
        self._embedders.forget()
        return done

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._folder / _LOCK, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise AlreadyReembedding from error
        try:
            yield
        finally:
            lock.release()


def _embed(embedder: Embedder, texts: Sequence[str], should_stop: Callable[[], bool] | None) -> Vectors:
    """In a thread of its own, so that a stop is heard whatever the embedder waits for.

    Raises:
        WorkStopped: the vectors are no longer wanted; what an embedder that does not hear of it goes on with is lost.
    """
    if should_stop is None:
        return embedder.embed_documents(texts)
    from .documents.embedding_lane import in_thread

    def embed() -> Vectors:
        with stopped_by(should_stop):
            return embedder.embed_documents(texts)

    future = in_thread(embed)
    while not should_stop():
        if wait([future], _TICK_S).done:
            return future.result()
    raise WorkStopped
