"""AutoGen's messages and tools as a prompt, through the model's own chat template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import AssistantMessage, FunctionExecutionResultMessage, LLMMessage
from autogen_core.tools import Tool, ToolSchema

from ...errors import UsageError
from ...text import one_line
from ..errors import BackendFailed
from ..wire import with_plain_text
from .tool_calls import schema_of

_PROBE = "a_tool_of_this_name"


def render_prompt(tokenizer: Any, messages: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema] = ()) -> str:
    """The prompt, up to where the answer begins.

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
    sent = [entry for message in with_plain_text(messages) for entry in _entries(message)]
    try:
        return _render(tokenizer, sent, tools)
    except TemplateError as error:
        refusal = error
    try:
        return _render(tokenizer, _joined(sent), tools)
    except TemplateError as error:
        raise BackendFailed(
            f"The model's chat template cannot take this conversation: {one_line(str(refusal), 200)}.",
            hint="Begin a new conversation, or take another model.",
        ) from error


def takes_tools(tokenizer: Any) -> bool:
    """Whether the model's template shows it the tools it is offered."""
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        return False
    probe: ToolSchema = {"name": _PROBE, "description": "", "parameters": {"type": "object", "properties": {}}}
    try:
        return _PROBE in _render(tokenizer, [{"role": "user", "content": "Hi"}], [probe])
    except TemplateError:
        return False


def _render(tokenizer: Any, sent: Sequence[Mapping[str, Any]], tools: Sequence[Tool | ToolSchema]) -> str:
    return str(
        tokenizer.apply_chat_template(
            list(sent),
            tools=[_tool(tool) for tool in tools] or None,
            add_generation_prompt=True,
            tokenize=False,
            enable_thinking=False,  # heard by the templates of models that think aloud
        )
    )


def _entries(message: LLMMessage) -> list[dict[str, Any]]:
    if isinstance(message, FunctionExecutionResultMessage):
        return [
            {"role": "tool", "name": result.name, "content": result.content, "tool_call_id": result.call_id}
            for result in message.content
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


def _tool(tool: Tool | ToolSchema) -> dict[str, Any]:
    schema = schema_of(tool)
    function = {
        "name": schema["name"],
        "description": schema.get("description") or "",
        "parameters": schema.get("parameters") or {"type": "object", "properties": {}},
    }
    return {"type": "function", "function": function}


def _joined(sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The system's words as the person's, and turns of the same side made one."""
    turns: list[dict[str, Any]] = []
    for entry in sent:
        turn = {**entry, "role": "user"} if entry["role"] == "system" else dict(entry)
        plain = "tool_calls" not in turn and turn["role"] != "tool"
        if turns and plain and turns[-1]["role"] == turn["role"] and "tool_calls" not in turns[-1]:
            turns[-1]["content"] = f"{turns[-1]['content']}\n\n{turn['content']}"
        else:
            turns.append(turn)
    return turns
