"""The values that retrieval hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class SearchMode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


NEW_PAGE = "page"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document something stands."""

    source: str
    page: int | None = None
    page_label: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a stretch of a passage's text is, where it is anything but a paragraph; offsets count in that text.

    A mark of `NEW_PAGE` says that another page begins at its start.
    """

    start: int
    end: int
    kind: str  # a `BlockKind`'s value: "heading", "list item", …
    level: int = 0  # of a heading from 1, of a list item its depth from 0, of a page its number
    label: str = ""  # of a heading, the headings above it; of a page, what is printed on it where that differs


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrieved chunk. `text` is `source_text[start:end]`, character for character."""

    chunk_id: str
    source: str  # path or URL, as ingested
    page: int | None  # 1-based; None where there are no pages
    text: str
    start: int
    end: int
    score: float  # the mode's own: RRF, cosine or BM25 (higher is better); compares only within one search
    cosine: float  # question against chunk, -1 to 1; 0 where it was not computed
    page_label: str | None = None  # what is printed on the page, where it differs
    line: int | None = None  # 1-based, where it begins in the file; None where the text has other lines than the file
    heading: str = ""  # the headings it stands under, from the outermost
    context: str = ""  # what must be read with it and stands elsewhere: the columns of a table
    title: str = ""  # of the document
    media_type: str = ""
    marks: tuple[Mark, ...] = ()  # in order; what none covers is paragraphs, or of a format that does not say
    also_in: tuple[Place, ...] = ()  # where else the same text, or nearly the same, stands
    collection: str = ""
    sha256: str = ""  # of the document


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a stage of a search placed a passage. Scores compare only within the stage."""

    rank: int  # from 1
    score: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A passage, and where each stage that ranked it placed it.

    The stages: "keyword", "dense", "fused", "named" (among the documents that the question names), "with named" (that fused
    with "fused"), "reranked", "diversity".
    """

    passage: Passage
    stages: Mapping[str, Placing]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What both searches gave to a passage's fused score, before pins: by how much it stands out in either ranking."""

    chunk_id: str
    keyword: float
    dense: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brings, best first; `ranked`: the first of a hybrid one, with what their fused scores are made of."""

    hits: Sequence[Explained] = ()
    ranked: Sequence[Contribution] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, judged against the question. Offsets count in the source's text, as a passage's do."""

    passage: Passage
    text: str
    start: int
    end: int
    score: float  # as evidence: its liking, 0 to 1, but little of it for a heading
    cosine: float  # question against sentence, -1 to 1
    liking: float  # half dense, half keyword, each over its maximum: 0 to 1
    heading: bool  # or nothing but a part of what is asked for: no answer by itself
    kind: str = "paragraph"  # a `BlockKind`'s value
    path: str = ""  # the headings it stands under, those within the passage too
    lead: str = ""  # what must be read with it: its table's columns, the term it is said of, what introduces its list
    lacks: tuple[str, ...] = ()  # names, numbers and days of the question that neither it nor what is read with it has
    place: Place | None = None  # None: as its passage's
    cosine_under: float = -1.0  # question against sentence with its headings, where it was looked at


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What one search brought: passages best first, their sentences best first, and how long it took."""

    query: str
    passages: Sequence[Passage]
    sentences: Sequence[Sentence]
    search_s: float
    evidence_s: float
    ranked: tuple[Contribution, ...] = ()  # of the first passages of a hybrid search, shown or not; best first
    dense_share: float | None = None  # with which they were fused; None: they were not
