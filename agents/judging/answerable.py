"""What can be known without a large model: whether the documents answer at all, and whether a draft is supported.

The first is a logistic regression on how near the best evidence is and how much of the question it covers; its figures, on
questions that its weights were not fitted on, are in `docs/evaluation.md`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import Literal

from ...retrieval import STOP_WORDS, Library, Retrieved

Verdict = Literal["draft", "quote", "rewrite", "abstain"]
_NAME = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d+)")  # but for the first word, always capitalised
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the critic looks at, all 0 to 1 (cosines below 0 count as 0)."""

    sentence_cosine: float  # of the nearest sentence
    second_cosine: float  # of the next nearest
    passage_coverage: float  # of the question by the passage that covers it best
    pair_coverage: float  # of the question by the best two sentences together
    names_missing: float  # share of the question's names and numbers that this passage lacks
    agreement: float  # 1 where the passage that covers the question best is also the nearest to it


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted by `benchmarks/critic.py`; at `threshold` some 7 % of other articles' answerable questions are refused."""

    bias: float = -8.07
    sentence_cosine: float = 10.665
    second_cosine: float = -4.176
    passage_coverage: float = 5.03
    pair_coverage: float = 2.44
    names_missing: float = -1.076
    agreement: float = 0.63
    threshold: float = 0.32


CALIBRATION = Calibration()
_USUAL = 120  # passages of a library, on which the weights were fitted
MIN_ANSWERABLE = 0.2  # below which a model that points need not be asked


def signals(library: Library, question: str, found: Retrieved, asked: str | None = None) -> Signals:
    """What is seen of `question` as it was searched for; `asked` is what was typed, where the rest is a turn before.

    The words of the turn before stand in the documents anyway: half of the coverage is that of the words typed.
    """
    own = _coverage_by_one(library, asked, found) if asked not in (None, question) else None

    def told(share: float) -> float:
        return share if own is None else (share + own) / 2

    cosines = sorted((max(one.cosine, 0.0) for one in found.sentences), reverse=True)
    covered = [_covered(library, question, one.text) for one in found.passages]
    at = covered.index(max(covered)) if covered else 0
    nearest = max((one.cosine for one in found.passages), default=0.0)
    stems = set(library.stems(found.passages[at].text)) if covered else set()
    names = [library.stems(name) for name in _NAME.findall(question)]
    return Signals(
        sentence_cosine=cosines[0] if cosines else 0.0,
        second_cosine=cosines[1] if len(cosines) > 1 else 0.0,
        passage_coverage=told(covered[at] if covered else 0.0),
        pair_coverage=told(_covered(library, question, " ".join(one.text for one in found.sentences[:2]))),
        names_missing=sum(not stems.issuperset(name) for name in names) / len(names) if names else 0.0,
        agreement=float(bool(covered) and found.passages[at].cosine >= nearest),
    )


def _coverage_by_one(library: Library, asked: str | None, found: Retrieved) -> float | None:
    """Of `asked` by the passage that covers it best; nothing where none of its words carries meaning ("when was that?")."""
    if asked is None or all(word.lower() in STOP_WORDS for word in _WORD.findall(asked)):
        return None
    return max((_covered(library, asked, one.text) for one in found.passages), default=0.0)


def _covered(library: Library, question: str, text: str) -> float:
    """The same share in a small library as in a large one: in a small one its subject's own words are no rarer than others,
    and would count for little."""
    return library.coverage(question, text, _USUAL)


def answerable(seen: Signals, weights: Calibration = CALIBRATION) -> float:
    """Probability that the documents answer the question, 0 to 1."""
    score = weights.bias + sum(getattr(weights, one.name) * getattr(seen, one.name) for one in fields(Signals))
    return _chance(score)


def confirmed(before: float, logprob: float, nothing: float | None = None) -> float:
    """The same probability once the model has pointed at a span that it likes by `logprob` (mean over its contexts).

    `nothing` is the log-probability with which a model that was tuned to say so says that the passage has no answer, which
    tells more than the liking. Either way a logistic regression (`docs/evaluation.md`); one threshold serves, for without it
    the bias is shifted.
    """
    odds = _odds(before)
    if nothing is None:
        return _chance(1.137 + 0.655 * odds + 0.258 * logprob)
    return _chance(0.054 + 0.386 * odds - 0.558 * _odds(math.exp(nothing)))


def _odds(probability: float) -> float:
    """Their logarithm."""
    return math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def judge_prose(library: Library, draft: str, found: Retrieved, *, rewritten: bool) -> Verdict:
    """A prose draft against the passages it may cite: supported where most of its words' weight stands in them."""
    if not draft.strip() or "NOT IN THE DOCUMENTS" in draft.upper():
        return "quote" if found.sentences else "abstain"
    shown = "\n".join(passage.text for passage in found.passages)
    supported = _covered(library, _MARK.sub("", draft), shown) >= 0.6
    marked = any(1 <= int(mark) <= len(found.passages) for mark in _MARK.findall(draft))
    if supported and marked:
        return "draft"
    return "quote" if rewritten else "rewrite"
