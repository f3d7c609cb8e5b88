"""Prose: sentences of the model's own, with the marks of the passages they come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from autogen_core import CancellationToken
from autogen_core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    SystemMessage,
    UserMessage,
)

from ...backends import as_plain_text, open_stream
from ...conversations import ChatMessage
from ...models import SAFE, Profile
from ...text import one_line
from ..prompts import load_prompt
from .drafting import MOST_TOKENS, DraftWriting, Listener, Prose
from .marks import defuse_marks
from .request_notes import request_notes

EARLIER = 3  # exchanges of the conversation that the model sees again


class SourcedText(Protocol):
    """A passage, as it was retrieved or as it was kept."""

    @property
    def source(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PromptPassage:
    """A passage as a model reads it: what it comes from, on one line, and its text."""

    label: str
    text: str


def prose_system(load: Callable[[str], str], profile: Profile) -> str:
    """The system prompt as a model's profile has it; `load` gives a prompt by its name."""
    parts = ["prose", *(["marks"] if profile.marks else []), *(["leave"] if profile.leave == "system" else [])]
    return " ".join(load(part).strip() for part in parts)


def last_words(load: Callable[[str], str], profile: Profile) -> str:
    """What stands after the question."""
    return load("leave").strip() if profile.leave == "last" else ""


def prose_messages(
    system: str,
    question: str,
    history: Sequence[tuple[str, str]],
    passages: Sequence[PromptPassage],
    last: str = "",
    *,
    wished: str = "",
) -> list[LLMMessage]:
    """System prompt, the passages, the last exchanges, then the question: what changes comes last, for the cache.

    `history` are (question, answer), oldest first. The passages stand with the first question that the model sees, and
    `last` after the question, behind what `request_notes` says of it. `wished`: the language of the answer, where that is
    not the question's.
    """
    numbered = "\n\n".join(
        f"[{n}] {json.dumps(one_line(passage.label), ensure_ascii=False)}\n{defuse_marks(passage.text)}"
        for n, passage in enumerate(passages, start=1)
    )
    notes = request_notes(question, [passage.text for passage in passages], wished)
    turns = [*history[-EARLIER:], ("\n\n".join(part for part in (question, notes, last) if part), "")]
    messages: list[LLMMessage] = [SystemMessage(content=system)]
    for number, (request, answer) in enumerate(turns):
        messages.append(_request(numbered, request) if number == 0 else _user(f"Question: {request}"))
        if answer:
            messages.append(AssistantMessage(content=as_plain_text(answer), source="writer"))
    return messages


def opening_messages(system: str) -> list[LLMMessage]:
    """What the messages of every question begin with."""
    return [SystemMessage(content=system), _user("Passages:\n\n")]


def plain_messages(
    system: str, question: str, history: Sequence[tuple[str, str]], passages: Sequence[PromptPassage]
) -> list[LLMMessage]:
    """The same, with the passages' bare text: nothing in it invites marks."""
    return [*_opening(system, history), _request("\n\n".join(passage.text for passage in passages), question)]


def _opening(system: str, history: Sequence[tuple[str, str]]) -> list[LLMMessage]:
    messages: list[LLMMessage] = [SystemMessage(content=system)]
    for earlier, answer in history[-EARLIER:]:
        messages += [
            _user(earlier),
            AssistantMessage(content=as_plain_text(answer), source="writer"),
        ]
    return messages


def _request(passages: str, question: str) -> LLMMessage:
    return _user(f"Passages:\n\n{passages}\n\nQuestion: {question}")


def _user(text: str) -> LLMMessage:
    return UserMessage(content=as_plain_text(text), source="user")


def as_sent(messages: Sequence[LLMMessage]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(_role(message), str(message.content)) for message in messages)


def load_prose_prompt(question: str, passages: Sequence[SourcedText], prompts: Path | None) -> tuple[ChatMessage, ...]:
    """The messages that begin a conversation, as a model without a profile gets them.

    `prompts` is the folder of a person's own.
    """
    system = prose_system(lambda name: load_prompt(name, prompts), SAFE)
    read = [PromptPassage(passage.source, passage.text) for passage in passages]
    return as_sent(prose_messages(system, question, (), read))


async def write_prose(
    client: ChatCompletionClient,
    messages: Sequence[LLMMessage],
    options: Mapping[str, Any],
    stop: CancellationToken,
    listener: Listener,
) -> Prose:
    """Let the model write; the listener hears each piece as it comes. `options` are temperature, max_tokens and seed.

    A model that has come to an end without knowing it is stopped.

    Raises:
        AylluError: the backend failed.
        asyncio.CancelledError: `stop` was cancelled.
    """
    writing = DraftWriting(listener, int(options.get("max_tokens") or MOST_TOKENS))
    async with open_stream(client, messages, extra_create_args=options, cancellation_token=stop) as pieces:
        async for piece in pieces:
            if isinstance(piece, CreateResult):
                return writing.finish(piece)
            if not writing.add(piece):
                break
    return writing.finish()


def _role(message: LLMMessage) -> Literal["system", "user", "assistant"]:
    match message:
        case SystemMessage():
            return "system"
        case AssistantMessage():
            return "assistant"
        case _:
            return "user"
