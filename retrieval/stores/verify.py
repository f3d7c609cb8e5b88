"""A library looked over: whatever is wrong, in words that name it."""

from __future__ import annotations

from collections.abc import Sequence

from ..docstore import DocStore, VectorTable
from .base import VectorStore
from .projection import Projection

_BATCH = 1000  # vectors held in memory at once
_NEAREST = 5  # nearly equal texts have nearly equal vectors: an id must be among the first few


def find_problems(docstore: DocStore, projection: Projection, *, embedder: str, collection: str | None) -> list[str]:
    """SQLite's own check, offsets, chunks that `embedder` did not embed, and vectors that do not find themselves.

    `collection` limits the last of these.
    """
    problems: list[str] = []
    if (damage := docstore.damage()) is not None:
        problems.append(f"SQLite finds library.sqlite damaged: {damage}")
    problems += [f"{source}: its chunks do not match its text; ingest it again" for source in docstore.mismatched_sources()]
    if foreign := docstore.vectors.count_of_other_embedders(embedder):
        problems.append(f"{foreign} chunks were embedded by another embedder; `ayllu sources repair` embeds them anew")
    if projection.dirty:
        problems.append("the vector store is being written, or was left unfinished; `ayllu sources repair` mends it")
        return problems
    if not projection.can_be_opened():
        problems.append("the vector store cannot be opened; `ayllu sources repair` rebuilds it")
        return problems
    return problems + _unreachable(docstore.vectors, projection.open(), collection)


def _unreachable(vectors: VectorTable, store: VectorStore, collection: str | None) -> list[str]:
    """Every distinct vector must find itself, and nothing else may be in the store."""
    problems: list[str] = []
    names = vectors.store_names()
    for store_name, ids in vectors.distinct_ids().items():
        name = names[store_name]
        if collection is not None and name != collection:
            continue
        if (stored := store.count(store_name)) != len(ids):
            problems.append(f"the vector store holds {stored} of {len(ids)} vectors of {name}")
        if lost := sum(
            _count_lost(vectors, store, store_name, ids[at : at + _BATCH], min(_NEAREST, len(ids)))
            for at in range(0, len(ids), _BATCH)
        ):
            problems.append(f"{lost} vectors of {name} do not find themselves; `ayllu sources repair` mends that")
    return problems


def _count_lost(vectors: VectorTable, store: VectorStore, store_name: str, ids: Sequence[int], k: int) -> int:
    lost = 0
    for chunk, vector in zip(ids, vectors.get(ids), strict=True):
        nearest = store.query(store_name, vector, k)
        if str(chunk) not in {other for other, _ in nearest} and (not nearest or nearest[-1][1] < 1 - 1e-4):
            lost += 1
    return lost
