"""AutoGen's chat client for TGI: one question until it is answered, with a pause where the server is overloaded, and once
with less history where the prompt is too long."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal

from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import CreateResult, LLMMessage, ModelInfo, RequestUsage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from ...text import count
from ..base import ResultWithNotices
from ..wire import Backoff, ChatClient, Stoppable
from .errors import Refused, TooLong, cut_off, told, unreadable
from .messages import Told, request, without_oldest
from .wire import Wire

_SHORTEST = 32  # tokens of an answer worth asking for
_FINISH: Mapping[str, Literal["stop", "length", "function_calls"]] = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "function_calls",
}


@dataclass(slots=True)
class _Call:
    """One question on its way: what is sent next, and what the person should know of it."""

    messages: Sequence[LLMMessage]
    linked: Stoppable  # awaits whatever a cancelled token shall end
    asked: int = 0
    trimmed: bool = False
    most_new: int | None = None  # tokens of the answer, where the prompt leaves less than was wished
    notices: list[str] = field(default_factory=list)


class TGIClient(ChatClient):
    """`prepare` runs before each request (it reads `/info` once); `seen` hears the model's name from each answer.

    Raises (from `create` and `create_stream`):
        BackendUnreachable, BackendFailed, ContextOverflow, UsageError
    """

    def __init__(
        self,
        wire: Wire,
        *,
        adapter: str | None,
        context: Callable[[], int],
        prepare: Callable[[], Coroutine[Any, Any, None]],
        seen: Callable[[str], None],
        backoff: Backoff,
    ) -> None:
        super().__init__()
        self._wire = wire
        self._adapter = adapter
        self._context = context
        self._prepare = prepare
        self._seen = seen
        self._backoff = backoff

    @property
    def context(self) -> int:
        return self._context()

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
        call = _Call(messages, Stoppable(cancellation_token))
        await call.linked(self._prepare())
        while True:
            body = self._body(call, tools, tool_choice, json_output, extra_create_args)
            try:
                whole = await call.linked(self._wire.chat(body))
            except Refused as refused:
                await self._mend(refused, call, body)
                continue
            answer = Told(body.get("stop", ()))
            try:
                answer.take(whole)
                if answer.finish is None:
                    raise ValueError("an answer without a choice")
                return self._result(answer, call)
            except (TypeError, ValueError, AttributeError) as error:
                raise unreadable(self._wire.where, error) from error

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
        call = _Call(messages, Stoppable(cancellation_token))
        await call.linked(self._prepare())
        while True:
            body = self._body(call, tools, tool_choice, json_output, extra_create_args)
            shown = False
            try:
                async with aclosing(self._streamed(body, call)) as pieces:
                    async for piece in pieces:
                        shown = True
                        yield piece
                return
            except Refused as refused:
                if shown:
                    raise told(refused, self._wire.where) from refused
                await self._mend(refused, call, body)

    async def _streamed(self, body: Mapping[str, Any], call: _Call) -> AsyncGenerator[str | CreateResult, None]:
        answer, done = Told(body.get("stop", ())), False
        async with aclosing(self._wire.chat_events(body)) as events:
            while not done and (event := await call.linked(_next(events))) is not _END:
                done = event is None
                try:
                    text = answer.take(event) if event is not None else ""
                except (TypeError, ValueError, AttributeError) as error:
                    raise unreadable(self._wire.where, error) from error
                if text:
                    yield text
        # seen of real servers: a stream of tool calls may end without a reason; there the arguments show that it is whole
        if answer.finish is None and not (done and answer.whole_calls):
            raise cut_off(self._wire.where)
        if rest := answer.rest():
            yield rest
        yield self._result(answer, call)

    def _body(self, call: _Call, tools: Any, choice: Any, json_output: Any, extra: Mapping[str, Any]) -> dict[str, Any]:
        call.asked += 1
        body = request(
            call.messages, adapter=self._adapter, tools=tools, tool_choice=choice, json_output=json_output, extra=extra
        )
        if call.most_new is not None:
            body["max_tokens"] = call.most_new
        return body

    async def _mend(self, refused: Refused, call: _Call, body: Mapping[str, Any]) -> None:
        """Make the next request possible.

        Raises:
            AylluError: there is no next one.
        """
        long = refused.too_long()
        if refused.overloaded and call.asked < self._backoff.tries:
            await call.linked(self._backoff.pause(call.asked, least_s=refused.retry_after_s))
        elif long is None or call.trimmed or not self._shorten(call, long):
            raise told(refused, self._wire.where) from refused

    def _shorten(self, call: _Call, long: TooLong) -> bool:
        """Once: leave out the oldest turns, or where there are none ask for a shorter answer; the person is told."""
        call.trimmed = True
        if (shorter := without_oldest(call.messages, long.tokens, long.limit)) is not None:
            dropped = len(call.messages) - len(shorter)
            call.messages = shorter
            call.notices.append(
                f"The conversation has become too long for the model: its oldest {count(dropped, 'message')} "
                f"{'was' if dropped == 1 else 'were'} left out."
            )
        elif long.room >= _SHORTEST:
            call.most_new = long.room
            call.notices.append(f"The prompt leaves room for an answer of {long.room:,} tokens only.")
        else:
            return False
        return True

    def _result(self, answer: Told, call: _Call) -> CreateResult:
        if answer.model:
            self._seen(answer.model)
        usage = RequestUsage(
            prompt_tokens=int(answer.usage.get("prompt_tokens") or 0),
            completion_tokens=int(answer.usage.get("completion_tokens") or 0),
        )
        self.record_usage(usage)
        calls = _function_calls(answer)
        return ResultWithNotices(
            finish_reason="function_calls" if calls else _FINISH.get(answer.finish or "", "unknown"),
            content=calls or answer.text,
            usage=usage,
            cached=False,
            thought=answer.text or None if calls else None,
            notices=tuple(call.notices),
        )

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False,
            function_calling=True,
            json_output=False,  # by a schema only
            structured_output=True,
            family="unknown",
        )


_END = object()


async def _next(events: AsyncGenerator[Any, None]) -> Any:
    return await anext(events, _END)


def _function_calls(answer: Told) -> list[FunctionCall]:
    """TGI counts ids from 0 in every answer; two calls of one answer must not share one."""
    ids: set[str] = set()
    calls = []
    for at, call in enumerate(answer.calls):
        own = call["id"] if call["id"] not in ids else f"{call['id']}-{at}"
        ids.add(own)
        calls.append(FunctionCall(id=own, name=call["name"], arguments=call["arguments"]))
    return calls
