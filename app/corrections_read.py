"""What was read of the log's corrections in one run, so that none is read twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..conversations import Style
    from ..retrieval import Embedder
    from ..training import PosedQuestion


@dataclass(slots=True)
class CorrectionsRead:
    """By event and style, what a correction asks and answers, or why nothing is learnt from it; and an embedder that keeps
    what it embedded. None: not needed until now.
    """

    posed: dict[tuple[str, Style], PosedQuestion | str] = field(default_factory=dict)
    embedder: Embedder | None = None
