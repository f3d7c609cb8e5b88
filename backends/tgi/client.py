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
from ..wire import AnswerLength, Backoff, ChatClient, Stoppable
from .answer import ChatAnswer
from .errors import PromptSize, ServerError, backend_error, cut_off, unreadable
from .messages import chat_request, drop_oldest_turns
from .server import TGIServer

_MIN_ANSWER_TOKENS = 32  # tokens of an answer worth asking for
_FINISH: Mapping[str, Literal["stop", "length", "function_calls"]] = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "function_calls",
}


@dataclass(slots=True)
class _Question:
    """One question until it is answered: what is sent next, and what the person should know of it."""

    messages: Sequence[LLMMessage]
    stoppable: Stoppable  # awaits whatever a cancelled token shall end
    attempts: int = 0
    shortened: bool = False
    max_new_tokens: int | None = None  # where the prompt leaves less than was wished for
    notices: list[str] = field(default_factory=list)


class TGIClient(ChatClient):
    """`before_request` runs before each question (it reads `/info` once); `on_model` hears the model that answered.

    Raises (from `create` and `create_stream`):
        BackendUnreachable, BackendFailed, ContextOverflow, UsageError
    """

    def __init__(
        self,
        server: TGIServer,
        *,
        adapter: str | None,
        context: Callable[[], int],
        before_request: Callable[[], Coroutine[Any, Any, None]],
        on_model: Callable[[str], None],
        backoff: Backoff,
    ) -> None:
        super().__init__()
        self._server = server
        self._adapter = adapter
        self._context = context
        self._before_request = before_request
        self._on_model = on_model
        self._backoff = backoff

    @property
    def context(self) -> int:
        return self._context()

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False,
            function_calling=True,
            json_output=False,  # by a schema only
            structured_output=True,
            family="unknown",
        )

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
        question = _Question(messages, Stoppable(cancellation_token))
        await question.stoppable(self._before_request())
        while True:
            body = self._body(question, tools, tool_choice, json_output, extra_create_args)
            try:
                completion = await question.stoppable(self._server.chat(body))
            except ServerError as error:
                await self._prepare_retry(error, question)
                continue
            answer = ChatAnswer(body.get("stop", ()))
            try:
                answer.add(completion)
                if answer.finish is None:
                    raise ValueError("an answer without a choice")
                return self._result(answer, question)
            except (TypeError, ValueError, RecursionError, AttributeError) as error:
                raise unreadable(self._server.where, error) from error

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
        question = _Question(messages, Stoppable(cancellation_token))
        await question.stoppable(self._before_request())
        while True:
            body = self._body(question, tools, tool_choice, json_output, extra_create_args)
            shown = False
            try:
                async with aclosing(self._stream(body, question)) as pieces:
                    async for piece in pieces:
                        shown = True
                        yield piece
                return
            except ServerError as error:
                if shown:
                    raise backend_error(error, self._server.where) from error
                await self._prepare_retry(error, question)

    async def _stream(self, body: Mapping[str, Any], question: _Question) -> AsyncGenerator[str | CreateResult, None]:
        answer, done = ChatAnswer(body.get("stop", ())), False
        length = AnswerLength(self._server.where, body)
        async with aclosing(self._server.chat_stream(body)) as chunks:
            while not done and (chunk := await question.stoppable(_next(chunks))) is not _END:
                done = chunk is None
                try:
                    text = answer.add(chunk) if chunk is not None else ""
                except (TypeError, ValueError, RecursionError, AttributeError) as error:
                    raise unreadable(self._server.where, error) from error
                if text:
                    length.add(text)
                    yield text
        # seen of real servers: a stream of tool calls may end without a reason; there the arguments show that it is whole
        if answer.finish is None and not (done and answer.calls_complete):
            raise cut_off(self._server.where)
        if rest := answer.flush():
            yield rest
        yield self._result(answer, question)

    def _body(
        self, question: _Question, tools: Any, tool_choice: Any, json_output: Any, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        question.attempts += 1
        body = chat_request(
            question.messages,
            adapter=self._adapter,
            tools=tools,
            tool_choice=tool_choice,
            json_output=json_output,
            extra=extra,
        )
        if question.max_new_tokens is not None:
            body["max_tokens"] = question.max_new_tokens
        return body

    async def _prepare_retry(self, error: ServerError, question: _Question) -> None:
        """Make the next request possible.

        Raises:
            AylluError: there is no next one.
        """
        size = error.prompt_size()
        if error.overloaded and question.attempts < self._backoff.tries:
            await question.stoppable(self._backoff.pause(question.attempts, least_s=error.retry_after_s))
        elif size is None or question.shortened or not self._shorten(question, size):
            raise backend_error(error, self._server.where) from error

    def _shorten(self, question: _Question, size: PromptSize) -> bool:
        """Once: leave out the oldest turns, or where there are none ask for a shorter answer; the person is told."""
        question.shortened = True
        if (shorter := drop_oldest_turns(question.messages, size.tokens, size.limit)) is not None:
            dropped = len(question.messages) - len(shorter)
            question.messages = shorter
            question.notices.append(
                f"The conversation has become too long for the model: its oldest {count(dropped, 'message')} "
                f"{'was' if dropped == 1 else 'were'} left out."
            )
        elif size.room >= _MIN_ANSWER_TOKENS:
            question.max_new_tokens = size.room
            question.notices.append(f"The prompt leaves room for an answer of {size.room:,} tokens only.")
        else:
            return False
        return True

    def _result(self, answer: ChatAnswer, question: _Question) -> CreateResult:
        if answer.model:
            self._on_model(answer.model)
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
            notices=tuple(question.notices),
        )


_END = object()


async def _next(chunks: AsyncGenerator[Any, None]) -> Any:
    return await anext(chunks, _END)


def _function_calls(answer: ChatAnswer) -> list[FunctionCall]:
    """TGI counts ids from 0 in every answer; two calls of one answer must not share one."""
    ids: set[str] = set()
    calls = []
    for position, call in enumerate(answer.calls):
        own = call["id"] if call["id"] not in ids else f"{call['id']}-{position}"
        ids.add(own)
        calls.append(FunctionCall(id=own, name=call["name"], arguments=call["arguments"]))
    return calls
