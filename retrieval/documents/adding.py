"""Documents into the library: cut, embedded and written. Nothing else does that."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Literal, TypeVar

from ...errors import AylluError
from ...storage import DatabaseDamaged, DatabaseUnavailable
from ..docstore import ChunkRecord, DocStore, Reading, SourceRecord, detect_language, indexed_text
from ..embedders import Embedder, find_obstacle
from ..types import Vectors
from .chunking import cut_chunks
from .embedding_lane import EmbeddingLane, in_thread
from .parsers import Parsed

BATCH_CHUNKS = 256  # handed over to be embedded together, over several documents
CHUNK_TOKENS = 200  # against 128 and 256 best or equal on two of three sets, .001 behind on the third (`docs/evaluation.md`)
_AHEAD = 2  # batches that are embedded or wait for it
_PATIENCE_S = 2.0  # after which a batch need not be full: what is read can soon be asked about
_TICK_S = 0.1
_LONG = 200_000  # characters
T = TypeVar("T")
Step = Literal["embedded", "written"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that has been read, and where it belongs. See `SourceRecord` for what the fields mean."""

    collection: str
    source: str
    root: str
    parsed: Parsed
    sha256: str = ""
    mtime_ns: int = 0
    size: int = 0
    volume: str = ""
    validators: str = ""

    def to_record(self, chunk_tokens: int) -> SourceRecord:
        parsed = self.parsed
        return SourceRecord(
            self.source,
            self.root,
            self.sha256,
            parsed.media_type,
            parsed.text,
            self.mtime_ns,
            self.size,
            self.volume,
            parsed.parser,
            chunk_tokens,
            parsed.title,
            parsed.notes,
            parsed.language[:2].lower() or detect_language(parsed.text),
            self.validators,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document is not in the library."""

    document: Document
    step: Step  # the one that failed
    error: Exception

    @property
    def reason(self) -> str:
        message = self.error.message if isinstance(self.error, AylluError) else str(self.error)
        return f"it could not be {self.step}: {' '.join(message.split()) or type(self.error).__name__}"


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document with its chunks."""

    document: Document
    chunks: Sequence[ChunkRecord]

    def text(self, chunk: ChunkRecord) -> str:
        return indexed_text(self.document.parsed.title, chunk.heading, chunk.context, chunk.text)


class Adder:
    """Gathers documents until their chunks fill a batch, has it embedded while the next is gathered, then writes each in a
    transaction of its own.

    What becomes of each is told when it is known: `on_written` with how many chunks it has, `on_refusal` where it is not in.
    Either may raise. Used under the library's lock. `flush` must come last, and `close` after it.
    """

    def __init__(
        self,
        docstore: DocStore,
        embedder: Embedder,
        *,
        on_written: Callable[[Document, int], None],
        on_refusal: Callable[[Refusal], None],
        on_wait: Callable[[], None] = lambda: None,
        chunk_tokens: int = CHUNK_TOKENS,
        batch_chunks: int | None = None,
    ) -> None:
        """No chunk is longer than the embedder sees. `batch_chunks` None: all that comes before `flush` is one batch.

        `on_wait` is called several times a second, and may raise: what is not written then stays out.
        """
        self.obstacle: AylluError | None = None  # what stands in every document's way; from then on none is tried
        self.lane = EmbeddingLane(embedder)
        self._closed = False
        self._docstore = docstore
        self._embedder = embedder
        self._on_written = on_written
        self._on_refusal = on_refusal
        self._on_wait = on_wait
        self._chunk_tokens = min(chunk_tokens, embedder.max_tokens)
        self._batch_chunks = batch_chunks
        self._waiting: list[_Cut] = []
        self._chunks_waiting = 0
        self._waiting_since = 0.0
        self._embedding: deque[tuple[Sequence[_Cut], Future[Vectors]]] = deque()

    def reading_by(self, parser: str) -> Reading:
        """With what a document that `parser` reads would be read now."""
        return Reading(parser, self._chunk_tokens, self._embedder.name)

    def add(self, document: Document) -> int:
        """Returns how many chunks it has; -1 where it was refused."""
        try:
            chunks = self._cut(document.parsed)
        except Exception as error:  # an edge: the tokenizer is the embedder's
            self._look_for_obstacle(error)
            self._on_refusal(Refusal(document, "embedded", error))
            return -1
        if not self._waiting:
            self._waiting_since = time.monotonic()
        self._waiting.append(_Cut(document, chunks))
        self._chunks_waiting += len(chunks)
        if self._batch_chunks is not None and self._chunks_waiting >= self._batch_chunks:
            self._start_batch()
        self.write_ready()
        return len(chunks)

    def write_ready(self) -> None:
        """Write what has been embedded, and have embedded what has waited for long."""
        self.write_embedded()
        while len(self._embedding) > _AHEAD:
            self._finish_oldest()
        idle = not self._embedding and time.monotonic() - self._waiting_since > _PATIENCE_S
        if self._waiting and self._batch_chunks is not None and idle:
            self._start_batch()

    def write_embedded(self) -> None:
        """Write what needs no waiting."""
        while self._embedding and self._embedding[0][1].done():
            self._finish_oldest()

    def flush(self) -> None:
        """Write what waits."""
        self._start_batch()
        while self._embedding:
            self._finish_oldest()

    def close(self) -> None:
        """What is not written stays out."""
        self._closed = True
        self.lane.close()
        self._waiting.clear()
        self._embedding.clear()

    def _cut(self, parsed: Parsed) -> Sequence[ChunkRecord]:
        """A long text is cut by a thread of its own, for which nobody waits who has been stopped."""

        def cut() -> Sequence[ChunkRecord]:
            most, window = self._chunk_tokens, self._embedder.max_tokens
            return cut_chunks(parsed, max_tokens=most, token_offsets=self._token_offsets, window=window)

        return cut() if len(parsed.text) < _LONG else self._wait_for(in_thread(cut))

    def _token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        if self._closed:
            raise CancelledError
        return self._embedder.token_offsets(text)

    def _start_batch(self) -> None:
        batch, self._waiting = self._waiting, []
        self._chunks_waiting = 0
        if batch:
            self._embedding.append((batch, self._submit(batch)))

    def _submit(self, batch: Sequence[_Cut]) -> Future[Vectors]:
        future: Future[Vectors]
        if self.obstacle is not None:
            future = Future()
            future.set_exception(self.obstacle)
            return future
        places = [(cut, chunk) for cut in batch for chunk in cut.chunks]
        return self.lane.submit(lambda part: [cut.text(chunk) for cut, chunk in places[part]], len(places))

    def _finish_oldest(self) -> None:
        """Wait for its vectors, and write it; it counts as waiting until then."""
        batch, future = self._embedding[0]
        vectors = self._vectors(future)
        self._embedding.popleft()
        self._write_batch(batch, vectors)

    def _wait_for(self, future: Future[T]) -> T:
        while not future.done():
            self._on_wait()
            with contextlib.suppress(TimeoutError):
                future.exception(_TICK_S)
        return future.result()

    def _vectors(self, future: Future[Vectors]) -> Vectors | Exception:
        try:
            return self._wait_for(future)
        except Exception as error:
            if not future.done() or future.exception() is not error:
                raise  # it is not the embedder's
            return error

    def _write_batch(self, batch: Sequence[_Cut], vectors: Vectors | Exception) -> None:
        """A document that cannot be embedded costs the others of its batch nothing: each is then tried alone."""
        if not isinstance(vectors, Exception):
            first = 0
            for cut in batch:
                last = first + len(cut.chunks)
                self._write(cut, vectors[first:last])
                first = last
            return
        error = vectors
        self._look_for_obstacle(error)
        if self.obstacle is None and len(batch) > 1:
            for cut in batch:
                self._write_batch([cut], self._vectors(self._submit([cut])))
            return
        step: Step = "written" if isinstance(error, DatabaseUnavailable | DatabaseDamaged) else "embedded"
        for cut in batch:
            self._on_refusal(Refusal(cut.document, step, error))

    def _write(self, cut: _Cut, vectors: Vectors) -> None:
        document = cut.document
        try:
            if self.obstacle is not None:
                raise self.obstacle
            record = document.to_record(self._chunk_tokens)
            self._docstore.write_source(document.collection, record, cut.chunks, vectors, embedder=self._embedder.name)
        except Exception as error:  # an edge: what one document holds must not end the others
            if isinstance(error, DatabaseUnavailable | DatabaseDamaged):
                self.obstacle = error
            elif error is not self.obstacle:
                log.warning("%s could not be written", document.source, exc_info=True)
            self._on_refusal(Refusal(document, "written", error))
        else:
            self._on_written(document, len(cut.chunks))

    def _look_for_obstacle(self, error: Exception) -> None:
        """Ask for a text that no embedder refuses, to tell a bad document from an embedder that is not there."""
        if self.obstacle is not None:
            return
        log.warning("what could not be embedded: %s", error, exc_info=None if isinstance(error, AylluError) else error)
        self.obstacle = find_obstacle(self._embedder)


def add_documents(
    docstore: DocStore,
    embedder: Embedder,
    documents: Iterable[Document],
    *,
    claim: Callable[[str], None],
    chunk_tokens: int,
    batch_chunks: int | None,
) -> int:
    """See `Library.add`. `claim` is called with the name of each collection before anything is written to it."""
    written: list[int] = []

    def give_up(refusal: Refusal) -> None:
        raise refusal.error

    adder = Adder(
        docstore,
        embedder,
        on_written=lambda _, chunks: written.append(chunks),
        on_refusal=give_up,
        chunk_tokens=chunk_tokens,
        batch_chunks=batch_chunks,
    )
    claimed: set[str] = set()
    with contextlib.closing(adder):
        for document in documents:
            if document.collection not in claimed:
                claim(document.collection)
                claimed.add(document.collection)
            adder.add(document)
        adder.flush()
    return sum(written)
