"""AutoGen's messages and tools through a model's own chat template, and its tool calls back out of what it wrote.

Models have no common form for a call. Two are read: JSON between `<tool_call>` marks (Hermes, Qwen, SmolLM), and an answer
that is nothing but the JSON of calls (Llama, Mistral). Whatever does not name a tool that was offered is plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import AssistantMessage, FunctionExecutionResultMessage, LLMMessage
from autogen_core.tools import Tool, ToolSchema

from ...errors import UsageError
from ...text import one_line
from ..errors import BackendFailed
from ..wire import overlap

_MARK = "<tool_call>"
_CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*(?:</tool_call>|$)", re.DOTALL)
_PROBE = "a_tool_of_this_name"


def prompt_of(tokenizer: Any, messages: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema] = ()) -> str:
    """The whole prompt, up to where the answer begins.

    A template that knows no system message, or wants the turns to alternate, gets them joined.

    Raises:
        BackendFailed: the model has no chat template, or it fails.
        UsageError: a message that is no text.
    """
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        raise BackendFailed(
            "This model has no chat template: it continues texts and answers no questions.",
            hint="Take an instruction-tuned model (their names often end in -Instruct or -it).",
        )
    sent = [one for message in messages for one in _sent(message)]
    try:
        return _rendered(tokenizer, sent, tools)
    except TemplateError as error:
        first = error
    try:
        return _rendered(tokenizer, _joined(sent), tools)
    except TemplateError as error:
        raise BackendFailed(
            f"The model's chat template cannot take this conversation: {one_line(str(first), 200)}.",
            hint="Begin a new conversation, or take another model.",
        ) from error


def takes_tools(tokenizer: Any) -> bool:
    """Whether the model's template shows it the tools it is offered."""
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        return False
    probe: ToolSchema = {"name": _PROBE, "description": "", "parameters": {"type": "object", "properties": {}}}
    try:
        return _PROBE in _rendered(tokenizer, [{"role": "user", "content": "Hi"}], [probe])
    except TemplateError:
        return False


def calls_in(text: str, names: Collection[str]) -> list[FunctionCall]:
    """The calls that `text` makes of the tools called `names`; none where any of them is not whole."""
    marked = _CALL.findall(text)
    try:
        found = [json.loads(one) for one in marked] if marked else json.loads(text)
    except ValueError:
        return []
    calls = []
    for at, call in enumerate(found if isinstance(found, list) else [found]):
        given = call.get("arguments", call.get("parameters")) if isinstance(call, dict) else None
        if not isinstance(given, dict) or call.get("name") not in names:
            return []
        calls.append(FunctionCall(id=f"call-{at}", name=call["name"], arguments=json.dumps(given, ensure_ascii=False)))
    return calls


def said_before(text: str) -> str:
    """What was said in words before the first call."""
    return text.split(_MARK)[0].strip() if _MARK in text else ""


def showable(text: str) -> int:
    """How many characters of an answer under way are words, and no beginning of a call."""
    if text.lstrip()[:1] in ("{", "["):
        return 0
    at = text.find(_MARK)
    return at if at >= 0 else len(text) - overlap(text, _MARK)


def names_of(tools: Sequence[Tool | ToolSchema]) -> set[str]:
    return {_schema(one)["name"] for one in tools}


def _rendered(tokenizer: Any, sent: Sequence[Mapping[str, Any]], tools: Sequence[Tool | ToolSchema]) -> str:
    return str(
        tokenizer.apply_chat_template(
            list(sent),
            tools=[_tool(one) for one in tools] or None,
            add_generation_prompt=True,
            tokenize=False,
            enable_thinking=False,  # heard by the templates of models that think aloud
        )
    )


def _sent(message: LLMMessage) -> list[dict[str, Any]]:
    if isinstance(message, FunctionExecutionResultMessage):
        return [
            {"role": "tool", "name": one.name, "content": one.content, "tool_call_id": one.call_id}
            for one in message.content
        ]
    if isinstance(message, AssistantMessage) and not isinstance(message.content, str):
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _arguments(call)}}
            for call in message.content
        ]
        return [{"role": "assistant", "content": message.thought or "", "tool_calls": calls}]
    role = {"SystemMessage": "system", "AssistantMessage": "assistant"}.get(message.type, "user")
    return [{"role": role, "content": _text(message.content)}]


def _arguments(call: FunctionCall) -> Any:
    """Templates want the arguments themselves; what is no JSON they get as it is."""
    try:
        return json.loads(call.arguments)
    except ValueError:
        return call.arguments


def _text(content: str | Sequence[object]) -> str:
    if isinstance(content, str):
        return content
    if not all(isinstance(part, str) for part in content):
        raise UsageError("Pictures cannot be sent to a text model.", hint="Ask about text.")
    return "\n".join(str(part) for part in content)


def _schema(tool: Tool | ToolSchema) -> ToolSchema:
    return tool.schema if isinstance(tool, Tool) else tool


def _tool(tool: Tool | ToolSchema) -> dict[str, Any]:
    schema = _schema(tool)
    function = {
        "name": schema["name"],
        "description": schema.get("description") or "",
        "parameters": schema.get("parameters") or {"type": "object", "properties": {}},
    }
    return {"type": "function", "function": function}


def _joined(sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The system's words as the person's, and turns of the same side made one."""
    turns: list[dict[str, Any]] = []
    for one in sent:
        turn = {**one, "role": "user"} if one["role"] == "system" else dict(one)
        plain = "tool_calls" not in turn and turn["role"] != "tool"
        if turns and plain and turns[-1]["role"] == turn["role"] and "tool_calls" not in turns[-1]:
            turns[-1]["content"] = f"{turns[-1]['content']}\n\n{turn['content']}"
        else:
            turns.append(turn)
    return turns
