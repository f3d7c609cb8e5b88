"""A chat client that replays a script: AutoGen's, which besides can stream, be slow, and fail in the middle of an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, RequestUsage
from autogen_core.tools import Tool, ToolSchema
from autogen_ext.models.replay import ReplayChatCompletionClient
from pydantic import BaseModel

from ...errors import AylluError
from ..wire import result_of

_PIECE = re.compile(r"\s*\S+\s*$|\s*\S+")  # a word with the space before it, the last one also with that after it


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a script. With an `error`, `pieces_before_error` pieces of the text come, and then that is raised."""

    text: str = ""
    error: Exception | None = None
    pieces_before_error: int = 0
    pause_s: float = 0.0  # before each piece
    finish_reason: Literal["stop", "length", "unknown"] = "stop"


class ScriptEnded(AylluError):
    """More was asked than the script has replies for."""

    kind = "script_ended"


class ScriptedClient(ReplayChatCompletionClient):
    """Gives `replies` one after the other, then what `otherwise` makes of the messages; without it, a call too many fails.

    `calls` holds the messages and the options of every call, in order. Usage counts words.
    """

    def __init__(
        self, replies: Sequence[str | Reply] = (), *, otherwise: Callable[[Sequence[LLMMessage]], str | Reply] | None = None
    ) -> None:
        super().__init__([])
        self.replies: list[str | Reply] = list(replies)
        self.calls: list[tuple[Sequence[LLMMessage], Mapping[str, Any]]] = []
        self._otherwise = otherwise
        self._total_available_tokens = 1_000_000

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        stream = self.create_stream(messages, extra_create_args=extra_create_args, cancellation_token=cancellation_token)
        return await result_of(stream)

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The next reply, word by word.

        Raises:
            ScriptEnded: there is none.
            asyncio.CancelledError: the token was cancelled.
            Exception: what the reply says.
        """
        self.calls.append((list(messages), dict(extra_create_args)))
        reply = self._next(messages)
        token = cancellation_token or CancellationToken()
        pieces = _PIECE.findall(reply.text)
        for piece in pieces[: reply.pieces_before_error] if reply.error else pieces:
            await _pause(reply.pause_s, token)
            yield piece
        if reply.error is not None:
            await _pause(reply.pause_s, token)
            raise reply.error
        self._cur_usage = RequestUsage(prompt_tokens=self.count_tokens(messages), completion_tokens=len(pieces))
        self._update_total_usage()
        yield CreateResult(finish_reason=reply.finish_reason, content=reply.text, usage=self._cur_usage, cached=False)

    def _next(self, messages: Sequence[LLMMessage]) -> Reply:
        if self.replies:
            reply = self.replies.pop(0)
        elif self._otherwise is not None:
            reply = self._otherwise(messages)
        else:
            raise ScriptEnded("The script has no further reply.", hint="Give the scripted client as many as are asked for.")
        return Reply(reply) if isinstance(reply, str) else reply


async def _pause(seconds: float, token: CancellationToken) -> None:
    """Let others run, `seconds` long, unless the token is cancelled before or meanwhile."""
    if token.is_cancelled():
        raise asyncio.CancelledError
    sleep = asyncio.ensure_future(asyncio.sleep(seconds))
    token.link_future(sleep)
    await sleep
