"""Answers that a person accepted: rated up, and not corrected by anybody. What they say is right, and no lesson.

They are asked again of a new adapter, which should not lose them; and with the answers judged wrong they say which share of
this person's questions is answered rightly as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...conversations import Exchange, ExchangeUnreadable
from ...evaluation import Shares
from ...feedback import FeedbackEvent
from ...retrieval import Embedder
from .corrections import Correction
from .duplicates import Likeness, PosedQuestion
from .spaces import single_spaced

_UP, _DOWN = {"up", 4, 5}, {"down", 1, 2}


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """One answer that was rated up. `group` is its conversation, as `Correction.group`."""

    event_id: str
    group: str
    question: str
    answer: str  # its short core
    passages: Sequence[str]  # as shown
    cited: Sequence[str]  # of them, those that it cites


@dataclass(frozen=True, slots=True)
class _Judged:
    """What stands on one answer, of all persons."""

    accepted: str  # the event of the latest rating up; empty where there is none
    wrong: bool


def judged_shares(events: Sequence[FeedbackEvent], *, by_memory: bool = False) -> Shares:
    """Of answers that a model wrote and a person judged, or that memory gave. Refusals that were right answer nothing."""
    judged = _judgements(events, by_memory=by_memory).values()
    return Shares(sum(each.wrong for each in judged), sum(bool(each.accepted) and not each.wrong for each in judged))


def collect_accepted(
    events: Sequence[FeedbackEvent],
    style: str,
    corrections: Sequence[Correction],
    embedder: Embedder | None,
    most: int,
    seed: int = 0,
) -> list[AcceptedAnswer]:
    """At most `most`, drawn by chance, and mostly the same ones while the log grows.

    Left out is what asks the same as one of the `corrections`, whose answer a model may learn, or as another.
    """
    judged = _judgements(events)
    names = {each.accepted for each in judged.values() if not each.wrong}
    answers = [answer for event in events if event.event_id in names and (answer := _read(event, style)) is not None]
    answers = [answers[place] for place in _different(answers, corrections, embedder)]
    answers.sort(key=lambda answer: hashlib.sha256(f"{seed} {answer.event_id}".encode()).hexdigest())
    return answers[:most]


def _judgements(events: Sequence[FeedbackEvent], *, by_memory: bool = False) -> dict[str, _Judged]:
    """By answer. A rating in the middle says neither."""
    judged: dict[str, _Judged] = {}
    for event in events:
        answer = _answer_row(event)
        if event.kind != "rating" or answer is None or bool(answer.get("memory")) != by_memory:
            continue
        before = judged.get(event.message_id, _Judged("", False))
        accepted = event.event_id if event.rating in _UP and answer.get("kind") != "abstained" else before.accepted
        judged[event.message_id] = _Judged(accepted, before.wrong or event.rating in _DOWN or event.correction is not None)
    return {name: each for name, each in judged.items() if each.wrong or each.accepted}


def _answer_row(event: FeedbackEvent) -> Mapping[str, Any] | None:
    """The answer that it speaks of, as it was kept; None where nobody gave one: of a file's questions, say."""
    message = (event.payload or {}).get("message")
    answer = message.get("answer") if isinstance(message, Mapping) and not message.get("origin") else None
    return answer if isinstance(answer, Mapping) else None


def _read(event: FeedbackEvent, style: str) -> AcceptedAnswer | None:
    try:
        exchange = event.exchange
    except ExchangeUnreadable:
        return None
    if exchange is None or exchange.style != style or exchange.answer.abstained or not exchange.answer.short.strip():
        return None
    return AcceptedAnswer(
        event.event_id,
        exchange.session_id or exchange.message_id,
        exchange.query,
        single_spaced(exchange.answer.short),
        [passage.text for passage in exchange.passages],
        _cited(exchange),
    )


def _cited(exchange: Exchange) -> list[str]:
    passages = [exchange.passage(citation.n) for citation in exchange.answer.citations]
    return [passage.text for passage in passages if passage is not None]


def _different(
    answers: Sequence[AcceptedAnswer], corrections: Collection[Correction], embedder: Embedder | None
) -> list[int]:
    questions = [PosedQuestion(answer.question, [answer.answer]) for answer in answers]
    learned = [PosedQuestion(correction.question, [correction.answer]) for correction in corrections]
    likeness = Likeness([*questions, *learned], embedder)
    others = dict.fromkeys(range(len(questions), len(questions) + len(learned)))
    for place in reversed(range(len(questions))):
        if not likeness.same_words(place, others) and not likeness.alike(place, others):
            others[place] = None
    return sorted(place for place in others if place < len(questions))
