"""What can be seen of a candidate span: where it stands, and whether it is the kind of thing that was asked for.

The words that tell kinds are English; elsewhere those features are silent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

ABSENT = -9.0  # log-probability of a candidate in a context that did not bring it forth
_REACH = 8.0  # words; how fast nearness fades
_WORD = re.compile(r"\w+", re.UNICODE)

_NUMBER_QUESTION = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|high|big|large|fast|often|heavy)\b|\bwhat (?:percent|number|age)"
)
_TIME_QUESTION = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|day|date|month|century|decade|time)\b|\bhow long\b")
_PERSON_QUESTION = re.compile(r"\bwho(?:se|m)?\b")
_PLACE_QUESTION = re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|state|town|region|place)\b")
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


class Vocabulary(Protocol):
    """What is known of words; a `Library` knows it."""

    def stems(self, text: str) -> Sequence[str]:
        """The words of `text`, in order, without their endings."""

    def idf(self, word: str) -> float:
        """Rarity of a word, 0 or more."""


@dataclass(frozen=True, slots=True)
class FeatureWeights:
    """How much each feature counts; fitted on half of a question set by `benchmarks/spans.py`."""

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


FEATURES: Sequence[str] = tuple(feature.name for feature in fields(FeatureWeights))


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence in which a span may stand, with its score as evidence and its stems."""

    text: str
    score: float
    stems: Sequence[str]


def measure_features(
    text: str,
    stems: Sequence[str],
    logprobs: Sequence[float],
    question: str,
    rarity: Mapping[str, float],
    sentences: Sequence[ScoredSentence],
) -> tuple[tuple[float, ...], int]:
    """What is seen of one candidate, in the order of `FEATURES`, and the index of its sentence.

    `stems` are the candidate's, `rarity` is that of the question's stems; one logprob a context.
    """
    index = next((at for at, sentence in enumerate(sentences) if _places(sentence.stems, stems)), 0)
    sentence = sentences[index]
    words = lower_words(text)
    question, lower = question.lower(), text.lower()
    named = any(word[0].isupper() for word in _WORD.findall(text)) and not re.search(r"\d", text)
    has_number = _NUMBER.search(lower) is not None
    values = {
        "logprob": sum(logprobs) / len(logprobs),
        "overlap": sum(stem in rarity for stem in stems) / len(stems),
        "nearness": _nearness(sentence.stems, stems, rarity),
        "sentence": sentence.score,
        "contexts": sum(logprob > ABSENT for logprob in logprobs) / len(logprobs),
        "length": math.log(len(stems)),
        "opens_small": float(words[0] in _PREPOSITIONS),
        "ends_small": float(words[-1] in _SMALL),
        "number": _fits(_NUMBER_QUESTION, question, has_number),
        "time": _fits(_TIME_QUESTION, question, _TIME.search(lower) is not None),
        "person": _fits(_PERSON_QUESTION, question, named),
        "place": _fits(_PLACE_QUESTION, question, named),
        "unasked": float(has_number and not _NUMBER_QUESTION.search(question) and not _TIME_QUESTION.search(question)),
        "cut": _cut(text, sentence.text),
    }
    return tuple(values[name] for name in FEATURES), index


def names_nothing(text: str) -> bool:
    """Whether it has nothing but small words, in capitals where a sentence begins: "He"; "US" and "The Who" may be names."""
    words = _WORD.findall(text)
    if words and len(words[0]) > 1 and words[0].istitle():
        words[0] = words[0].lower()
    return _POINTERS.issuperset(words)


def lower_words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _fits(kind: re.Pattern[str], question: str, present: bool) -> float:
    """0 where that kind of thing was not asked for, else 1 with it and -1 without."""
    return 0.0 if not kind.search(question) else 1.0 if present else -1.0


def _cut(text: str, sentence: str) -> float:
    """How many of its ends fall between two capitalised words or figures of its sentence: 0, 0.5 or 1."""
    flat = " ".join(sentence.split())
    start = flat.find(text)
    if start < 0:
        return 0.0
    end = start + len(text)
    before, after = _WORD.findall(flat[:start]), _WORD.findall(flat[end:])
    words = _WORD.findall(text)
    cut = 0.0
    if before and _firm(words[0]) and _firm(before[-1]) and len(before) > 1 and flat[:start].endswith(f"{before[-1]} "):
        cut += 0.5
    if after and _firm(words[-1]) and _firm(after[0]) and flat[end:].startswith(f" {after[0]}"):
        cut += 0.5
    return cut


def _firm(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


def _nearness(sentence: Sequence[str], span: Sequence[str], rarity: Mapping[str, float]) -> float:
    """How near the question's stems stand to the span, each weighted by its rarity: e^(-distance / 8), 0 where absent."""
    rarity = {stem: value for stem, value in rarity.items() if stem not in set(span)}
    total = sum(rarity.values())
    best = 0.0
    for place in _places(sentence, span):
        near = dict.fromkeys(rarity, 0.0)
        for position, stem in enumerate(sentence):
            if stem in near and not place <= position < place + len(span):
                distance = place - position if position < place else position - (place + len(span) - 1)
                near[stem] = max(near[stem], math.exp(-distance / _REACH))
        best = max(best, sum(rarity[stem] * value for stem, value in near.items()) / total if total else 0.0)
    return best


def _places(sentence: Sequence[str], span: Sequence[str]) -> list[int]:
    """Where `span` begins in `sentence`; both are stems."""
    return [at for at in range(len(sentence) - len(span) + 1) if list(sentence[at : at + len(span)]) == list(span)]
