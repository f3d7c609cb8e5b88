"""Control tokens in what is only text: `<|im_end|>` in a document must not end a turn.

A server that fills in the chat template itself reads them out of the text again, whoever wrote them there. So an invisible
word joiner is put into what looks like one, and is taken out of whatever the model says. Which tokens a model has, only its
tokenizer knows: taken are the forms that the families of models use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autogen_core.models import AssistantMessage, FunctionExecutionResultMessage, LLMMessage, SystemMessage

_JOINER = "\N{WORD JOINER}"
_NAMES = (
    "s|bos|eos|pad|unk|mask|cls|sep|think|thinking|tool_call|tool_response|tools|tool|system|user|assistant|image|audio|video"
    "|(?:start|end)_of_\\w+|begin_of_\\w+|fim_\\w+|repo_?name|file_?sep|filename|gh_stars|issue_\\w+|jupyter_\\w+|commit_\\w+"
    "|empty_output|extra_id_\\d+|unused\\d+|reserved_\\w+|0x[0-9a-f]{2}|channel|turn"
)
_TOKEN = re.compile(
    r"<(?=[|｜])"  # <|im_end|>, <｜User｜>
    rf"|<(?=/?(?:{_NAMES})>)"  # </s>, <end_of_turn>
    r"|<(?=[\w/ -]{1,40}[|｜]>)"  # <turn|>
    r"|<(?=<\s*/?\s*SYS\s*>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|THINK|IMG|CLS|SEP|PAD|MASK|UNK"
    r"|BOS|EOS|gMASK)\b[\w ]*\])",
    re.IGNORECASE,
)


def as_plain_text(text: str) -> str:
    """The same to a reader, and without any control token to a model; a second time it changes nothing."""
    return _TOKEN.sub(lambda match: match[0] + _JOINER, text)


def as_written(text: str) -> str:
    """What a model says, or a piece of it, without the joiners that it has copied."""
    return text.replace(_JOINER, "")


def with_plain_text(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """Messages whose contents are text to the model; the system's are its owner's own."""
    return [_plain(message) for message in messages]


def _plain(message: LLMMessage) -> LLMMessage:
    if isinstance(message, SystemMessage):
        return message
    if isinstance(message, FunctionExecutionResultMessage):
        results = [result.model_copy(update={"content": as_plain_text(result.content)}) for result in message.content]
        return message.model_copy(update={"content": results})
    content: Any = message.content
    if isinstance(content, str):
        return message.model_copy(update={"content": as_plain_text(content)})
    if isinstance(message, AssistantMessage):
        return message  # calls of its own
    return message.model_copy(
        update={"content": [as_plain_text(part) if isinstance(part, str) else part for part in content]}
    )
