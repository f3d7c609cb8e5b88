"""A role: an AutoGen agent that makes one message of those it has received."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage
from autogen_core import CancellationToken

from ..messages import TeamMessage
from .context import RoleContext

Thread = Sequence[BaseChatMessage]  # all that an agent has received and said, oldest first


class Role(BaseChatAgent):
    """What it says next depends on the thread of messages alone, and it says it in a new message.

    AutoGen hands an agent what is new since its last turn, and turns its exceptions into strings: `on_error` gets them as
    they were raised.
    """

    task: ClassVar[str]
    produces: ClassVar[type[TeamMessage]]

    def __init__(
        self, name: str, context: RoleContext, on_error: Callable[[BaseException], None] = lambda error: None
    ) -> None:
        super().__init__(name, self.task)
        self._context = context
        self._on_error = on_error
        self._thread: list[BaseChatMessage] = []

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (self.produces,)

    @abstractmethod
    async def respond(self, thread: Thread, stop: CancellationToken) -> TeamMessage:
        """The message that follows `thread`.

        Raises:
            AylluError: it could not be made.
            asyncio.CancelledError: `stop` was cancelled.
        """

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        self._thread += messages
        task = asyncio.ensure_future(self.respond(tuple(self._thread), cancellation_token))
        cancellation_token.link_future(task)
        try:
            message = await task
        except BaseException as error:
            self._on_error(error)
            raise
        self._thread.append(message)
        return Response(chat_message=message)

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._thread.clear()
