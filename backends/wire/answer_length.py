"""How long an answer may become: a server was told, and one that writes on for ever has not listened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import BackendFailed

_CHARACTERS_A_TOKEN = 40  # far above what any language takes
_SLACK = 2_000  # characters
_UNTOLD = 25_000  # tokens, where no number was asked for


class AnswerLength:
    """Counts the characters of one answer against the `max_tokens` that were asked for."""

    def __init__(self, where: str, options: Mapping[str, Any]) -> None:
        tokens = int(options.get("max_tokens") or options.get("max_completion_tokens") or _UNTOLD)
        self._where = where
        self._left = tokens * _CHARACTERS_A_TOKEN + _SLACK

    def add(self, piece: str) -> None:
        """Raises:
        BackendFailed: it is longer than any answer of so many tokens.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise BackendFailed(
                f"{self._where} writes on without an end.",
                hint="Ask again; it does not keep to `max_tokens`, so look at its own settings.",
            )
