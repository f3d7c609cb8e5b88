"""AutoGen's messages and tools as a TGI chat request, and what may be dropped where they are too many.

Wire format: `ChatRequest` in `docs/openapi.json` of text-generation-inference 3.x. Keys that say nothing are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from autogen_core.models import AssistantMessage, FunctionExecutionResultMessage, LLMMessage, SystemMessage, UserMessage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from ...errors import UsageError
from ..wire import overlap

_ROOM = 0.95  # of what fits, used: tokens are estimated by characters
_PASSED_ON = frozenset(
    "max_tokens temperature top_p seed stop frequency_penalty presence_penalty logprobs top_logprobs".split()
)


def request(
    messages: Sequence[LLMMessage],
    *,
    adapter: str | None,
    tools: Sequence[Tool | ToolSchema] = (),
    tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
    json_output: bool | type[BaseModel] | None = None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The body of one chat request. `extra` is in OpenAI's names, as AutoGen's other clients take them.

    Raises:
        UsageError: what TGI cannot be asked for.
    """
    body: dict[str, Any] = {"model": adapter or "tgi", "messages": [one for message in messages for one in _sent(message)]}
    for key in sorted(_PASSED_ON):
        if extra.get(key) is not None:
            body[key] = extra[key]
    if "seed" in body:
        body["seed"] = seed_for(body["seed"])
    if "stop" in body:
        body["stop"] = [body["stop"]] if isinstance(body["stop"], str) else list(body["stop"])
    if tools:
        body["tools"] = [_tool(one) for one in tools]
        body["tool_choice"] = tool_choice if isinstance(tool_choice, str) else {"function": {"name": tool_choice.name}}
    if form := _form(json_output, extra.get("response_format")):
        body["response_format"] = form
    return body


def seed_for(seed: int) -> int:
    """TGI takes whole numbers above 0; the others get a place of their own among them."""
    return seed if seed > 0 else 2**62 - seed


def without_oldest(messages: Sequence[LLMMessage], tokens: int, limit: int) -> list[LLMMessage] | None:
    """The messages without as many of the oldest turns as brings `tokens` down to `limit`, by their length in characters.

    System messages stay, and so does everything from the person's last question on. All turns go where the tokens are not
    known (0). `None`: there is no history to drop.
    """
    head = next((at for at, one in enumerate(messages) if not isinstance(one, SystemMessage)), len(messages))
    last = _question(messages)
    turns = [at for at in range(head, last) if isinstance(messages[at], UserMessage)]
    if not turns:
        return None
    whole = sum(len(str(one.content)) for one in messages)
    for cut in [*turns[1:], last]:
        rest = [*messages[:head], *messages[cut:]]
        if tokens and tokens * sum(len(str(one.content)) for one in rest) <= limit * _ROOM * whole:
            return rest
    return [*messages[:head], *messages[last:]]


def _question(messages: Sequence[LLMMessage]) -> int:
    """Where the last question of the person stands; another agent's request is part of its answer."""
    asked = [at for at, one in enumerate(messages) if isinstance(one, UserMessage)]
    return next((at for at in reversed(asked) if getattr(messages[at], "source", "") == "user"), asked[-1] if asked else 0)


def _sent(message: LLMMessage) -> list[dict[str, Any]]:
    if isinstance(message, FunctionExecutionResultMessage):
        return [
            {"role": "tool", "name": one.name, "content": one.content, "tool_call_id": one.call_id}
            for one in message.content
        ]
    if isinstance(message, AssistantMessage) and not isinstance(message.content, str):
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.content
        ]
        return [{"role": "assistant", "tool_calls": calls}]  # TGI takes words or calls, never both
    role = {"SystemMessage": "system", "AssistantMessage": "assistant"}.get(message.type, "user")
    return [{"role": role, "content": _text(message.content)}]


