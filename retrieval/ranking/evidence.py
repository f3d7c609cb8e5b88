"""Which sentences of the passages answer the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..docstore import KeywordIndex, words
from ..documents import split_sentences
from ..embedders import Embedder
from ..types import Passage, Sentence

_K1, _B = 1.2, 0.75  # BM25's usual constants
_HEADING = 0.2  # of its score is left to a heading: it names what is asked for, and says nothing of it
_PLAIN_LINE = re.compile(r"[^\d\n]{1,80}(?<![.!?:;,…\"”'’)])")
_MOST_SENTENCES = 200  # judged for one question
Scores = NDArray[np.floating]


def rank_sentences(query: str, passages: Sequence[Passage], *, keywords: KeywordIndex, embedder: Embedder) -> list[Sentence]:
    """The passages' sentences, best first: half cosine, half BM25, each over its maximum."""
    spans = [(passage, *span) for passage in passages for span in split_sentences(passage.text)][:_MOST_SENTENCES]
    if not spans:
        return []
    texts = [passage.text[start:end] for passage, start, end in spans]
    cosines = embedder.embed_documents(texts) @ embedder.embed_query(query)
    liking = 0.5 * _over_maximum(cosines) + 0.5 * _over_maximum(_bm25(keywords, query, texts))
    headings = np.array([_is_heading(passage.text, start, end) for passage, start, end in spans])
    scores = np.where(headings, _HEADING * liking, liking)
    return [
        Sentence(
            passage=spans[at][0],
            text=texts[at],
            start=spans[at][0].start + spans[at][1],
            end=spans[at][0].start + spans[at][2],
            score=float(scores[at]),
            cosine=float(cosines[at]),
            liking=float(liking[at]),
            heading=bool(headings[at]),
        )
        for at in np.argsort(-scores, kind="stable")
    ]


def _bm25(keywords: KeywordIndex, query: str, texts: Sequence[str]) -> Scores:
    """Of each text, among these texts, with the rarities that words have in the library."""
    rarities = {keywords.stems(word)[0]: keywords.idf(word) for word in dict.fromkeys(words(query))}
    counts = [Counter(keywords.stems(text)) for text in texts]
    lengths = [count.total() for count in counts]
    mean = max(sum(lengths) / len(lengths), 1.0)
    return np.array(
        [
            sum(
                rarity * count[stem] * (_K1 + 1) / (count[stem] + _K1 * (1 - _B + _B * length / mean))
                for stem, rarity in rarities.items()
                if stem in count
            )
            for count, length in zip(counts, lengths, strict=True)
        ]
    )


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a heading: behind a `#`, or a paragraph of its own with neither figure nor full stop."""
    before, after = text[:start].rpartition("\n"), text[end:].partition("\n")
    if before[2].strip():
        return not before[2].strip().strip("#")
    first = not before[0].strip()  # of the passage: on a page of a PDF no blank line need follow
    above, below = before[0].rpartition("\n")[2], after[2].partition("\n")[0]
    alone = not above.strip() and not after[0].strip() and (first or not below.strip())
    return alone and _PLAIN_LINE.fullmatch(text[start:end]) is not None


def _over_maximum(scores: Scores) -> Scores:
    top = float(scores.max())
    return scores / top if top > 0 else np.zeros_like(scores)
