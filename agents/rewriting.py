"""A follow-up, written out by the model that answers."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_core import CancellationToken
from autogen_core.models import AssistantMessage, LLMMessage, SystemMessage, UserMessage

from ..backends import Backend, as_plain_text
from .asking import LONGEST_REWRITE, rewriting_turns, rewritten


async def rewrite_question(
    backend: Backend, system: str, question: str, history: Sequence[tuple[str, str]], stop: CancellationToken
) -> str | None:
    """The question as it is clear by itself; None where the model wrote nothing of use, or left it as it is.

    Raises:
        AylluError: the backend failed.
        asyncio.CancelledError: `stop` was cancelled.
    """
    messages: list[LLMMessage] = [SystemMessage(content=system.strip())]
    for shown, written in rewriting_turns(question, history):
        messages.append(UserMessage(content=as_plain_text(shown), source="user"))
        if written:
            messages.append(AssistantMessage(content=written, source="writer"))
    await backend.start()
    options = {"temperature": 0.0, "max_tokens": LONGEST_REWRITE, "stop": ["\n"]}
    result = await backend.client.create(messages, extra_create_args=options, cancellation_token=stop)
    return rewritten(result.content, question) if isinstance(result.content, str) else None
