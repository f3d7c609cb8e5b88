"""What memory makes of one judgement: a question, its right answer, and the passage that this rests on.

An entry holds on to its passage by the document's name and hash and by the sentence, never by a chunk's id: documents are
cut anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...conversations import Exchange, ExchangeUnreadable, ShownPassage, Style
from ...feedback import PREFERENCE, FeedbackEvent
from ...retrieval import split_sentences
from ...text import safe
from ..writing import strip_marks
from .alignment import align
from .framing import answer_in

_MARK = re.compile(r"\[(\d{1,4})\]")
_LONGEST_PASSAGE = 2_000  # characters that are kept


@dataclass(frozen=True, slots=True)
class Anchor:
    """The passage that an answer rests on."""

    document: str  # as it was ingested
    collection: str  # empty where an earlier version did not write it down
    sha256: str  # of the document then; the same
    passage: str
    sentence: str  # that has the answer; empty: on the whole passage


@dataclass(frozen=True, slots=True)
class Entry:
    """A correction, or an answer that was accepted."""

    event_id: str
    kind: Literal["correction", "accepted"]
    person: str
    created_at: str
    message_id: str
    question: str  # a follow-up with its subject
    answer: str  # without marks
    style: Style
    anchor: Anchor | None  # None: on the person's word alone
    aligned: str = ""  # the answer in the words of the passage; empty where that has none
    collections: tuple[str, ...] = ()  # that were asked

    @property
    def ties(self) -> bool:
        """Whether it says that its passage answers: a correction in words of none was only shown that one."""
        return self.anchor is not None and (self.kind == "accepted" or bool(self.anchor.sentence))

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Entry:
        """Of what `asdict` gave, through JSON.

        Raises:
            TypeError: it is something else.
        """
        anchor = Anchor(**row["anchor"]) if row.get("anchor") else None
        return cls(**{**row, "anchor": anchor, "collections": tuple(row.get("collections", ()))})


def entry_of(event: FeedbackEvent) -> Entry | None:
    """What `event` has memory hold; None where that is nothing, or it cannot be read."""
    exchange = exchange_of(event)
    if exchange is None or exchange.answer.kind == "imported" or not exchange.question.strip():
        return None
    if event.kind == PREFERENCE:
        return _of_accepted(event, exchange) if not exchange.answer.abstained and exchange.answer.memory is None else None
    if event.correction:
        return _of_correction(event, exchange, event.correction)
    accepted = event.rating in ("up", 4, 5) and not exchange.answer.abstained and exchange.answer.memory is None
    return _of_accepted(event, exchange) if accepted else None


def vetoed_question(event: FeedbackEvent) -> tuple[str, str] | None:
    """The entry that gave an answer which `event` rates bad, and the question that it answered; None where none did."""
    exchange = exchange_of(event)
    given = exchange.answer.memory if exchange is not None else None
    if exchange is None or given is None or event.rating not in ("down", 1, 2):
        return None
    return given.id, asked_as(exchange.question, exchange.query)


def why_not_remembered(exchange: Exchange) -> str | None:
    """Why no correction of the answer of `exchange` is remembered; None: it is."""
    if exchange.answer.kind == "imported":
        return "It was imported, and never asked here."
    return None


def asked_as(question: str, query: str) -> str:
    """A question as memory knows it: as it was typed, unless it leaves out its subject."""
    return question if query in question else query


def _of_correction(event: FeedbackEvent, exchange: Exchange, correction: str) -> Entry | None:
    answer = strip_marks(correction)
    shown = _cited_first(exchange, correction)
    question = asked_as(exchange.question, exchange.query)
    aligned = align(answer, question, [passage.text for passage in shown])
    if exchange.style == "span":  # of which the answer is a phrase
        answer = answer_in(answer, exchange.answer.short)
    entry = _entry(event, exchange, "correction", answer)
    if aligned is None:
        return replace(entry, anchor=_anchor_by_sentence(answer, question, shown)) if shown else entry
    passage = shown[aligned.passage]
    sentence = passage.text[aligned.first : aligned.last]
    return replace(entry, anchor=anchor_of(passage, sentence), aligned=" ".join(aligned.text.split()))


def _anchor_by_sentence(answer: str, question: str, shown: Sequence[ShownPassage]) -> Anchor:
    """By the first sentence of a long correction that the text has; all of the best passage where it has none."""
    sentences = [answer[start:end] for start, end in split_sentences(answer)]
    texts = [passage.text for passage in shown]
    parts = (align(sentence, question, texts) for sentence in sentences if len(sentences) > 1)
    for part in filter(None, parts):
        return anchor_of(shown[part.passage], shown[part.passage].text[part.first : part.last])
    return anchor_of(shown[0], "")


def _of_accepted(event: FeedbackEvent, exchange: Exchange) -> Entry | None:
    answer = exchange.answer
    text = answer.short.strip() or strip_marks(answer.answer)
    shown = _cited_first(exchange, answer.answer)
    if not text or not answer.citations or not shown:
        return None
    aligned = align(text, answer.question, [shown[0].text])
    sentence = shown[0].text[aligned.first : aligned.last] if aligned else ""
    return replace(_entry(event, exchange, "accepted", text), anchor=anchor_of(shown[0], sentence))


def _entry(event: FeedbackEvent, exchange: Exchange, kind: Literal["correction", "accepted"], answer: str) -> Entry:
    return Entry(
        event_id=event.event_id,
        kind=kind,
        person=event.person,
        created_at=event.created_at,
        message_id=event.message_id,
        question=asked_as(exchange.question, exchange.query),
        answer=safe(answer),
        style=exchange.style,
        anchor=None,
        collections=exchange.collections,
    )


def _cited_first(exchange: Exchange, text: str) -> Sequence[ShownPassage]:
    """The passages shown: those that `text` marks, then those that the answer cites, then the others, best first."""
    marks = [int(mark) for mark in _MARK.findall(text)] + [citation.n for citation in exchange.answer.citations]
    ranks = {mark: at for at, mark in reversed(list(enumerate(marks)))}
    return sorted(exchange.passages, key=lambda passage: ranks.get(passage.n, len(marks)))


def anchor_of(passage: ShownPassage, sentence: str) -> Anchor:
    """A passage as it was shown, and the sentence of it that has the answer; empty: the whole passage."""
    return Anchor(
        passage.source, passage.collection, passage.sha256, passage.text[:_LONGEST_PASSAGE], " ".join(sentence.split())
    )


def exchange_of(event: FeedbackEvent) -> Exchange | None:
    """What `event` speaks of, of two answers the better one; None where it cannot be read."""
    try:
        return event.chosen if event.kind == PREFERENCE else event.exchange
    except ExchangeUnreadable:
        return None
