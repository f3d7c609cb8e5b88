"""What an embedder is, and how one fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...errors import AylluError
from ..types import Vectors

_MOST_CHARS = 20_000


class Embedder(Protocol):
    """Texts in, unit-length float32 rows out. A question and the passages that answer it lie near each other."""

    @property
    def name(self) -> str:
        """Identifies the space of the documents' vectors; those of different names never mix."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The longest text, in this embedder's tokens, that is seen whole."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Embed what is looked for into an array of shape (d,)."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed what is to be found into an (n, d) array in the same order; n = 0 gives (0, d)."""
        ...

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Character spans of the text's tokens, special tokens left out; used to size chunks."""
        ...


def fingerprint(embedder: Embedder) -> str:
    """All that documents' vectors depend on: what the embedder says of that, or its name where it says nothing."""
    return str(getattr(embedder, "fingerprint", embedder.name))


class EmbedderFailed(AylluError):
    """The embedder could not be loaded or did not answer."""

    kind = "embedder_failed"


class VectorsUnusable(EmbedderFailed):
    """The embedder answered, and what it gave is no vector of its kind."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The embedder {name} gave {reason}.",
            hint="Look at the log of what serves it, or set another `models.embedder`; nothing of it was kept.",
        )


def embeddable(text: str) -> str:
    """Lone surrogates cannot be encoded, and nothing beyond the window is read: cut before the tokenizer works for it."""
    return text[:_MOST_CHARS].encode("utf-8", "replace").decode("utf-8")
