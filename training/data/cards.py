"""What a dataset is made of, in numbers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .corrections import Correction
from .examples import Example


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """What a dataset is made of."""

    corrections: int
    examples: int
    sha256: str
    left_out: Mapping[str, int]  # by reason
    sources: Mapping[str, int]  # corrections by where they come from: the chat, or an imported file
    cut: int = 0  # examples longer than is trained on, cut at the front

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def dataset_card(corrections: Sequence[Correction], examples: Sequence[Example], left_out: Mapping[str, int]) -> DatasetCard:
    sources = Counter("import" if correction.imported else "chat" for correction in corrections)
    return DatasetCard(len(corrections), len(examples), dataset_digest(examples), dict(left_out), dict(sources))


def dataset_digest(examples: Sequence[Example]) -> str:
    """SHA-256 of the examples, in their order."""
    return hashlib.sha256(json.dumps([asdict(example) for example in examples]).encode()).hexdigest()
