"""What an embedder is, and how one fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...errors import AylluError
from ..types import Vectors

_MOST_CHARS = 20_000


class Embedder(Protocol):
    """Texts in, unit-length float32 rows out."""

    @property
    def name(self) -> str:
        """Identifies the vector space; vectors of different names never mix."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The longest text, in this embedder's tokens, that is seen whole."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed `texts` into an (n, d) array in the same order; n = 0 gives (0, d)."""
        ...

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Character spans of the text's tokens, special tokens left out; used to size chunks."""
        ...


class EmbedderFailed(AylluError):
    """The embedder could not be loaded or did not answer."""

    kind = "embedder_failed"


def embeddable(text: str) -> str:
    """Lone surrogates cannot be encoded, and nothing beyond the window is read: cut before the tokenizer works for it."""
    return text[:_MOST_CHARS].encode("utf-8", "replace").decode("utf-8")
