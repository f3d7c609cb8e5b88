"""Which of the model's candidate spans is the answer: a linear score over what can be seen of each.

A tiny model's own liking is a weak guide; together with where a span stands, and whether it is the kind of thing that was
asked for (a name, a number, a time), it is a fair one. Figures, for the half of a question set that the weights were not
fitted on, are in `docs/evaluation.md`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .candidates import Candidate
from .features import (
    ABSENT,
    FEATURES,
    FeatureWeights,
    ScoredSentence,
    Vocabulary,
    lower_words,
    measure_features,
    names_nothing,
)

_WEIGHTS = FeatureWeights()


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a score is made of the features: a log-probability below `least` counts as that, lest one context alone decide."""

    weights: FeatureWeights = _WEIGHTS
    least: float = -math.inf


UNTUNED = Scoring()
TUNED = Scoring(FeatureWeights(logprob=1.0), least=-6.0)  # its own liking is worth more; figures in `docs/evaluation.md`


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its features, in the order of `FEATURES`; `sentence` is the index of the sentence it stands in."""

    text: str
    score: float
    share: float  # of all candidates' weight (softmax of the scores), 0 to 1
    features: tuple[float, ...]
    sentence: int

    @property
    def logprob(self) -> float:
        """Its mean log-probability over the contexts."""
        return self.features[FEATURES.index("logprob")]


def rank(
    by_context: Sequence[Sequence[Candidate]],
    question: str,
    sentences: Sequence[tuple[str, float]],
    vocabulary: Vocabulary,
    scoring: Scoring = UNTUNED,
) -> list[Ranked]:
    """Candidates of all contexts, best first. `sentences` are (text, score), best first; a span stands in one of them.

    What has nothing but small words ("He", "of the"), or words of the question, says nothing, and is left out.
    """
    spellings, logprobs = _merge(by_context, set(vocabulary.stems(question)), vocabulary)
    rarity = {stem: vocabulary.idf(word) for word in lower_words(question) for stem in vocabulary.stems(word)}
    scored = [ScoredSentence(text, score, vocabulary.stems(text)) for text, score in sentences]
    measured = [
        measure_features(spellings[key], vocabulary.stems(key), logprobs[key], question, rarity, scored) for key in logprobs
    ]
    scores = [
        _score(features, scoring) + scoring.weights.logprob * _lift(logprobs[key], scoring.least)
        for key, (features, _) in zip(logprobs, measured, strict=True)
    ]
    ranked = [
        Ranked(spellings[key], score, share, features, sentence)
        for key, score, share, (features, sentence) in zip(logprobs, scores, _softmax(scores), measured, strict=True)
    ]
    return sorted(ranked, key=lambda candidate: -candidate.score)


def rescore(ranked: Sequence[Ranked], scores: Sequence[float]) -> list[Ranked]:
    """The same candidates by other scores, best first."""
    rescored = [
        replace(candidate, score=score, share=share)
        for candidate, score, share in zip(ranked, scores, _softmax(scores), strict=True)
    ]
    return sorted(rescored, key=lambda candidate: -candidate.score)


def _merge(
    by_context: Sequence[Sequence[Candidate]], question: set[str], vocabulary: Vocabulary
) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Of each candidate, by its words: how it was spelled first, and its log-probability in each context."""
    spellings: dict[str, str] = {}
    logprobs: dict[str, list[float]] = {}
    for index, candidates in enumerate(by_context):
        for candidate in candidates:
            if names_nothing(candidate.text) or _repeats(candidate.text, question, vocabulary):
                continue
            key = " ".join(lower_words(candidate.text))
            spellings.setdefault(key, candidate.text)
            values = logprobs.setdefault(key, [ABSENT] * len(by_context))
            values[index] = max(values[index], candidate.logprob)
    return spellings, logprobs


def _repeats(text: str, question: set[str], vocabulary: Vocabulary) -> bool:
    """Whether all its words that carry meaning are the question's."""
    stems = [stem for word in lower_words(text) if not names_nothing(word) for stem in vocabulary.stems(word)]
    return bool(stems) and question.issuperset(stems)


def _score(features: Sequence[float], scoring: Scoring) -> float:
    weights = [getattr(scoring.weights, name) for name in FEATURES]
    return float(sum(weight * value for weight, value in zip(weights, features, strict=True)))


def _lift(logprobs: Sequence[float], least: float) -> float:
    """By how much their mean rises where none counts as less than `least`."""
    return sum(max(least - logprob, 0.0) for logprob in logprobs) / len(logprobs)


def _softmax(scores: Sequence[float]) -> list[float]:
    """Each score's share of all weight; they sum to 1."""
    weights = [math.exp(score - max(scores)) for score in scores]
    return [weight / sum(weights) for weight in weights]
