"""Questions made of passages alone, for the reader to learn from before it sees a correction: a span is taken out of a
sentence, and what is left, shortened and shuffled, asks for it.

After the noisy cloze questions of Lewis, Denoyer and Riedel ("Unsupervised question answering by cloze translation", 2019).
Spans are found by capital letters, figures and small words; those are English, and elsewhere fewer kinds are told apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..retrieval import STOP_WORDS, split_sentences

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*|[%$£€]", re.UNICODE)
_YEAR = re.compile(r"1\d{3}|20\d\d")
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_LINKS = frozenset({"of", "the"})  # within a name
_LONGEST_NAME = 8  # words
_LONGEST_PHRASE = 4
_LEAST_WORDS = 6  # of a sentence
_FIRM = 0.55  # share of the questions that ask for a name, a number or a time, where there is one
_ASKED_BY = {
    "time": ("when", "in what year", "what year"),
    "number": ("how many", "how much", "what"),
    "name": ("who", "what", "which", "where", "who"),
    "phrase": ("what", "what", "which", "why", "how", "what"),
}


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question on a passage; the answer is the passage's characters from `start` to `end`."""

    passage: str
    question: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    first: int  # words
    last: int
    kind: str


def clozes(passage: str, chance: random.Random, each: int = 4) -> list[Cloze]:
    """At most `each` questions a sentence; none of sentences that are too short to ask about."""
    made: list[Cloze] = []
    for start, end in split_sentences(passage):
        words = list(_WORD.finditer(passage, start, end))
        spans = _spans(passage, words)
        if len(words) < _LEAST_WORDS or not spans:
            continue
        firm = [one for one in spans if one.kind != "phrase"]
        chosen = {chance.choice(firm if firm and chance.random() < _FIRM else spans) for _ in range(each)}
        for one in sorted(chosen, key=lambda one: (one.first, one.last)):
            question = _question([word[0] for word in words], one, chance)
            if question:
                made.append(Cloze(passage, question, words[one.first].start(), words[one.last].end()))
    return made


def _spans(text: str, words: Sequence[re.Match[str]]) -> list[_Span]:
    """What a question could ask for: names, numbers, times, and phrases between small words."""
    found: list[_Span] = []
    at = 0
    while at < len(words):
        word = words[at][0]
        if word[0].isdigit():
            found += _figures(text, words, at)
        elif word.lower() not in STOP_WORDS:
            named = word[0].isupper() and at > 0
            last = _name_end(text, words, at) if named else _phrase_end(text, words, at)
            found.append(_Span(at, last, "name" if named else "phrase"))
            at = last
        at += 1
    return found


def _figures(text: str, words: Sequence[re.Match[str]], at: int) -> list[_Span]:
    kind = "time" if _YEAR.fullmatch(words[at][0]) else "number"
    found = [_Span(at, at, kind)]
    if kind == "number" and at + 1 < len(words) and _plain(words[at + 1][0]) and _together(text, words, at):
        found.append(_Span(at, at + 1, kind))
    if at and words[at - 1][0].lower() in _MONTHS:
        found.append(_Span(at - 1, at, "time"))
    return found


def _name_end(text: str, words: Sequence[re.Match[str]], at: int) -> int:
    last = at
    while last + 1 < len(words) and last - at < _LONGEST_NAME - 1 and _together(text, words, last):
        following = words[last + 1][0]
        linked = following in _LINKS and last + 2 < len(words) and words[last + 2][0][0].isupper()
        if not following[0].isupper() and not (linked and _together(text, words, last + 1)):
            break
        last += 1
    return last


def _phrase_end(text: str, words: Sequence[re.Match[str]], at: int) -> int:
    last = at
    while (
        last + 1 < len(words)
        and last - at < _LONGEST_PHRASE - 1
        and _plain(words[last + 1][0])
        and _together(text, words, last)
    ):
        last += 1
    return last


def _plain(word: str) -> bool:
    return word.lower() not in STOP_WORDS


def _together(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether nothing but space stands between a word and the next."""
    return not text[words[at].end() : words[at + 1].start()].strip(" \t\n%$£€")


def _question(words: Sequence[str], span: _Span, chance: random.Random) -> str:
    """What stands around the span, some of it left out and out of order; nothing where too little is left."""
    before = words[max(0, span.first - chance.randint(3, 9)) : span.first]
    after = words[span.last + 1 : span.last + 1 + chance.randint(2, 8)]
    kept = [word for word in ([*before, *after] if chance.random() < 0.5 else [*after, *before]) if chance.random() > 0.15]
    order = [at + 2.5 * chance.random() for at in range(len(kept))]
    kept = [word for _, word in sorted(zip(order, kept, strict=True))]
    if chance.random() < 0.4:
        kept = [word for word in kept if _plain(word) or chance.random() < 0.5]
    if sum(map(_plain, kept)) < 2:
        return ""
    asked = f"{chance.choice(_ASKED_BY[span.kind])} {' '.join(kept)}?"
    return asked[0].upper() + asked[1:]
