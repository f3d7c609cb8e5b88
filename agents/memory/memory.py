"""Memory: what a person said of earlier answers, brought to a question that asks for the same.

A correction is the answer where its question comes again, in the person's words; in other words too, with a note. What is
only near is shown beside the answer. Nothing is used whose document has changed since.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...conversations import Closeness, Recalled
from ...errors import AylluError
from ...feedback import FeedbackLog
from ...retrieval import Library, Passage, Pin, Retrieved
from ...text import one_line, safe
from .anchoring import Standing, holds, look_anywhere, passages_of, stand_anywhere, stand_of, text_in
from .entries import Entry, asked_as
from .kept import Kept, KeptEntries, normal_form
from .likeness import MEASURED_WITH, NEAR, ask_the_same, comparable, shared_words

log = logging.getLogger(__name__)
_LOOKED_AT = 8  # entries nearest to a question, of which the passages are looked for
_BESIDE = 3  # shown beside an answer


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entry for one question, with where its passage stands now."""

    entry: Entry
    recalled: Recalled
    standing: Standing

    @property
    def passage(self) -> Passage | None:
        """In which the answer stands, or that was shown where the answer is in the person's own words."""
        return self.standing.passage

    @property
    def sentence(self) -> str:
        return self.entry.anchor.sentence if self.entry.anchor is not None else ""


@dataclass(frozen=True, slots=True)
class Recollection:
    """What memory has for a question. `given` is the answer; None: there is none, and it is answered as ever."""

    given: Remembered | None = None
    near: tuple[Remembered, ...] = ()


