"""Which passages support each statement of a draft: the program marks, whoever wrote.

A statement is supported by a passage that holds half of its content words, weighed by their rarity, where its numbers and
most of its names stand in the passages or in the question. Of a statement in another language than the passages, figures and
names alone can be held against them. Measured without a model on answers written by people
(543 sentences of MTRAG's, 265 of ClapNQ's): of their own passages 0.90 and 0.985 hold half, of others found for the same
question 0.055 and 0.042. Both sets agree on the value: it would be the same with either left out.
The embedder's cosine of statement and passage is not looked at, for it does not gain on both sets: AUC is 1.000 with it and
without on 40 statements of ClapNQ's, and on 41 of MTRAG's 0.920 without, 0.930 with it (alone 0.988, 0.915).
Attribution and critic take 83 ms of processor time (109 at most) for five sentences over five passages of 25,890.
`benchmarks/attribution.py` measures it again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...retrieval import Library, Passage, WeighedWord, detect_language, held_share
from ..writing import Attributed, Statement, split_statements, strip_marks
from .orders import speaks_of_orders, without_orders
from .refusals import is_refusal
from .signals import EVERY_WORD

SUPPORT = 0.5  # share of a statement's weight that the passages must hold
_OWN_MARK = 0.8  # of the best passage's share, from which on a mark of the model's own stays
_ADDS = 0.15  # share of its weight that a second passage must add to be marked too
_MOST_MARKS = 3
_QUESTION = 0.2  # how much the question's words count where passages are equally near: many hold a bare number
_NAMES = 0.5  # share of its names that may stand nowhere: people write them otherwise than documents do
_SAYS_NOTHING = frozenset("yes no si sí oui non ja nein sim nao não да нет".split())
_LIST_NUMBER = re.compile(r"^\s*(?:[-*+•]\s+)?\d{1,3}[.)]\s+", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_NAME = re.compile(r"(?<!^)(?<![.!?:*_] )\b[A-Z]\w+")


def attribute(
    library: Library, question: str, draft: str, passages: Sequence[Passage], *, wished: str = ""
) -> list[Attributed]:
    """The statements of `draft` in order. The draft's own marks count `passages` from 1.

    `wished`: the language in which the answer may be, besides the question's.
    """
    judge = _Judge(library, question, draft, passages, wished)
    return [judge.attribute(statement) for statement in split_statements(draft)]


class _Judge:
    """What of the passages and the question every statement is held against."""

    def __init__(self, library: Library, question: str, draft: str, passages: Sequence[Passage], wished: str) -> None:
        texts = ["\n".join((passage.heading, passage.context, passage.text)) for passage in passages]
        if not speaks_of_orders(question):
            texts = [without_orders(text) for text in texts]
        read = "\n".join((question, *(passage.title for passage in passages), *texts))
        self._library = library
        spoken, written = detect_language(strip_marks(draft)), detect_language("\n".join(texts))
        self._translated = bool(spoken and written and spoken != written)
        self._fits_question = spoken in (detect_language(question), wished)  # it was asked for in this language
        self._question = library.weigh_words(question, EVERY_WORD)
        self._terms = [set(library.stems(text)) for text in texts]
        self._question_shares = [held_share(self._question, terms) for terms in self._terms]
        self._numbers = [_numbers(text) | _numbers(question) for text in texts]
        self._read = set(library.stems(read))

    def attribute(self, statement: Statement) -> Attributed:
        if statement.leads or is_refusal(statement.text):  # nothing in a passage says what the passages do not say
            return Attributed(statement)
        if not self._terms:
            return Attributed(statement, supported=False)
        text = _LIST_NUMBER.sub("", statement.text)
        if self._translated:
            return self._attribute_translated(statement, text)
        words = [word for word in self._library.weigh_words(text, EVERY_WORD) if word.forms[0] not in _SAYS_NOTHING]
        words = words or self._question  # "Yes.": it says what the question asks
        shares = [held_share(words, terms) for terms in self._terms]
        ranked = sorted(range(len(shares)), key=lambda place: -(shares[place] + _QUESTION * self._question_shares[place]))
        chosen = self._choose(words, statement, shares, ranked)
        if self._held(words, chosen) < SUPPORT or not self._stands(text, chosen):
            return Attributed(statement, supported=False)
        return Attributed(statement, tuple(place + 1 for place in chosen), supported=True)

    def _attribute_translated(self, statement: Statement, text: str) -> Attributed:
        """In another language than the passages: no word can be held against them, but figures and names can.

        A name that is missing says nothing: German writes every noun as others write names. Where nothing of it can be
        compared, nobody can tell; in a language that nobody asked in, it is not supported.
        """
        numbers, names = _numbers(text), [set(self._library.stems(name)) for name in _NAME.findall(text)]
        held = [
            len(numbers & self._numbers[place]) + sum(terms.issuperset(name) for name in names)
            for place, terms in enumerate(self._terms)
        ]
        best = max(range(len(held)), key=lambda place: held[place] + _QUESTION * self._question_shares[place])
        if not numbers and not held[best]:
            return Attributed(statement, supported=None if self._fits_question else False, foreign=True)
        holds = numbers <= self._numbers[best]
        return Attributed(statement, (best + 1,) if holds else (), supported=holds, foreign=True)

    def _choose(
        self, words: Sequence[WeighedWord], statement: Statement, shares: Sequence[float], ranked: Sequence[int]
    ) -> list[int]:
        """The best passage, marks of the model's own that are nearly as good, and what else of the statement others hold."""
        best = ranked[0]
        own = [mark - 1 for mark in statement.marks if 1 <= mark <= len(shares)]
        chosen = [place for place in own if shares[place] >= max(_OWN_MARK * shares[best], SUPPORT)] or [best]
        held = self._held(words, chosen)
        for place in ranked:
            if place in chosen or len(chosen) >= _MOST_MARKS:
                continue
            more = self._held(words, [*chosen, place])
            if more >= held + _ADDS:
                chosen, held = [*chosen, place], more
        return chosen

    def _held(self, words: Sequence[WeighedWord], places: Sequence[int]) -> float:
        return held_share(words, set().union(*(self._terms[place] for place in places)))

    def _stands(self, text: str, places: Sequence[int]) -> bool:
        """Whether its numbers stand in the passages chosen, and most of its names in what was read."""
        names = [set(self._library.stems(name)) for name in _NAME.findall(text)]
        missing = sum(not self._read.issuperset(name) for name in names)
        numbers = set().union(*(self._numbers[place] for place in places))
        return numbers.issuperset(_numbers(text)) and missing <= _NAMES * len(names)


def _numbers(text: str) -> set[str]:
    """Its numbers, without what parts thousands, and without those that only count a list."""
    numbers = _NUMBER.findall(_LIST_NUMBER.sub("", text))
    return {re.sub(r"[,.](?=\d{3}(?:\D|$))", "", number) for number in numbers}
