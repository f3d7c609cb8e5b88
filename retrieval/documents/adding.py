"""Documents into the library: cut, embedded and written. Nothing else does that."""

from __future__ import annotations

from dataclasses import dataclass

from ..docstore import ChunkRecord, DocStore, SourceRecord
from ..embedders import Embedder
from .chunking import cut_chunks
from .parsers import Parsed

BATCH_CHUNKS = 64  # embedded together, over several documents
CHUNK_TOKENS = 200


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

    def to_record(self) -> SourceRecord:
        parsed = self.parsed
        return SourceRecord(self.source, self.root, self.sha256, parsed.media_type, parsed.text, self.mtime_ns, self.size)


class Adder:
    """Gathers documents until their chunks fill a batch, then embeds the batch and writes each in a transaction of its own.

    Used under the library's lock. `flush` must come last.
    """

    def __init__(
        self,
        docstore: DocStore,
        embedder: Embedder,
        *,
        chunk_tokens: int = CHUNK_TOKENS,
        batch_chunks: int | None = BATCH_CHUNKS,
    ) -> None:
        """No chunk is longer than the embedder sees. `batch_chunks` None: all that comes before `flush` is one batch."""
        self.written = 0  # chunks
        self._docstore = docstore
        self._embedder = embedder
        self._chunk_tokens = min(chunk_tokens, embedder.max_tokens)
        self._batch_chunks = batch_chunks
        self._waiting: list[tuple[Document, list[ChunkRecord]]] = []

    def add(self, document: Document) -> None:
        chunks = cut_chunks(document.parsed, max_tokens=self._chunk_tokens, token_offsets=self._embedder.token_offsets)
        self._waiting.append((document, chunks))
        if self._batch_chunks is not None and sum(len(chunks) for _, chunks in self._waiting) >= self._batch_chunks:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        vectors = self._embedder.embed_documents([chunk.text for _, chunks in waiting for chunk in chunks])
        first = 0
        for document, chunks in waiting:
            last = first + len(chunks)
            self._docstore.write_source(
                document.collection, document.to_record(), chunks, vectors[first:last], embedder=self._embedder.name
            )
            first = last
            self.written += len(chunks)
