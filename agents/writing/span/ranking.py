"""Which of the model's candidate spans is the answer: a linear score over what can be seen of each.

A tiny model's own liking is a weak guide; together with where a span stands, and whether it is the kind of thing that was
asked for (a name, a number, a time), it is a fair one. The weights are fitted on half of a question set by
`benchmarks/spans.py`; figures for the other half are in `docs/evaluation.md`. The words that tell kinds are English;
elsewhere those features are silent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

_MISSING = -9.0  # log-probability of a candidate that a context did not bring forth
_REACH = 8.0  # words; how fast nearness fades
_WORD = re.compile(r"\w+", re.UNICODE)

_NUMBER_ASKED = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|high|big|large|fast|often|heavy)\b|\bwhat (?:percent|number|age)"
)
_TIME_ASKED = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|day|date|month|century|decade|time)\b|\bhow long\b")
_PERSON_ASKED = re.compile(r"\bwho(?:se|m)?\b")
_PLACE_ASKED = re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|state|town|region|place)\b")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand"
    r"|million|billion|half|dozen)\b"
)
_TIME = re.compile(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b\d{1,2}[:.]\d{2}\b|\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|century|centuries|years?|months?"
    r"|weeks?|days?|hours?|minutes?|noon|midnight|morning|evening|spring|summer|autumn|winter)\b"
)
_SMALL = frozenset(
    "a an the of in on at to for from by with and or as is are was were be been that which who whom whose it its"
    " their his her this these those into than then not but if while during".split()
)
# fewer than `STOP_WORDS`, of which "both", "all", "no" and "once" may be answers
_POINTERS = _SMALL.union("he she they him them we us you i me here there what where when hers ours theirs".split())
_PREPOSITIONS = frozenset("of in on at to for from by with as into during".split())


class Words(Protocol):
    """What is known of words; a `Library` knows it."""

    def stems(self, text: str) -> Sequence[str]:
        """The words of `text`, in order, without their endings."""

    def idf(self, word: str) -> float:
        """Rarity of a word, 0 or more."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One run of the text's words. `logprob` is the summed log-probability of its tokens, with the newline that ends it."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class FeatureWeights:
    """How much each feature counts; fitted."""

    logprob: float = 0.75  # mean over the contexts
    overlap: float = -3.28  # share of its words that stand in the question
    nearness: float = 8.19  # of the question's words, weighted by rarity, 0 to 1
    sentence: float = 2.59  # score of the sentence it stands in, over the best
    contexts: float = 1.13  # share of the contexts that brought it forth
    length: float = 1.03  # logarithm of its number of words
    opens_small: float = -1.23  # its first word is a preposition
    ends_small: float = -0.03  # its last word is an article, a preposition…
    number: float = 1.64  # a number was asked for: 1 with one, -1 without
    time: float = 0.60  # likewise a time
    person: float = 0.21  # likewise a person: 1 with a capital letter and no figure
    place: float = 0.30  # likewise a place
    unasked: float = -1.04  # it holds a number and none was asked for
    cut: float = -3.01  # it begins or ends within a name or a number (0, 0.5 or 1)


FEATURES: Sequence[str] = tuple(field.name for field in fields(FeatureWeights))


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a score is made of what is seen: a log-probability below `least` counts as that, lest one context alone decide."""

    weights: FeatureWeights = FeatureWeights()
    least: float = -math.inf


UNTUNED = Scoring()
TUNED = Scoring(FeatureWeights(logprob=1.0), least=-6.0)  # its own liking is worth more; figures in `docs/evaluation.md`


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its features, in the order of `FEATURES`; `sentence` is the index of the sentence it was found in."""

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
    known: Words,
    scoring: Scoring = UNTUNED,
) -> Sequence[Ranked]:
    """Candidates of all contexts, best first. `sentences` are (text, score), best first; a span is found in one of them.

    What has nothing but small words ("He", "of the") names nothing, and is left out.
    """
    liking: dict[str, list[float]] = {}
    spelled: dict[str, str] = {}
    for index, found in enumerate(by_context):
        for candidate in found:
            key = " ".join(words(candidate.text))
            if not _names_nothing(candidate.text):
                spelled.setdefault(key, candidate.text)
                logprobs = liking.setdefault(key, [_MISSING] * len(by_context))
                logprobs[index] = max(logprobs[index], candidate.logprob)
    values = [getattr(scoring.weights, name) for name in FEATURES]
    asked = dict(zip(known.stems(question), map(known.idf, words(question)), strict=True))
    stemmed = [(said, score, known.stems(said)) for said, score in sentences]
    seen = [_features(spelled[key], known.stems(key), liking[key], question, asked, stemmed) for key in liking]
    scores = [
        sum(weight * value for weight, value in zip(values, row, strict=True)) + scoring.weights.logprob * lifted
        for (row, _), lifted in zip(seen, (_lifted(one, scoring.least) for one in liking.values()), strict=True)
    ]
    ranked = [
        Ranked(spelled[key], score, share, row, sentence)
        for key, score, share, (row, sentence) in zip(liking, scores, _shared(scores), seen, strict=True)
    ]
    return sorted(ranked, key=lambda one: -one.score)