class Memory:
    """The memory of one person's log. Methods are safe to call from several threads."""

    def __init__(self, open_log: Callable[[], FeedbackLog | None], person: str, *, anywhere: bool = False) -> None:
        """`open_log` gives the log, None where nothing was said yet. `anywhere`: whatever the collection is called."""
        self._open_log = open_log
        self._person = person
        self._anywhere = anywhere
        self._kept: KeptEntries | None = None
        self._lock = threading.Lock()

    def entries(self) -> Sequence[Entry]:
        """All that count, latest first.

        Raises:
            DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
        """
        return self._read().entries

    def knows(self, question: str, library: Library, collections: Sequence[str]) -> bool:
        """Whether the person has corrected this very question, and that still counts. No, where the log cannot be read."""
        form = normal_form(question)
        try:
            with self._lock:
                kept = self._read()
                return any(
                    entry.kind == "correction"
                    and self._is_own(entry)
                    and self._is_of(entry, collections)
                    and normal_form(entry.question) == form
                    and form not in kept.vetoes.get(entry.event_id, ())
                    and not stand_of(entry, library, collections, ()).stale
                    for entry in kept.entries
                )
        except AylluError as error:
            error.log_once(log)
            return False

    def recall(self, question: str, library: Library, collections: Sequence[str], retrieved: Retrieved) -> Recollection:
        """What was said of questions like this one.

        Raises:
            DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
        """
        with self._lock:
            return self._recall(question, library, collections, retrieved)

    def _recall(self, question: str, library: Library, collections: Sequence[str], retrieved: Retrieved) -> Recollection:
        kept = self._read()
        entries = [entry for entry in kept.entries if self._is_of(entry, collections)]
        if not entries:
            return Recollection()
        wanted = asked_as(question, retrieved.query)
        form = normal_form(wanted)
        same = [entry for entry in entries if normal_form(entry.question) == form]
        others = [entry for entry in entries if normal_form(entry.question) != form]
        candidates = [self._remember(entry, "same", library, collections, retrieved) for entry in same]
        for entry, cosine in self._nearest(wanted, others, library):
            candidate = self._compare(wanted, entry, cosine, library, collections, retrieved)
            candidates += [candidate] if candidate is not None else []
        candidates = [each for each in candidates if form not in kept.vetoes.get(each.entry.event_id, ())]
        given = next((each for each in candidates if _answers(each)), None)
        others_near = [each for each in candidates if each is not given and not _says_the_same(each, given)]
        return Recollection(given, tuple(others_near[:_BESIDE]))

    def pins(
        self,
        question: str,
        query: str,
        library: Library,
        collections: Sequence[str],
        *,
        without: str = "",
        answered: bool = False,
    ) -> Sequence[Pin]:
        """Passages that questions near this one were tied to, where they do not answer it by themselves; and those that
        were found wrong for this very question. `without`: an entry that is left out, to see what the others do. `answered`:
        those as well that answer the question themselves.

        Raises:
            DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
        """
        with self._lock:
            wanted, kept = asked_as(question, query), self._read()
            entries = [entry for entry in kept.entries if entry.ties and self._is_of(entry, collections)]
            entries = [entry for entry in entries if entry.event_id != without]
            tied = [
                pin
                for entry, cosine in self._nearest(wanted, entries, library)
                if (pin := self._pin(wanted, entry, cosine, library, collections, answered)) is not None
            ]
            return tied + self._wrong(wanted, kept, library, collections)

    def _wrong(self, wanted: str, kept: Kept, library: Library, collections: Sequence[str]) -> list[Pin]:
        """A passage that the person corrected an answer from, to this question, is not wrong for it."""
        if self._anywhere:
            return []
        form = normal_form(wanted)
        right = [entry for entry in kept.entries if entry.kind == "correction" and normal_form(entry.question) == form]
        return [
            Pin(passage.source, passage.collection, passage.text, 1.0, 1.0, wrong=True)
            for each in kept.wrong
            if each.person in ("", self._person) and normal_form(each.question) == form
            for passage in passages_of(each.anchor, library, collections)
            if not any(entry.anchor is not None and holds(passage.text, entry.anchor) for entry in right)
        ]

    def _pin(
        self, wanted: str, entry: Entry, cosine: float, library: Library, collections: Sequence[str], answered: bool
    ) -> Pin | None:
        answers = entry.kind == "correction" and self._is_own(entry) and _same(wanted, entry, cosine, library)
        if (answers and not answered) or not comparable(wanted, entry.question):
            return None
        if self._anywhere:
            passage = look_anywhere(entry, library, collections)
        else:
            passage = stand_of(entry, library, collections, ()).passage
        if passage is None or entry.anchor is None:
            return None
        share = shared_words(wanted, entry.question)
        return Pin(passage.source, passage.collection, text_in(passage.text, entry.anchor), cosine, share)

    def stale(self, entry: Entry, library: Library) -> str:
        """Why an entry does not count any more; empty where it does."""
        collections = [entry.anchor.collection] if entry.anchor and entry.anchor.collection else library.collections()
        return stand_of(entry, library, collections, ()).stale

    def _read(self) -> Kept:
        if self._kept is None:
            feedback = self._open_log()
            if feedback is None:
                return Kept((), {})
            self._kept = KeptEntries(feedback)
        return self._kept.read()

    def _is_own(self, entry: Entry) -> bool:
        return entry.person in ("", self._person)  # before persons were written down, a home had one

    def _is_of(self, entry: Entry, collections: Sequence[str]) -> bool:
        if self._anywhere:
            return True
        known = {entry.anchor.collection} if entry.anchor and entry.anchor.collection else set(entry.collections)
        return not known or bool(known & set(collections))

    def _nearest(self, wanted: str, entries: Sequence[Entry], library: Library) -> list[tuple[Entry, float]]:
        """Those that may be near, with the cosine of the questions, nearest first."""
        if not entries or self._kept is None:
            return []
        try:
            vector = library.embed_query(wanted)
            vectors = self._kept.vectors(entries, library.embedder.name, library.embed_query)
        except AylluError as error:  # what is wanted again word by word needs none
            error.log_once(log)
            return []
        cosines = vectors @ vector
        first = [int(at) for at in np.argsort(-cosines, kind="stable")[:_LOOKED_AT]]
        return [(entries[at], float(cosines[at])) for at in first if cosines[at] >= NEAR]

    def _compare(
        self,
        wanted: str,
        entry: Entry,
        cosine: float,
        library: Library,
        collections: Sequence[str],
        retrieved: Retrieved,
    ) -> Remembered | None:
        """`entry` for a question in other words; None where that asks for something else."""
        if not comparable(wanted, entry.question):
            return None
        closeness: Closeness = "alike" if _same(wanted, entry, cosine, library) else "near"
        candidate = self._remember(entry, closeness, library, collections, retrieved)
        if closeness == "alike" and not candidate.standing.retrieved:
            return self._remember(entry, "near", library, collections, retrieved)
        return candidate

    def _remember(
        self, entry: Entry, closeness: Closeness, library: Library, collections: Sequence[str], retrieved: Retrieved
    ) -> Remembered:
        if self._anywhere:
            standing = stand_anywhere(entry, retrieved.passages)
        else:
            standing = stand_of(entry, library, collections, retrieved.passages)
        return Remembered(entry, self._recalled(entry, closeness, standing.stale), standing)

    def _recalled(self, entry: Entry, closeness: Closeness, stale: str) -> Recalled:
        return Recalled(
            id=entry.event_id,
            kind=entry.kind,
            closeness=closeness,
            question=safe(entry.question),
            answer=entry.answer,
            person=one_line(entry.person),
            own=self._is_own(entry),
            created_at=entry.created_at,
            message_id=entry.message_id,
            document=safe(entry.anchor.document) if entry.anchor else "",
            own_words=entry.kind == "correction" and not entry.aligned,
            stale=stale,
        )


def _same(wanted: str, entry: Entry, cosine: float, library: Library) -> bool:
    return ask_the_same(wanted, entry.question, cosine, measured=library.embedder.name == MEASURED_WITH)


def _answers(each: Remembered) -> bool:
    recalled = each.recalled
    return recalled.kind == "correction" and recalled.own and not recalled.stale and recalled.closeness != "near"


def _says_the_same(each: Remembered, given: Remembered | None) -> bool:
    return given is not None and normal_form(each.entry.answer) == normal_form(given.entry.answer)
