"""What is said of the latest answer in the line chat: `/good`, `/partly`, `/bad`, `/correct WORDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...app import (
    Rating,
    in_keys,
    keep_correction,
    keep_rating,
    progress_to_learning,
    usable_for,
    use_words,
)
from ...errors import UsageError
from ..context import CommandContext

if TYPE_CHECKING:
    from ...conversations import Exchange

_RATINGS: Mapping[str, Rating] = {"good": "up", "partly": "partly", "bad": "down"}
CORRECT = "correct"
JUDGING: Mapping[str, str] = {
    "good": "the last answer is right; said again, it is taken back",
    "partly": "it is partly right",
    "bad": "it is wrong",
    CORRECT: "what it should have been, after the word",
}
"""Commands, with what they mean."""
_TYPED = {"--abstention does": "/good or /bad of a refusal does", "--correction": f"/{CORRECT}"}


def judge_answer(command: CommandContext, message_id: str | None, word: str, words: str) -> None:
    """Do what `/word` says of the answer `message_id`, with what is written after it.

    Raises:
        UsageError: nothing was answered yet, or the correction is empty.
    """
    if message_id is None:
        raise UsageError("There is no answer yet to judge.", hint="Ask something first.")
    exchange = command.app.conversations.get(message_id)
    if word == CORRECT:
        _correct(command, exchange, words)
    else:
        _rate(command, exchange, _RATINGS[word])


def _rate(command: CommandContext, exchange: Exchange, rating: Rating) -> None:
    judgement = keep_rating(command.app, exchange.message_id, rating)
    if judgement is None or judgement.rating != rating:
        command.output.note("Taken back: the answer is not rated.")
        return
    usable = usable_for(command.app, exchange, rating=rating)
    _thank(command, use_words(usable, ["rating"], refusal=exchange.answer.abstained))


def _correct(command: CommandContext, exchange: Exchange, correction: str) -> None:
    if not correction:
        raise UsageError("The correction is empty.", hint=f"Write /{CORRECT} and what the answer should have been.")
    keep_correction(command.app, exchange, correction)
    usable = usable_for(command.app, exchange, correction=correction)
    use = use_words(usable, ["correction"], refusal=exchange.answer.abstained)
    learning = progress_to_learning(command.app) if usable["training"] is True else str(usable["training"])
    _thank(command, f"{use} {learning}")


def _thank(command: CommandContext, use: str) -> None:
    command.output.note(f"Kept. {in_keys(use, _TYPED)}")
