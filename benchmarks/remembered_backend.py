"""A backend that asks its model nothing twice, for benchmarks in which the same questions come again.

What was completed once is kept in a file by the request, so that a run that was broken off goes on where it was, and runs
that differ in what surrounds the model cost its time once. For greedy requests: the answer is what the model would give.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ayllu.backends import Backend, Completion, Piece, RawCompletion, RawRequest, TokenChoice


class RememberedCompletion:
    """See `RawCompletion`; what `file` has is not asked again."""

    def __init__(self, inner: RawCompletion, model: str, file: Path) -> None:
        self._inner = inner
        self._model = model
        self._kept = sqlite3.connect(file, isolation_level=None)
        self._kept.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        self.completed = 0

    async def complete(self, request: RawRequest) -> Completion:
        key = self._key("complete", asdict(request))
        if (row := self._read(key)) is not None:
            return Completion(**{**row, "first": tuple(TokenChoice(**each) for each in row["first"])})
        self.completed += 1
        completion = await self._inner.complete(request)
        self._keep(key, asdict(completion))
        return completion

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        key = self._key("tokenize", [text, special])
        if (row := self._read(key)) is not None:
            return [Piece(**each) for each in row]
        pieces = await self._inner.tokenize(text, special=special)
        self._keep(key, [asdict(each) for each in pieces])
        return pieces

    def _key(self, kind: str, request: object) -> str:
        return hashlib.sha256(json.dumps([self._model, kind, request], sort_keys=True).encode()).hexdigest()

    def _read(self, key: str) -> Any:
        row = self._kept.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def _keep(self, key: str, value: object) -> None:
        self._kept.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, json.dumps(value)))


class RememberedBackend:
    """See `Backend`: `inner`, but for its raw completion."""

    def __init__(self, inner: Backend, file: Path) -> None:
        assert inner.raw is not None
        self._inner = inner
        self.raw = RememberedCompletion(inner.raw, f"{inner.model} {inner.adapter}", file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
