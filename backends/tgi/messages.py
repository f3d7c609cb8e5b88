"""AutoGen's messages and tools as a TGI chat request, and what may be dropped where they are too many.

Wire format: `ChatRequest` in `docs/openapi.json` of text-generation-inference 3.x. Keys that say nothing are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from autogen_core.models import AssistantMessage, FunctionExecutionResultMessage, LLMMessage, SystemMessage, UserMessage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from ...errors import UsageError
from ..wire import with_plain_text

_ROOM = 0.95  # of what fits, used: tokens are estimated by characters
_PASSED_ON = frozenset(
    "max_tokens temperature top_p seed stop frequency_penalty presence_penalty logprobs top_logprobs".split()
)


def chat_request(
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
    sent = [part for message in with_plain_text(messages) for part in _to_tgi(message)]
    body: dict[str, Any] = {"model": adapter or "tgi", "messages": sent}
    for key in sorted(_PASSED_ON):
        if extra.get(key) is not None:
            body[key] = extra[key]
    if "seed" in body:
        body["seed"] = positive_seed(body["seed"])
    if "stop" in body:
        body["stop"] = [body["stop"]] if isinstance(body["stop"], str) else list(body["stop"])
    if tools:
        body["tools"] = [_tool(tool) for tool in tools]
        body["tool_choice"] = tool_choice if isinstance(tool_choice, str) else {"function": {"name": tool_choice.name}}
    if grammar := _grammar(json_output, extra.get("response_format")):
        body["response_format"] = grammar
    return body


def positive_seed(seed: int) -> int:
    """TGI takes whole numbers above 0; the others get a place of their own among them."""
    return seed if seed > 0 else 2**62 - seed


def drop_oldest_turns(messages: Sequence[LLMMessage], tokens: int, limit: int) -> list[LLMMessage] | None:
    """The messages without as many of the oldest turns as brings `tokens` down to `limit`, by their length in characters.

    System messages stay, and so does everything from the person's last question on. All turns go where the tokens are not
    known (0). `None`: there is no history to drop.
    """
    head = next((at for at, message in enumerate(messages) if not isinstance(message, SystemMessage)), len(messages))
    last = _last_question(messages)
    turns = [at for at in range(head, last) if isinstance(messages[at], UserMessage)]
    if not turns:
        return None
    length = sum(len(str(message.content)) for message in messages)
    for cut in [*turns[1:], last]:
        rest = [*messages[:head], *messages[cut:]]
        if tokens and tokens * sum(len(str(message.content)) for message in rest) <= limit * _ROOM * length:
            return rest
    return [*messages[:head], *messages[last:]]


def _last_question(messages: Sequence[LLMMessage]) -> int:
    """Where the last question of the person stands; another agent's request is part of its answer."""
    requests = [at for at, message in enumerate(messages) if isinstance(message, UserMessage)]
    of_the_person = [at for at in requests if getattr(messages[at], "source", "") == "user"]
    return next(reversed(of_the_person or requests), 0)


def _to_tgi(message: LLMMessage) -> list[dict[str, Any]]:
    if isinstance(message, FunctionExecutionResultMessage):
        return [
            {"role": "tool", "name": result.name, "content": result.content, "tool_call_id": result.call_id}
            for result in message.content
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


def _grammar(json_output: bool | type[BaseModel] | None, response_format: Any) -> dict[str, Any] | None:
    """A grammar for the answer. OpenAI's `json_schema` form is put in TGI's words; TGI's own goes through as it is."""
    if isinstance(json_output, type):
        return {"type": "json", "value": json_output.model_json_schema()}
    if isinstance(response_format, dict) and "json_schema" in response_format:
        inner = response_format["json_schema"]
        name = {"name": inner["name"]} if inner.get("name") else {}
        return {"type": "json_schema", "value": {**name, "schema": inner["schema"]}}
    if isinstance(response_format, dict) and "value" in response_format:
        return dict(response_format)
    if json_output or response_format:
        raise UsageError(
            "TGI writes JSON by a schema only.", hint="Give a Pydantic class as `json_output`, or a `json_schema`."
        )
    return None
