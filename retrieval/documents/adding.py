"""Documents into the library: cut, embedded and written. Nothing else does that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ...errors import AylluError
from ...storage import DatabaseDamaged, DatabaseUnavailable
from ..docstore import ChunkRecord, DocStore, Reading, SourceRecord, indexed_text
from ..embedders import Embedder, find_obstacle
from ..types import Vectors
from .chunking import cut_chunks
from .parsers import Parsed

BATCH_CHUNKS = 64  # embedded together, over several documents
CHUNK_TOKENS = 200
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
            parsed.language,
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


class Adder:
    """Gathers documents until their chunks fill a batch, then embeds the batch and writes each in a transaction of its own.

    What becomes of each is told when it is known: `on_written` with how many chunks it has, `on_refusal` where it is not in.
    Either may raise. Used under the library's lock. `flush` must come last.
    """

    def __init__(
        self,
        docstore: DocStore,
        embedder: Embedder,
        *,
        on_written: Callable[[Document, int], None],
        on_refusal: Callable[[Refusal], None],
        chunk_tokens: int = CHUNK_TOKENS,
        batch_chunks: int | None = BATCH_CHUNKS,
    ) -> None:
        """No chunk is longer than the embedder sees. `batch_chunks` None: all that comes before `flush` is one batch."""
        self.obstacle: AylluError | None = None  # what stands in every document's way; from then on none is tried
        self._docstore = docstore
        self._embedder = embedder
        self._on_written = on_written
        self._on_refusal = on_refusal
        self._chunk_tokens = min(chunk_tokens, embedder.max_tokens)
        self._batch_chunks = batch_chunks
        self._waiting: list[_Cut] = []

    def reading_by(self, parser: str) -> Reading:
        """With what a document that `parser` reads would be read now."""
        return Reading(parser, self._chunk_tokens, self._embedder.name)

    def add(self, document: Document) -> None:
        try:
            chunks = cut_chunks(
                document.parsed,
                max_tokens=self._chunk_tokens,
                token_offsets=self._embedder.token_offsets,
                window=self._embedder.max_tokens,
            )
        except Exception as error:  # an edge: the tokenizer is the embedder's
            self._look_for_obstacle(error)
            self._on_refusal(Refusal(document, "embedded", error))
            return
        self._waiting.append((document, chunks))
        if self._batch_chunks is not None and sum(len(chunks) for _, chunks in self._waiting) >= self._batch_chunks:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        self._embed_and_write(waiting)

    def _embed_and_write(self, batch: Sequence[_Cut]) -> None:
        """One document that cannot be embedded costs the others of its batch nothing: each is then tried alone."""
        try:
            if self.obstacle is not None:
                raise self.obstacle
            texts = [
                indexed_text(document.parsed.title, chunk.heading, chunk.context, chunk.text)
                for document, chunks in batch
                for chunk in chunks
            ]
            vectors = self._embedder.embed_documents(texts)
        except Exception as error:  # an edge: embedders are other people's servers and models
            self._look_for_obstacle(error)
            if self.obstacle is None and len(batch) > 1:
                for cut in batch:
                    self._embed_and_write([cut])
                return
            step: Step = "written" if isinstance(error, DatabaseUnavailable | DatabaseDamaged) else "embedded"
            for document, _ in batch:
                self._on_refusal(Refusal(document, step, error))
            return
        first = 0
        for document, chunks in batch:
            last = first + len(chunks)
            self._write(document, chunks, vectors[first:last])
            first = last

    def _write(self, document: Document, chunks: Sequence[ChunkRecord], vectors: Vectors) -> None:
        try:
            if self.obstacle is not None:
                raise self.obstacle
            record = document.to_record(self._chunk_tokens)
            self._docstore.write_source(document.collection, record, chunks, vectors, embedder=self._embedder.name)
        except Exception as error:  # an edge: what one document holds must not end the others
            if isinstance(error, DatabaseUnavailable | DatabaseDamaged):
                self.obstacle = error
            elif error is not self.obstacle:
                log.warning("%s could not be written", document.source, exc_info=True)
            self._on_refusal(Refusal(document, "written", error))
        else:
            self._on_written(document, len(chunks))

    def _look_for_obstacle(self, error: Exception) -> None:
        """Ask for a text that no embedder refuses, to tell a bad document from an embedder that is not there."""
        if self.obstacle is not None:
            return
        log.warning("what could not be embedded: %s", error, exc_info=None if isinstance(error, AylluError) else error)
        self.obstacle = find_obstacle(self._embedder)


_Cut = tuple[Document, Sequence[ChunkRecord]]
