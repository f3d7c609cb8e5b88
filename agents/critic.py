"""What can be known without a large model: whether the documents answer at all, and whether a draft is supported.

The first is a logistic regression on how near the best evidence is and how much of the question it covers; its figures, on
questions that its weights were not fitted on, are in `docs/evaluation.md`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from ..retrieval import Found, Library

Verdict = Literal["draft", "quote", "rewrite", "abstain"]
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the critic looks at, all 0 to 1 (cosines below 0 count as 0)."""

    sentence_cosine: float  # of the nearest sentence
    passage_cosine: float  # of the nearest passage
    passage_coverage: float  # of the question by the best passage
    sentence_coverage: float  # of the question by the best sentence


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted by `benchmarks/critic.py` on half of the articles; `threshold` refuses about 4 % of what is answerable."""

    bias: float = -11.0
    sentence_cosine: float = 6.0
    passage_cosine: float = 6.0
    passage_coverage: float = 6.0
    sentence_coverage: float = 1.0
    threshold: float = 0.5


FITTED = Weights()


def signals(library: Library, question: str, found: Found) -> Signals:
    return Signals(
        max((max(one.cosine, 0.0) for one in found.sentences), default=0.0),
        max((max(one.cosine, 0.0) for one in found.passages), default=0.0),
        max((library.coverage(question, one.text) for one in found.passages), default=0.0),
        library.coverage(question, found.sentences[0].text) if found.sentences else 0.0,
    )


def answerable(seen: Signals, weights: Weights = FITTED) -> float:
    """Probability that the documents answer the question, 0 to 1."""
    score = (
        weights.bias
        + weights.sentence_cosine * seen.sentence_cosine
        + weights.passage_cosine * seen.passage_cosine
        + weights.passage_coverage * seen.passage_coverage
        + weights.sentence_coverage * seen.sentence_coverage
    )
    return 1 / (1 + math.exp(-score))


def judge_prose(library: Library, draft: str, found: Found, *, rewritten: bool) -> Verdict:
    """A prose draft against the passages it may cite: supported where most of its words' weight stands in them."""
    if not draft.strip() or "NOT IN THE DOCUMENTS" in draft.upper():
        return "quote" if found.sentences else "abstain"
    shown = "\n".join(passage.text for passage in found.passages)
    supported = library.coverage(_MARK.sub("", draft), shown) >= 0.6
    marked = any(1 <= int(mark) <= len(found.passages) for mark in _MARK.findall(draft))
    if supported and marked:
        return "draft"
    return "quote" if rewritten else "rewrite"
