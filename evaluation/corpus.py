"""An evaluation file's documents in a library that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..retrieval import ChunkRecord, Embedder, Library, SourceRecord, Vectors, chunk_text
from .sets.files import EvalSet

COLLECTION = "evaluation"
_BATCH = 64
Progress = Callable[[str, int, int | None], None]


@contextmanager
def temporary_library(
    whole: EvalSet, embedder: Embedder, progress: Progress, chunk_tokens: int = 200, *, apart: bool = False
) -> Iterator[tuple[Library, Path]]:
    """All documents of `whole`, named by their ids, in a library that is gone afterwards; and the folder it is in.

    They share one collection, or stand `apart`, each in the one that `alone` names.
    """
    with tempfile.TemporaryDirectory(prefix="ayllu-eval-") as folder, Library.open(Path(folder), embedder) as library:
        with library.writing():
            for at in range(0, len(whole.documents), _BATCH):
                part = whole.documents[at : at + _BATCH]
                cut = [chunk_text(one.text, max_tokens=chunk_tokens, token_offsets=embedder.token_offsets) for one in part]
                vectors = embedder.embed([one.text for chunks in cut for one in chunks])
                first = 0
                for document, chunks in zip(part, cut, strict=True):
                    where = alone(document.id) if apart else COLLECTION
                    _write(library, where, document.id, document.text, chunks, vectors[first : first + len(chunks)])
                    first += len(chunks)
                progress("indexing", min(at + _BATCH, len(whole.documents)), len(whole.documents))
        yield library, Path(folder)


def alone(document_id: str) -> str:
    """The collection that holds one document and nothing else."""
    return f"{COLLECTION} {document_id}"


def ranked_documents(library: Library, question: str, mode: str, wanted: int = 10) -> list[str]:
    """Document ids, best first: chunks collapse to documents, and the search goes deeper until there are enough."""
    depth = wanted * 3
    while True:
        passages = library.search(question, k=depth, mode=mode, collection=COLLECTION)
        found = list(dict.fromkeys(passage.source for passage in passages))
        if len(found) >= wanted or len(passages) < depth:
            return found
        depth *= 3


def _write(library: Library, where: str, name: str, text: str, chunks: list[ChunkRecord], vectors: Vectors) -> None:
    library.write_source(where, SourceRecord(name, "evaluation", "", "text/plain", text), chunks, vectors)
