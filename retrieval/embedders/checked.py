"""Vectors looked over at the door: a single NaN that gets into the library would be in every search and every mend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Vectors
from .base import VectorsUnusable
from .delegating import DelegatingEmbedder

_OFF = 1e-3  # how far from 1 a length may be; beyond it a row is divided by its length


class CheckedEmbedder(DelegatingEmbedder):
    """`embedder`, of which only finite rows of the right number and length get out, each of unit length."""

    def embed_query(self, text: str) -> Vectors:
        """Raises:
        VectorsUnusable: see `embed_documents`.
        """
        row: Vectors = self._check([self._embedder.embed_query(text)], 1)[0]
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Raises:
        VectorsUnusable: too few rows, another length than before, or numbers that are none.
        """
        return self._check(self._embedder.embed_documents(texts), len(texts))

    def _check(self, given: Sequence[Vectors] | Vectors, expected: int) -> Vectors:
        try:
            rows = np.asarray(given, np.float32)
        except (TypeError, ValueError) as error:  # rows of unequal length, or no numbers
            raise VectorsUnusable(self.name, f"no vectors ({error})") from error
        if rows.ndim != 2 or len(rows) != expected:
            raise VectorsUnusable(self.name, f"{len(rows) if rows.ndim else 'no'} vectors for {expected} texts")
        if rows.shape[1] != self.dimensions:
            raise VectorsUnusable(
                self.name, f"vectors of {rows.shape[1]} numbers, where {self.dimensions} were given before"
            )
        if not np.isfinite(rows).all():
            raise VectorsUnusable(self.name, "a vector with something in it that is no finite number")
        lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        if not lengths.all():
            raise VectorsUnusable(self.name, "a vector of nothing but zeros")
        off = np.abs(lengths - 1) > _OFF
        return np.where(off, rows / lengths, rows).astype(np.float32) if off.any() else rows
