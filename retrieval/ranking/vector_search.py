"""Search by meaning: from the vector store where the collection is large, else by an exact scan."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import numpy as np

from ...errors import AylluError
from ...text import count, one_line
from ..docstore import DocStore
from ..embedders import Embedder
from ..stores import Notify, Projection
from ..types import Vectors

_REST_S = 60.0  # that a store which failed is left alone
log = logging.getLogger(__name__)


class VectorSearch:
    """The chunks nearest to a vector. Both ways give the same order; only what `embedder` embedded is compared.

    A collection of fewer than `scan_below` chunks is scanned, and so is any while its store is written, cannot be opened, or
    holds anything else than what the library holds, as vectors of another embedder.
    """

    def __init__(
        self, docstore: DocStore, projection: Projection, embedder: Embedder, scan_below: int, notify: Notify
    ) -> None:
        self._docstore = docstore
        self._projection = projection
        self._embedder = embedder
        self._scan_below = scan_below
        self._notify = notify
        self._resting_until = 0.0
        self._scans: dict[str, tuple[int, Sequence[int], Vectors]] = {}  # generation, ids and rows, by collection

    def search(self, vector: Vectors, k: int, collection: str) -> list[tuple[int, float]]:
        """(chunk id, cosine), best first, equal ones by id. `vector` has shape (d,)."""
        if self._docstore.count(collection) >= self._scan_below and time.monotonic() >= self._resting_until:
            try:
                if self._projection.serves(collection, self._embedder.name):
                    return self._ask_store(vector, k, collection)
            except AylluError:
                log.warning("the vector store failed; scanning instead", exc_info=True)
                self._resting_until = time.monotonic() + _REST_S
        ids, rows = self._load(collection)
        cosines = rows @ vector
        return [(ids[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]

    def _ask_store(self, vector: Vectors, k: int, collection: str) -> list[tuple[int, float]]:
        """The store holds each distinct vector once: every chunk that has it is listed, as a scan would."""
        cosines = dict(self._projection.query(self._docstore.vectors.number(collection), vector, k))
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
            if collection not in self._scans and (others := self._docstore.count(collection) - len(ids)) > 0:
                self._notify(
                    f"{count(others, 'passage')} of `{one_line(collection)}` have vectors of another embedder, and are found"
                    " by their words only. `ayllu sources repair` embeds them anew."
                )
            kept = self._scans[collection] = (generation, ids, rows)
        return kept[1], kept[2]
