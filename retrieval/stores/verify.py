"""A library looked over: whatever is wrong, in words that name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..docstore import DocStore, Space, VectorTable
from .base import StoreFailed
from .projection import Projection
from .scan_index import ScanIndex

_BATCH = 1000  # vectors held in memory at once
_NEAREST = 5  # nearly equal texts have nearly equal vectors: an id must be among the first few


def find_problems(docstore: DocStore, projection: Projection, scans: ScanIndex, *, collection: str | None) -> list[str]:
    """SQLite's own check, offsets, chunks of another embedder than their collection's, and vectors that are not found.

    `collection` limits the last of these.
    """
    problems: list[str] = []
    if (damage := docstore.damage()) is not None:
        problems.append(f"SQLite finds library.sqlite damaged: {damage}")
    problems += [f"{source}: its chunks do not match its text; ingest it again" for source in docstore.mismatched_sources()]
    if foreign := docstore.vectors.count_foreign():
        problems.append(f"{foreign} chunks were embedded by another embedder; `ayllu sources repair` embeds them anew")
    if unusable := sum(len(docstore.vectors.unusable(space)) for space in docstore.spaces.all().values()):
        problems.append(f"{unusable} chunks have vectors without use; `ayllu sources repair` embeds them anew")
    for name, space in docstore.spaces.all().items():
        if collection in (None, name):
            problems += scans.problems(name, space)
    try:
        return problems + _store_problems(docstore.vectors, projection, collection)
    except StoreFailed as error:
        return [*problems, f"{error.message} {error.hint}"]


def _store_problems(vectors: VectorTable, projection: Projection, collection: str | None) -> list[str]:
    wanted = {name: space for name, space in projection.wanted().items() if collection in (None, name)}
    if not wanted:
        return ["the library is being written, or was left unfinished; `ayllu sources repair` mends it"] * projection.dirty
    if not projection.writable:
        return [
            "the vectors' index is on a drive that cannot be written to, and not looked at; searches compare every vector"
        ]
    if projection.dirty:
        return ["the vector store is being written, or was left unfinished; `ayllu sources repair` mends it"]
    if not projection.can_be_opened():
        return ["the vector store cannot be opened; `ayllu sources repair` rebuilds it"]
    return _unreachable(vectors, projection, wanted)


def _unreachable(vectors: VectorTable, projection: Projection, wanted: Mapping[str, Space]) -> list[str]:
    """Every distinct vector must find itself, and nothing else may be in the store."""
    problems: list[str] = []
    for name, space in wanted.items():
        number, ids = space.collection, vectors.distinct_ids(space)
        if (stored := projection.count(number)) != len(ids):
            problems.append(f"the vector store holds {stored} of {len(ids)} vectors of {name}")
        if lost := sum(
            _count_lost(vectors, projection, number, ids[at : at + _BATCH], min(_NEAREST, len(ids)))
            for at in range(0, len(ids), _BATCH)
        ):
            problems.append(f"{lost} vectors of {name} do not find themselves; `ayllu sources repair` mends that")
    return problems


def _count_lost(vectors: VectorTable, projection: Projection, collection: int, ids: Sequence[int], k: int) -> int:
    lost = 0
    for chunk, vector in zip(ids, vectors.get(ids), strict=True):
        nearest = projection.query(collection, vector, k)
        if chunk not in {other for other, _ in nearest} and (not nearest or nearest[-1][1] < 1 - 1e-4):
            lost += 1
    return lost
