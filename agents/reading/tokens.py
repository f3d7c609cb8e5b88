"""Tokens of a text: by the backend's own tokenizer where it has one, else by its length."""

from __future__ import annotations

from collections.abc import Sequence

from ...backends import RawCompletion, estimate_tokens
from ...errors import AylluError


class TokenCounter:
    """Counts for one backend. What it has counted it knows; a tokenizer that fails is not asked again."""

    def __init__(self, raw: RawCompletion | None) -> None:
        self._raw = raw
        self._known: dict[str, Sequence[int]] = {}

    async def count(self, text: str) -> int:
        return len(await self.ends(text))

    async def ends(self, text: str) -> Sequence[int]:
        """Where each token of `text` ends, in characters from its start."""
        if text not in self._known:
            self._known[text] = await self._ends(text)
        return self._known[text]

    async def _ends(self, text: str) -> Sequence[int]:
        if self._raw is not None:
            try:
                pieces = await self._raw.tokenize(text)
            except AylluError:
                self._raw = None
            else:
                ends, place = [], 0
                for piece in pieces:
                    place += len(piece.text)
                    ends.append(place)
                return ends
        tokens = estimate_tokens(text) + bool(text)
        return [len(text) * at // tokens for at in range(1, tokens + 1)]
