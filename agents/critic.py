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
    passage_coverage: float  # of the question by the passage that covers it best
    pair_coverage: float  # of the question by the best two sentences together
    rarest_missing: float  # rarity of the rarest word which that passage lacks, over that of a word never seen


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted by `benchmarks/critic.py` on half of a question set; `threshold` refuses 6 % of that half's answerable."""

    bias: float = -9.988
    sentence_cosine: float = 6.158
    passage_coverage: float = 6.378
    pair_coverage: float = 2.649
    rarest_missing: float = 2.416
    threshold: float = 0.28


FITTED = Weights()


def signals(library: Library, question: str, found: Found) -> Signals:
    covered = [library.coverage(question, one.text) for one in found.passages]
    best = found.passages[covered.index(max(covered))].text if covered else ""
    pair = " ".join(one.text for one in found.sentences[:2])
    return Signals(
        max((max(one.cosine, 0.0) for one in found.sentences), default=0.0),
        max(covered, default=0.0),
        library.coverage(question, pair),
        library.rarest_missing(question, best),
    )


def answerable(seen: Signals, weights: Weights = FITTED) -> float:
    """Probability that the documents answer the question, 0 to 1."""
    score = (
        weights.bias
        + weights.sentence_cosine * seen.sentence_cosine
        + weights.passage_coverage * seen.passage_coverage
        + weights.pair_coverage * seen.pair_coverage
        + weights.rarest_missing * seen.rarest_missing
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
