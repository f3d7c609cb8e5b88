"""Whether two questions ask for the same.

The cosine of their embeddings alone takes "Who founded the library?" for "When was the library founded?" (0.94), "on
Sundays" for "on Saturdays" (0.91) and "asked first" for "asked last" (0.91). So what they ask for must agree, and their
numbers, names, days, order and denial; and a word of the one that stands for another of the other must be nearly forced by
all the rest.

The bounds were chosen on three sets, each left out in turn (`benchmarks/memory.py`, figures in `docs/feedback.md`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from ...retrieval import STOP_WORDS, find_names, search_terms
from ..asking import kinds_agree, question_kind, says_kind

MEASURED_WITH = "onnx:all-minilm-l6-v2"  # the embedder that the bounds are of
NEAR = 0.75  # cosine, below which nothing is looked at
EQUAL_WORDS = 0.75  # cosine, from which questions of the same words ask for the same
MORE_WORDS = 0.84  # the same, where one of them has words that the other lacks
OTHER_WORDS = 0.93  # and where each has
MOST_OTHER_WORDS = 3  # on both sides together
_ALIKE = 0.8  # of a word's letters, from which it is a form of the other
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_TELLING = {  # words that change what is question, by what they say
    **dict.fromkeys(("not", "no", "never", "without", "except", "cannot"), "not"),
    **dict.fromkeys(("before", "previous", "former", "earlier", "formerly", "previously"), "before"),
    **dict.fromkeys(("after", "next", "later", "following", "since"), "after"),
    **dict.fromkeys(("first", "earliest", "oldest", "original", "originally"), "first"),
    **dict.fromkeys(("last", "latest", "final", "newest"), "last"),
    **dict.fromkeys(("least", "minimum", "fewest", "smallest", "lowest", "shortest"), "least"),
    **dict.fromkeys(("most", "maximum", "largest", "biggest", "highest", "longest", "greatest"), "most"),
    **dict.fromkeys(("another", "other", "second"), "another"),
    **dict.fromkeys(("vice", "deputy", "assistant"), "deputy"),
    **dict.fromkeys(("open", "opens", "opened", "opening"), "open"),
    **dict.fromkeys(("close", "closes", "closed", "closing", "shut", "shuts"), "close"),
}
_SMALL = STOP_WORDS | set("am does doing done get gets got use used using please there one ones per every kept keep".split())
_PHRASES = tuple(  # said in several words, or in another
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\b(?:take|takes|taking) care of\b|\b(?:is|are) in charge of\b|\blooks? after\b", "looks"),
        (r"\bat (?:the )?least\b", "minimum"),
        (r"\bat most\b", "maximum"),
        (r"\bout of hours\b|\boutside (?:opening )?hours\b", "outside"),
        (r"\bper year\b|\ba year\b|\bannual(?:ly)?\b|\beach year\b|\bevery year\b", "yearly"),
        (r"\b(?:store|stores|stored|storing)\b", "kept"),
    )
)


def ask_the_same(question: str, other: str, cosine: float, *, measured: bool = True) -> bool:
    """Whether the same answer answers both, as far as their words and the cosine of their embeddings tell.

    `measured`: the bounds are those of the embedder; where they are not, both must have the same words.
    """
    if (measured and cosine < EQUAL_WORDS) or not comparable(question, other):
        return False
    kind = question_kind(question)
    words, others = content(question, kind), content(other, kind)
    mine, theirs = lacking(words, others), lacking(others, words)
    if not mine and not theirs:
        return True
    if not measured:
        return False
    if mine and theirs:
        return cosine >= OTHER_WORDS and len(mine) + len(theirs) <= MOST_OTHER_WORDS
    return cosine >= MORE_WORDS


def shared_words(question: str, other: str) -> float:
    """Share of the words of `question` that `other` has, 0 to 1."""
    kind = question_kind(question)
    words = content(question, kind)
    return 1 - len(lacking(words, content(other, kind))) / len(words) if words else 0.0


def comparable(question: str, other: str) -> bool:
    """Whether they ask for one kind of thing, about the same numbers, names and days, in the same order and sense."""
    return (
        kinds_agree(question, other)
        and sorted(_FIGURES.findall(question)) == sorted(_FIGURES.findall(other))
        and _turns(question) == _turns(other)
        and _name_fits(question, other)
        and _name_fits(other, question)
    )


def content(question: str, kind: str) -> set[str]:
    """The stems of its words that say more than its kind does."""
    words = [
        word
        for word in _WORD.findall(_in_one_wording(question))
        if len(word) > 1 and word not in _SMALL and word not in _TELLING and not says_kind(word, kind)
    ]
    return {stem for word in words for stem in search_terms(word).split()[:1]}


def _turns(question: str) -> set[str]:
    turns = {_TELLING[word] for word in _WORD.findall(_in_one_wording(question)) if word in _TELLING}
    return turns - {"last"} if question_kind(question) == "duration" else turns  # "How long does it last?"


def _in_one_wording(question: str) -> str:
    text = question.lower()
    for pattern, word in _PHRASES:
        text = pattern.sub(word, text)
    return text


def _name_fits(question: str, other: str) -> bool:
    """Whether `other` has the names and days of `question`, in whatever case."""
    forms = set(search_terms(other).split())
    return all(set(search_terms(name.text).split()) & forms for name in find_names(question) if name.kind != "name") and all(
        any(_same(stem, form) for form in forms)
        for name in find_names(question)
        if name.kind == "name"
        for stem in search_terms(name.text).split()[:1]
    )


def lacking(words: Collection[str], others: Collection[str]) -> set[str]:
    """Those of `words` that have no form among `others`."""
    return {word for word in words if not any(_same(word, other) for other in others)}


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    shorter = min(len(word), len(other))
    if shorter >= 4 and abs(len(word) - len(other)) <= 4 and (word.startswith(other) or other.startswith(word)):
        return True
    return shorter >= 5 and word[:3] == other[:3] and difflib.SequenceMatcher(None, word, other).ratio() >= _ALIKE
