"""Two readings of the same passages: a model's prose, and the phrase that a second, small model copied from the text.

Where the phrase stands in the prose, two models that have nothing in common but the passages agree. Where it does not, one
of them is wrong, and which one it is depends on the size of the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol

Agreement = Literal["agrees", "differs", "unclear"]  # unclear: other words, and no figure or name to tell by
# Of the second reading in the answer, by the draft; beneath: only the sentences that its phrase stands in
Place = Literal["first", "after", "beneath", "unshown"]

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL = frozenset(
    """a an the of in on at to by for from with and or as about around some than is was are were be been it its his her their
    this that these those approximately nearly almost over""".split()
)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_NAME = re.compile(r"\b[A-Z][\w'’-]*\w\b")


class Stems(Protocol):
    def stems(self, text: str) -> Sequence[str]: ...


def compare_readings(phrase: str, draft: str, vocabulary: Stems) -> Agreement:
    """Whether a draft says what `phrase` says."""
    if holds(draft, phrase, vocabulary):
        return "agrees"
    telling = [token for token in _tokens(phrase) if token[0].isdigit()] or _names(phrase)
    if not telling:
        return "unclear"
    drafted = _stemmed(_tokens(draft), vocabulary)
    return "unclear" if drafted & _stemmed(telling, vocabulary) else "differs"


def holds(text: str, phrase: str, vocabulary: Stems) -> bool:
    """Whether all that counts in `phrase` stands in `text`."""
    words = _stemmed(_tokens(phrase), vocabulary)
    return bool(words) and words <= _stemmed(_tokens(text), vocabulary)


def _tokens(text: str) -> list[str]:
    """Words and figures that count, small; thousands are not parted, and small numbers are figures."""
    tokens = [re.sub(r",(?=\d{3}(?:\D|$))", "", token.lower()) for token in _TOKEN.findall(text)]
    return [_NUMBERS.get(token, token) for token in tokens if token not in _SMALL]


def _names(phrase: str) -> list[str]:
    return [name.lower() for name in _NAME.findall(phrase) if name.lower() not in _SMALL]


def _stemmed(tokens: Sequence[str], vocabulary: Stems) -> set[str]:
    figures = {token for token in tokens if token[0].isdigit()}
    return figures | {stem for token in tokens if token not in figures for stem in vocabulary.stems(token)}
