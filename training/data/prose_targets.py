"""The answer that a model should have written: a correction with the marks under which the model got its passages.

On screen the cited passages come first; the prompt has them in the order in which they are read. What stands on screen and
not in the prompt cannot be learnt from that prompt. A correction without marks gets those of the passages that support it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

from ...conversations import ChatMessage, Exchange, ShownPassage

Marker = Callable[[str, str, Sequence[ShownPassage]], str]
"""The question, an answer without marks, and passages: the answer with marks that count the passages from 1."""

_MARK = re.compile(r"[ \t]*\[(\d{1,4})\]")
_NUMBERED = re.compile(r'^\[(\d{1,4})\] "', re.MULTILINE)  # as `agents.writing.prose` begins a passage


@dataclass(frozen=True, slots=True)
class ProseTarget:
    """`as_sent`: whether the prompt that was sent has every passage that `text` rests on."""

    text: str
    as_sent: bool


def prose_target(correction: str, exchange: Exchange, mark: Marker | None) -> ProseTarget:
    """What to write instead of the answer of `exchange`; a mark that names no passage is left out."""
    places = {passage.n: place for place, passage in enumerate(exchange.passages, start=1)}
    text = _MARK.sub(lambda match: _renumbered(match, places), correction).strip()
    if mark is not None and not _MARK.search(text) and exchange.passages:
        text = mark(exchange.query, text, exchange.passages)
    read = passages_in_prompt(exchange)
    return ProseTarget(text, all(int(number) <= read for number in _MARK.findall(text)))


def passages_in_prompt(exchange: Exchange) -> int:
    """How many of the exchange's passages, the first ones, the model was given in messages; 0 where it was given none."""
    messages = [prompt for prompt in exchange.prompts if isinstance(prompt, ChatMessage)]
    if not messages:
        return 0
    numbers = {int(number) for message in messages for number in _NUMBERED.findall(message.content)}
    numbered = sum(1 for _ in takewhile(numbers.__contains__, count(1)))
    return numbered or len(exchange.passages)  # a prompt of a form that is not known here: all of them, as far as is known


def without_marks(text: str) -> str:
    return _MARK.sub("", text)


def first_mark(text: str) -> int | None:
    match = _MARK.search(text)
    return int(match[1]) if match else None


def _renumbered(match: re.Match[str], places: dict[int, int]) -> str:
    place = places.get(int(match[1]))
    return match[0].replace(match[1], str(place)) if place is not None else ""
