"""Search by meaning: by an exact scan, or from the vector store where the collection is large or the store was asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from ...errors import AylluError
from ...text import count, one_line
from ..docstore import DocStore, Space
from ..stores import Notify, Projection, ScanIndex
from ..types import Vectors

_REST_S = 60.0  # that a store which failed is left alone
log = logging.getLogger(__name__)


class VectorSearch:
    """The chunks nearest to a vector. Both ways give the same order; only what a collection's embedder embedded counts.

    A collection is scanned too while its store is written, cannot be opened, or holds anything else than what the library
    holds.
    """

    def __init__(self, docstore: DocStore, projection: Projection, scans: ScanIndex, notify: Notify) -> None:
        self._docstore = docstore
        self._projection = projection
        self._scans = scans
        self._notify = notify
        self._resting_until = 0.0
        self._sizes: dict[str, tuple[Space, int]] = {}  # chunks of each collection, counted when it has changed

    def search(
        self, vector: Vectors, k: int, collection: str, chunks: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """(chunk id, cosine), best first, equal ones by id. `vector` has shape (d,). `chunks`: of these alone, by a scan."""
        space = self._docstore.spaces.of(collection)
        if space is None:
            return []
        size = self._size(collection, space)
        if chunks is None and time.monotonic() >= self._resting_until:
            try:
                if self._projection.serves(space, size):
                    return self._ask_store(vector, k, space)
            except AylluError:
                log.warning("the vector store failed; scanning instead", exc_info=True)
                self._resting_until = time.monotonic() + _REST_S
        return self._scans.nearest(space, vector, k, chunks)

    def _ask_store(self, vector: Vectors, k: int, space: Space) -> list[tuple[int, float]]:
        """The store holds each distinct vector once: every chunk that has it is listed, as a scan would."""
        cosines = dict(self._projection.query(space.collection, vector, k))
        equals = self._docstore.vectors.equals(cosines)
        scored = {equal: cosines[chunk] for chunk, equal in equals}
        return sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:k]

    def _size(self, collection: str, space: Space) -> int:
        known = self._sizes.get(collection)
        if known is None or known[0] != space:
            if known is None and (foreign := self._docstore.vectors.count_foreign(collection)):
                self._notify(
                    f"{count(foreign, 'passage')} of `{one_line(collection)}` have vectors of another embedder than the"
                    " rest, and are found by their words only. `ayllu sources repair` embeds them anew."
                )
            known = self._sizes[collection] = (space, self._docstore.count(collection))
        return known[1]
