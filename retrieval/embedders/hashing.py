"""An embedder that hashes words: no model, the same vectors on every machine. For tests, ours and those of plug-ins.

Texts are near as far as they share words (the hashing trick of Weinberger et al., 2009); of meaning it knows nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from ..types import Vectors

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SHORT = 3  # letters up to which a word is taken for one that says little
_LITTLE = 0.2  # what such a word counts


class HashingEmbedder:
    """Each word adds 1 or -1 at a place of its own; its last s is not looked at. Threads may share it."""

    max_tokens = 256

    def __init__(self, dimensions: int = 256) -> None:
        self.name = f"hashing:{dimensions}"
        self.dimensions = dimensions

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_documents([text])[0]
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower())[: self.max_tokens]:
                digest = hashlib.blake2b(word.removesuffix("s").encode("utf-8", "replace"), digest_size=8).digest()
                number = int.from_bytes(digest, "big")
                weight = _LITTLE if len(word) <= _SHORT and not word.isdigit() else 1.0
                row[number % self.dimensions] += weight if number >> 63 else -weight
            if not row.any():
                row[0] = 1.0  # a text without words has a place too
            row /= np.linalg.norm(row)
        return rows

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]