def _text(content: str | Sequence[object]) -> str:
    if isinstance(content, str):
        return content
    if not all(isinstance(part, str) for part in content):
        raise UsageError("Pictures cannot be sent to TGI from here.", hint="Ask about text.")
    return "\n".join(str(part) for part in content)


def _tool(tool: Tool | ToolSchema) -> dict[str, Any]:
    schema = tool.schema if isinstance(tool, Tool) else tool
    function = {"name": schema["name"], "arguments": schema.get("parameters") or {"type": "object", "properties": {}}}
    if description := schema.get("description"):
        function["description"] = description
    return {"type": "function", "function": function}


def _form(json_output: bool | type[BaseModel] | None, asked: Any) -> dict[str, Any] | None:
    """A grammar for the answer. OpenAI's `json_schema` form is put in TGI's words; TGI's own goes through as it is."""
    if isinstance(json_output, type):
        return {"type": "json", "value": json_output.model_json_schema()}
    if isinstance(asked, dict) and "json_schema" in asked:
        inner = asked["json_schema"]
        named = {"name": inner["name"]} if inner.get("name") else {}
        return {"type": "json_schema", "value": {**named, "schema": inner["schema"]}}
    if isinstance(asked, dict) and "value" in asked:
        return dict(asked)
    if json_output or asked:
        raise UsageError(
            "TGI writes JSON by a schema only.", hint="Give a Pydantic class as `json_output`, or a `json_schema`."
        )
    return None


class Told:
    """A chat answer as it comes in, from chunks or whole."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self.finish: str | None = None
        self.usage: Mapping[str, Any] = {}
        self.model = ""
        self._text = ""
        self._given = 0  # characters of it that were handed out
        self._stops = [stop for stop in stops if stop]
        self._calls: dict[int, dict[str, str]] = {}

    @property
    def text(self) -> str:
        """TGI leaves the stop sequence that ended an answer at its end."""
        ended = next((stop for stop in self._stops if self._text.endswith(stop)), "")
        return self._text.removesuffix(ended)

    @property
    def calls(self) -> list[dict[str, str]]:
        """Tool calls as `id`, `name`, `arguments` (JSON), in their order."""
        return [self._calls[at] for at in sorted(self._calls)]

    @property
    def whole_calls(self) -> bool:
        """There are tool calls, and the arguments of each are a whole JSON object: no beginning of one is."""
        return bool(self._calls) and all(_is_object(call["arguments"]) for call in self.calls)

    def take(self, body: Mapping[str, Any]) -> str:
        """Add one chunk, or a whole completion; returns the text that it adds to what can be shown.

        Raises:
            TypeError, ValueError, AttributeError: it has not the form of one.
        """
        self.model = str(body.get("model") or self.model)
        self.usage = body.get("usage") or self.usage
        for choice in (body.get("choices") or [])[:1]:
            said = choice.get("delta") or choice.get("message") or {}
            self._text += said.get("content") or ""
            calls = said.get("tool_calls") or []
            for place, call in enumerate([calls] if isinstance(calls, dict) else calls):
                self._take_call(call, place)
            self.finish = choice.get("finish_reason") or self.finish
        return self._showable()

    def rest(self) -> str:
        """What was held back for it might have become a stop sequence."""
        text, given = self.text, self._given
        self._given = max(len(text), given)
        return text[given:]

    def _take_call(self, call: Mapping[str, Any], place: int) -> None:
        at = place if call.get("index") is None else int(call["index"])
        known = self._calls.setdefault(at, {"id": "", "name": "", "arguments": ""})
        function = call.get("function") or {}
        arguments = function.get("arguments")
        known["id"] = known["id"] or str(call.get("id") or at)
        known["name"] = known["name"] or str(function.get("name") or "")
        known["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else ""

    def _showable(self) -> str:
        held = max((overlap(self._text, stop) for stop in self._stops), default=0)
        upto = len(self._text) - held
        new = self._text[self._given : upto]
        self._given = max(upto, self._given)
        return new


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
