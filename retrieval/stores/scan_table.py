"""An exact scan: every vector of a collection compared with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Vectors

_ROUNDING = 1e-5  # by how much the quick products of equal vectors may differ


@dataclass(frozen=True, slots=True)
class ScanTable:
    """Ids and unit vectors, in parts of (n,) and (n, d). A row whose id is negative is no chunk's."""

    parts: Sequence[tuple[NDArray[np.int64], Vectors]]
    gone: int = 0  # rows that are no chunk's, at most

    def only(self, chunks: Sequence[int]) -> ScanTable:
        """The rows of these chunks."""
        parts = [(ids, rows, np.isin(ids, np.asarray(chunks, np.int64))) for ids, rows in self.parts]
        return ScanTable([(ids[chosen], rows[chosen]) for ids, rows, chosen in parts])

    def nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """(chunk id, cosine), best first, equal ones by id. `vector` has shape (d,).

        The products of a whole part differ in their last digits with a row's place: what may be among the first is
        multiplied once more, each row in the same way, so that equal vectors have equal cosines.
        """
        scored: list[tuple[int, float]] = []
        for ids, rows in self.parts:
            cosines = rows @ vector
            if len(cosines) > k + self.gone:
                last = np.partition(cosines, len(cosines) - k - self.gone)[len(cosines) - k - self.gone]
                places = np.flatnonzero(cosines >= last - _ROUNDING)
            else:
                places = np.arange(len(cosines))
            places = places[ids[places] >= 0]
            exact = (rows[places] * vector.astype(np.float64)).sum(axis=1)
            best = np.lexsort((ids[places], -exact))[:k]
            scored += zip(ids[places[best]].tolist(), exact[best].tolist(), strict=True)
        return sorted(scored, key=lambda entry: (-entry[1], entry[0]))[:k]
