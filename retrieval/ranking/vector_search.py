"""Search by meaning: from the vector store where the collection is large, else by an exact scan."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from ..docstore import DocStore
from ..embedders import Embedder
from ..stores import Projection
from ..types import Vectors

log = logging.getLogger(__name__)


class VectorSearch:
    """The chunks nearest to a vector. Both ways give the same order; only what `embedder` embedded is compared.

    A collection of fewer than `scan_below` chunks is scanned, and so is any while its store is written or cannot be opened.
    """

    def __init__(self, docstore: DocStore, projection: Projection, embedder: Embedder, scan_below: int) -> None:
        self._docstore = docstore
        self._projection = projection
        self._embedder = embedder
        self._scan_below = scan_below
        self._scans: dict[str, tuple[int, Sequence[int], Vectors]] = {}  # generation, ids and rows, by collection

    def search(self, vector: Vectors, k: int, collection: str) -> list[tuple[int, float]]:
        """(chunk id, cosine), best first, equal ones by id. `vector` has shape (d,)."""
        if self._is_large_and_at_rest(collection):
            try:
                return self._ask_store(vector, k, collection)
            except Exception:  # an edge: the scan answers whatever the store raises
                log.warning("the vector store failed; scanning instead", exc_info=True)
        ids, rows = self._load(collection)
        cosines = rows @ vector
        return [(ids[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]

    def _is_large_and_at_rest(self, collection: str) -> bool:
        if self._projection.dirty or self._docstore.count(collection) < self._scan_below:
            return False
        return self._projection.can_be_opened()

    def _ask_store(self, vector: Vectors, k: int, collection: str) -> list[tuple[int, float]]:
        """The store holds each distinct vector once: every chunk that has it is listed, as a scan would."""
        nearest = self._projection.open().query(self._docstore.vectors.store_name(collection), vector, k)
        cosines = {int(chunk): cosine for chunk, cosine in nearest}
        equals = self._docstore.vectors.equals(cosines)
        scored = {equal: cosines[chunk] for chunk, equal in equals}
        return sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:k]

    def _load(self, collection: str) -> tuple[Sequence[int], Vectors]:
        """All ids and vectors of a collection, read again when it has changed."""
        generation = self._docstore.vectors.generation(collection)  # before the rows: they may be newer, never older
        kept = self._scans.get(collection)
        if kept is None or kept[0] != generation:
            ids, rows = self._docstore.vectors.all(
                collection, embedder=self._embedder.name, dimensions=self._embedder.dimensions
            )
            kept = self._scans[collection] = (generation, ids, rows)
        return kept[1], kept[2]
