"""An evaluation file's documents in a library that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..retrieval import Document, Embedder, Library, Parsed, Pin
from .sets import EvalDoc, EvalSet

if TYPE_CHECKING:
    from ..agents import Memory, Refits

EVAL_COLLECTION = "evaluation"
_BATCH = 64
Progress = Callable[[str, int, int | None], None]
"""Called with (what is being done, how many are done, how many there are or None)."""


@contextmanager
def temporary_library(
    eval_set: EvalSet, embedder: Embedder, progress: Progress, chunk_tokens: int = 200, *, apart: bool = False
) -> Iterator[tuple[Library, Path]]:
    """All documents of `eval_set`, named by their ids, in a library that is gone afterwards; and the folder it is in.

    They share the collection `EVAL_COLLECTION`, or stand `apart`, each in its `own_collection`.
    """
    documents = eval_set.documents
    with tempfile.TemporaryDirectory(prefix="ayllu-eval-") as folder, Library.open(Path(folder), embedder) as library:
        with library.writing():
            for start in range(0, len(documents), _BATCH):
                batch = documents[start : start + _BATCH]
                library.add([_as_document(document, apart=apart) for document in batch], chunk_tokens=chunk_tokens)
                progress("indexing", min(start + _BATCH, len(documents)), len(documents))
        yield library, Path(folder)


def own_collection(document_id: str) -> str:
    """The collection that holds one document and nothing else."""
    return f"{EVAL_COLLECTION} {document_id}"


def rank_documents(
    library: Library,
    query: str,
    mode: str,
    limit: int = 10,
    *,
    also: str = "",
    pins: Sequence[Pin] = (),
    dense_share: float | None = None,
) -> list[str]:
    """Document ids, best first: chunks collapse to documents, and the search goes deeper until there are `limit`.

    `also`, `pins`, `dense_share`: as in `Library.search`.
    """
    depth = limit * 3
    while True:
        passages = library.search(
            query,
            also=also,
            k=depth,
            mode=mode,
            collection=EVAL_COLLECTION,
            merge=False,
            pins=pins,
            dense_share=dense_share,
        )
        document_ids = list(dict.fromkeys(passage.source for passage in passages))
        if len(document_ids) >= limit or len(passages) < depth:
            return document_ids
        depth *= 3


def heeding(library: Library, typed: str, query: str, memory: Memory | None, refits: Refits | None) -> Mapping[str, Any]:
    """What of a person's words takes part in a search, as `rank_documents` takes it; questions corrected themselves too."""
    collections = [EVAL_COLLECTION]
    return {
        "pins": memory.pins(typed, query, library, collections, answered=True) if memory is not None else (),
        "dense_share": refits.fusion(collections, library.embedder.name).share if refits is not None else None,
    }


def _as_document(document: EvalDoc, *, apart: bool) -> Document:
    collection = own_collection(document.id) if apart else EVAL_COLLECTION
    return Document(collection, document.id, "evaluation", Parsed(document.text, "text/plain"))
