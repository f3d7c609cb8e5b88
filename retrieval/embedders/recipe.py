"""How an embedder was asked for: what opens it again, when the settings name another one by then."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from ...redaction import drop_login


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings that name an embedder. A prefix that is None is what is known of the model."""

    embedder: str
    query_prefix: str | None = None
    document_prefix: str | None = None

    def to_text(self) -> str:
        """As a library keeps it: without a login, which no file is to hold."""
        kind, colon, rest = self.embedder.partition(":")
        return json.dumps(asdict(self) | {"embedder": f"{kind}{colon}{drop_login(rest)}"}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """None where a library holds nothing of that kind."""
        try:
            values = json.loads(text)
            return cls(str(values["embedder"]), values["query_prefix"], values["document_prefix"])
        except (ValueError, KeyError, TypeError):
            return None
