"""Keeping a question and its answer; where the file of conversations takes nothing, it is answered all the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from ..conversations import Answer, Conversations, Exchange
from ..storage import DatabaseDamaged, DatabaseUnavailable
from ..text import safe
from .writing import EARLIER

log = logging.getLogger(__name__)
_NOT_KEPT = (DatabaseDamaged, DatabaseUnavailable)


class Keeper:
    """Keeps one question, from the moment it is sent. That its answer is not kept the person is told through `warn`."""

    def __init__(self, conversations: Conversations, session_id: str, warn: Callable[[str], None]) -> None:
        self._conversations = conversations
        self._session_id = session_id
        self._warn = warn
        self._question_id: str | None = None

    async def keep_question(self, question: str) -> None:
        try:
            self._question_id = await asyncio.to_thread(self._conversations.save_question, self._session_id, question)
        except _NOT_KEPT as error:  # its answer may be kept, when that comes
            error.log_once(log)

    async def keep_answer(self, exchange: Exchange) -> Answer:
        """The answer as it is shown: with a warning, where it is not kept."""
        try:
            await asyncio.to_thread(self._conversations.save, exchange, self._question_id)
        except _NOT_KEPT as error:
            error.log_once(log)
            warning = safe(f"{error.message} This answer is not kept, and cannot be rated. {error.hint}")
            self._warn(warning)
            return replace(exchange.answer, warnings=(*exchange.answer.warnings, warning))
        return exchange.answer

    async def give_back(self) -> None:
        """The person has the question again: it need not be offered at the next start."""
        if self._question_id is not None:
            try:
                await asyncio.to_thread(self._conversations.answered, self._question_id)
            except _NOT_KEPT as error:  # then it is offered again
                error.log_once(log)

    async def latest(self) -> Exchange | None:
        """The latest exchange of the conversation, answered or not."""
        try:
            exchanges = await asyncio.to_thread(self._conversations.exchanges, self._session_id, 1)
        except _NOT_KEPT as error:  # `history` tells the person
            error.log_once(log)
            return None
        return exchanges[-1] if exchanges else None

    async def history(self) -> tuple[tuple[str, str], ...]:
        """What was said before of the documents, (question, answer), oldest first, as far as anybody looks back."""
        try:
            latest = await asyncio.to_thread(self._conversations.latest_answered, self._session_id, 2 * EARLIER)
        except _NOT_KEPT as error:
            error.log_once(log)
            self._warn(safe(f"{error.message} What was said before is not looked at."))
            return ()
        of_documents = [exchange for exchange in latest if exchange.passages][-EARLIER:]
        return tuple((exchange.question, exchange.answer.short or exchange.answer.answer) for exchange in of_documents)
