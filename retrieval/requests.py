"""What is looked for, and in which documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .types import SearchMode

# Costs hits of one place their order only where others are nearly as good: on three sets no first right passage moves with
# it, nor with 0 or 0.1 (`docs/evaluation.md`)
DIVERSITY = 0.05


@dataclass(frozen=True, slots=True)
class Filters:
    """Documents that a search looks at: those that fit each field that is given, and any of its entries."""

    sources: Sequence[str] = ()  # globs of a path or address ("*.pdf", "*/manuals/*"), or a file's name
    folders: Sequence[str] = ()  # absolute; what lies below them
    types: Sequence[str] = ()  # media types, or the end of one: "application/pdf", "text/*", "pdf"
    since: date | None = None  # of the file's time; of what has none, when it was ingested
    until: date | None = None  # the day itself included

    def __bool__(self) -> bool:
        return bool(self.sources or self.folders or self.types or self.since or self.until)


@dataclass(frozen=True, slots=True)
class Pin:
    """A question that a person has tied to a passage, as near as it is to the one that is searched for."""

    source: str
    collection: str
    text: str  # that stands in the passage, letter by letter
    cosine: float  # of both questions
    share: float  # of the words asked for that the pinned question has, 0 to 1
    wrong: bool = False  # it was found not to answer: it comes after all others


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search. `embed_text` stands in for `query` where meaning is compared."""

    query: str
    k: int
    mode: SearchMode
    collections: Sequence[str]
    embed_text: str | None = None
    filters: Filters | None = None
    merge: bool = True  # equal and nearly equal passages are a single hit
    pins: Sequence[Pin] = ()
    dense_share: float | None = None  # of meaning where both rankings are fused, 0 to 1; None: as fitted
    diversity: float = DIVERSITY  # share of its score that a hit loses for each better one of its place
