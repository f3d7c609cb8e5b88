"""Which sentences of the found passages answer the question, and how much of the question they cover."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..docstore.keyword_index import content_words, words
from ..documents.sentences import split_sentences
from ..types import Passage, Retrieved, SearchMode, Sentence
from .search import search

if TYPE_CHECKING:
    from ..library import Library

_K1, _B = 1.2, 0.75  # BM25's usual constants
_HEADING = 0.2  # of its score is left to a heading: it names what is asked for, and says nothing of it
_PLAIN_LINE = re.compile(r"[^\d\n]{1,80}(?<![.!?:;,…\"”'’)])")
_MOST_SENTENCES = 200  # judged for one question


def retrieve(library: Library, query: str, *, k: int, mode: SearchMode, collection: str) -> Retrieved:
    """See `Library.retrieve`."""
    began = time.perf_counter()
    passages = search(library, query, k=k, mode=mode, collection=collection)
    searched = time.perf_counter()
    sentences = judge(library, query, passages)
    return Retrieved(query, passages, sentences, searched - began, time.perf_counter() - began)


def judge(library: Library, query: str, passages: Sequence[Passage]) -> Sequence[Sentence]:
    """The passages' sentences, best first: half cosine, half BM25, each over its maximum."""
    placed = [(passage, *span) for passage in passages for span in split_sentences(passage.text)][:_MOST_SENTENCES]
    if not placed:
        return []
    texts = [passage.text[start:end] for passage, start, end in placed]
    vectors = library.embed([query, *texts])
    cosines = vectors[1:] @ vectors[0]
    keywords = _bm25(library, query, texts)
    liking = 0.5 * _over_maximum(cosines) + 0.5 * _over_maximum(keywords)
    headings = np.array([_is_heading(passage.text, start, end) for passage, start, end in placed])
    scores = np.where(headings, _HEADING * liking, liking)
    return [
        Sentence(
            passage=placed[at][0],
            text=texts[at],
            start=placed[at][0].start + placed[at][1],
            end=placed[at][0].start + placed[at][2],
            score=float(scores[at]),
            cosine=float(cosines[at]),
            liking=float(liking[at]),
            heading=bool(headings[at]),
        )
        for at in np.argsort(-scores, kind="stable")
    ]


def coverage(library: Library, question: str, text: str, least: int = 0) -> float:
    """See `Library.coverage`."""
    there = set(library.stems(text))
    asked = {word: library.idf(word, least) for word in content_words(question)}
    total = sum(asked.values())
    found = sum(rarity for word, rarity in asked.items() if set(library.stems(word)) <= there)
    return found / total if total else 0.0


def _bm25(library: Library, query: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    asked = {library.stems(word)[0]: library.idf(word) for word in set(words(query))}
    counted = [Counter(library.stems(text)) for text in texts]
    lengths = [sum(one.values()) for one in counted]
    mean = max(sum(lengths) / len(lengths), 1.0)
    return np.array(
        [
            sum(
                rarity * one[stem] * (_K1 + 1) / (one[stem] + _K1 * (1 - _B + _B * length / mean))
                for stem, rarity in asked.items()
                if stem in one
            )
            for one, length in zip(counted, lengths, strict=True)
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


def _over_maximum(scores: np.ndarray[tuple[int], np.dtype[np.floating]]) -> np.ndarray[tuple[int], np.dtype[np.floating]]:
    top = float(scores.max())
    return scores / top if top > 0 else np.zeros_like(scores)
