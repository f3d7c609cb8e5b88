"""Documents told apart by what they are about: of many alike, such as reports of several firms, a question names some.

The name stands in a document's title or opening, and in few of the passages below; so a passage that answers may lack it,
and a passage that has it may say nothing else of what is asked. Where a question has names that stand in the openings of
some long documents, not of most, and in few others at all, it is also put to these alone, without the names; and where it
has a day, or the year or quarter of a file's name, of those of that period. Figures: `docs/evaluation.md`.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..docstore import STOP_WORDS, KeywordIndex, find_dates
from ..docstore import words as words_of
from .periods import periods

_EDGES = "?!.,;:\"'()[]{}“”‘’«»¿¡…`*"
_POSSESSIVE = re.compile(r"['’]s?$")
_FEWEST_WORDS = 2  # that carry meaning, beside the names
_MOST_NAMES = 6
_FORMS = {"inc", "corp", "corporation", "company", "ltd", "limited", "llc", "plc", "gmbh"}  # of firms
_CALENDAR = {name.lower() for name in (*calendar.month_name, *calendar.day_name) if name}


@dataclass(frozen=True, slots=True)
class Subject:
    """The documents that a question is about, by number, and what it asks of them."""

    sources: Sequence[int]
    rest: str


def find_subject(
    question: str, collections: Sequence[str], keywords: KeywordIndex, sources: Collection[int] | None = None
) -> Subject | None:
    """`sources`: the documents among which to look, all where it is None."""
    named: Counter[int] = Counter()
    words = [_Word(written) for written in question.split()]
    dropped: set[int] = set()
    for run in _runs(words)[:_MOST_NAMES]:
        documents = _documents_about([words[at].bare for at in run], collections, keywords)
        named.update(documents)
        dropped.update(run if documents else ())
    rest = " ".join(word.written for at, word in enumerate(words) if at not in dropped)
    if not named or len(set(words_of(rest)) - STOP_WORDS) < _FEWEST_WORDS:
        return None
    most = max(named.values())
    chosen = [number for number, count in named.items() if count == most and (sources is None or number in sources)]
    return Subject(sorted(_of_period(question, chosen, keywords)), rest) if chosen else None


def _of_period(question: str, documents: Sequence[int], keywords: KeywordIndex) -> Sequence[int]:
    """Those of the day, or else of the year and quarter, that the question has; all where none is."""
    if len(documents) < 2:
        return documents
    if days := find_dates(question):
        begun = {number for day in days for number in keywords.documents_opening_with(day, documents)}
        return [number for number in documents if number in begun] or documents
    wanted = periods(question)
    names = keywords.names(documents)
    of_period = [
        number
        for number in documents
        if any(period.includes(known) for period in wanted for known in periods(names.get(number, "")))
    ]
    return of_period or documents


class _Word:
    """`bare`: without the marks around it and the ending of a possessive, which ends a name."""

    def __init__(self, written: str) -> None:
        self.written = written
        word = written.strip(_EDGES)
        self.bare = _POSSESSIVE.sub("", word)
        self.ends_name = not written.endswith(self.bare)

    @property
    def may_name(self) -> bool:
        """A word with a capital; no month and no day."""
        return len(self.bare) > 2 and self.bare[0].isupper() and self.bare.isalpha() and self.bare.lower() not in _CALENDAR


def _runs(words: Sequence[_Word]) -> list[list[int]]:
    """The places of words that may name something, those of a name of several words together.

    The first word of a question has its capital anyway: alone it names only what it possesses.
    """
    runs: list[list[int]] = []
    open_run = False
    for at, word in enumerate(words):
        if not word.may_name or (at == 0 and not word.ends_name):
            open_run = False
            continue
        if open_run:
            runs[-1].append(at)
        else:
            runs.append([at])
        open_run = not word.ends_name
    return runs


def _documents_about(name: Sequence[str], collections: Sequence[str], keywords: KeywordIndex) -> set[int]:
    """The documents whose openings have all the words of a name, as far as these tell documents apart."""
    about: set[int] | None = None
    for word in name:
        if word.lower() in _FORMS or (documents := keywords.documents_about(word, *collections)) is None:
            continue
        about = set(documents) if about is None else about & set(documents)
    return about or set()
