"""The tool calls in what a model wrote.

Models have no common form for a call. Two are read: JSON between `<tool_call>` marks (Hermes, Qwen, SmolLM), and an answer
that is nothing but the JSON of calls (Llama, Mistral). Whatever does not name a tool that was offered is plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from autogen_core import FunctionCall
from autogen_core.tools import Tool, ToolSchema

from ..wire import overlap

_MARK = "<tool_call>"
_CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*(?:</tool_call>|$)", re.DOTALL)


def schema_of(tool: Tool | ToolSchema) -> ToolSchema:
    return tool.schema if isinstance(tool, Tool) else tool


def tool_names(tools: Sequence[Tool | ToolSchema]) -> set[str]:
    return {schema_of(tool)["name"] for tool in tools}


def parse_calls(text: str, names: Collection[str]) -> list[FunctionCall]:
    """The calls that `text` makes of the tools called `names`; none where any of them is incomplete."""
    marked = _CALL.findall(text)
    try:
        parsed = [json.loads(call) for call in marked] if marked else json.loads(text)
    except ValueError:
        return []
    calls = []
    for number, call in enumerate(parsed if isinstance(parsed, list) else [parsed]):
        arguments = call.get("arguments", call.get("parameters")) if isinstance(call, dict) else None
        if not isinstance(arguments, dict) or call.get("name") not in names:
            return []
        arguments_text = json.dumps(arguments, ensure_ascii=False)
        calls.append(FunctionCall(id=f"call-{number}", name=call["name"], arguments=arguments_text))
    return calls


def words_before_calls(text: str) -> str:
    """What was said in words before the first call."""
    return text.split(_MARK)[0].strip() if _MARK in text else ""


def length_of_words(text: str) -> int:
    """How many characters of an answer under way are words, and no beginning of a call."""
    if text.lstrip()[:1] in ("{", "["):
        return 0
    at = text.find(_MARK)
    return at if at >= 0 else len(text) - overlap(text, _MARK)