def rescored(ranked: Sequence[Ranked], scores: Sequence[float]) -> list[Ranked]:
    """The same candidates by other scores, best first."""
    found = [replace(one, score=score, share=part) for one, score, part in zip(ranked, scores, _shared(scores), strict=True)]
    return sorted(found, key=lambda one: -one.score)


def _shared(scores: Sequence[float]) -> list[float]:
    """Each score's share of all weight (softmax); they sum to 1."""
    parts = [math.exp(score - max(scores)) for score in scores]
    return [part / sum(parts) for part in parts]


def _features(
    text: str,
    own: Sequence[str],
    logprobs: Sequence[float],
    question: str,
    asked: Mapping[str, float],
    sentences: Sequence[tuple[str, float, Sequence[str]]],
) -> tuple[tuple[float, ...], int]:
    """What is seen of one candidate, in the order of `FEATURES`, and the index of its sentence.

    `own` are its stems, `asked` the question's with their rarity; sentences are (text, score, stems); one logprob a context.
    """
    sentence = next((at for at, (_, _, stems) in enumerate(sentences) if _places(stems, own)), 0)
    said, score, stems = sentences[sentence]
    plain = words(text)
    wanted, shown = question.lower(), text.lower()
    named = any(word[0].isupper() for word in _WORD.findall(text)) and not re.search(r"\d", text)
    seen = {
        "logprob": sum(logprobs) / len(logprobs),
        "overlap": sum(stem in asked for stem in own) / len(own),
        "nearness": _nearness(stems, own, asked),
        "sentence": score,
        "contexts": sum(one > _MISSING for one in logprobs) / len(logprobs),
        "length": math.log(len(own)),
        "opens_small": float(plain[0] in _PREPOSITIONS),
        "ends_small": float(plain[-1] in _SMALL),
        "number": _matches(_NUMBER_ASKED, wanted, _NUMBER.search(shown) is not None),
        "time": _matches(_TIME_ASKED, wanted, _TIME.search(shown) is not None),
        "person": _matches(_PERSON_ASKED, wanted, named),
        "place": _matches(_PLACE_ASKED, wanted, named),
        "unasked": float(
            bool(_NUMBER.search(shown)) and not _NUMBER_ASKED.search(wanted) and not _TIME_ASKED.search(wanted)
        ),
        "cut": _cut(text, said),
    }
    return tuple(seen[name] for name in FEATURES), sentence


def _lifted(logprobs: Sequence[float], least: float) -> float:
    """By how much their mean rises where none counts as less than `least`."""
    return sum(max(least - one, 0.0) for one in logprobs) / len(logprobs)


def _names_nothing(text: str) -> bool:
    """Whether it has nothing but small words, in capitals where a sentence begins: "He"; "US" and "The Who" may be names."""
    own = _WORD.findall(text)
    if own and len(own[0]) > 1 and own[0].istitle():
        own[0] = own[0].lower()
    return _POINTERS.issuperset(own)


def words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _matches(asked: re.Pattern[str], question: str, has: bool) -> float:
    return 0.0 if not asked.search(question) else 1.0 if has else -1.0


def _cut(text: str, said: str) -> float:
    """How many of its ends fall between two capitalised words or figures of its sentence: 0, 0.5 or 1."""
    at = " ".join(said.split()).find(text)
    if at < 0:
        return 0.0
    flat = " ".join(said.split())
    before, after = _WORD.findall(flat[:at]), _WORD.findall(flat[at + len(text) :])
    own = _WORD.findall(text)
    ends = 0.0
    if before and _firm(own[0]) and _firm(before[-1]) and len(before) > 1 and flat[:at].endswith(f"{before[-1]} "):
        ends += 0.5
    if after and _firm(own[-1]) and _firm(after[0]) and flat[at + len(text) :].startswith(f" {after[0]}"):
        ends += 0.5
    return ends


def _firm(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


def _nearness(said: Sequence[str], own: Sequence[str], asked: Mapping[str, float]) -> float:
    """How near the question's stems stand to the span, each weighted by its rarity: e^(-distance / 8), 0 where absent."""
    rarity = {stem: value for stem, value in asked.items() if stem not in set(own)}
    total = sum(rarity.values())
    best = 0.0
    for place in _places(said, own):
        near = dict.fromkeys(rarity, 0.0)
        for at, stem in enumerate(said):
            if stem in near and not place <= at < place + len(own):
                distance = place - at if at < place else at - (place + len(own) - 1)
                near[stem] = max(near[stem], math.exp(-distance / _REACH))
        best = max(best, sum(rarity[stem] * value for stem, value in near.items()) / total if total else 0.0)
    return best


def _places(said: Sequence[str], own: Sequence[str]) -> list[int]:
    return [at for at in range(len(said) - len(own) + 1) if list(said[at : at + len(own)]) == list(own)]
