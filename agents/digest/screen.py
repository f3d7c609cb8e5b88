"""Where what a model writes of a part goes while it is written: to the screen, or nowhere before it is judged."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Backend
from ..events import DraftDropped, Thought, Token
from ..roles import RoleContext
from ..writing import Listener, Prose, write_prose


class Silent:
    """Nothing is shown."""

    def on_text(self, piece: str) -> None:
        pass

    def on_thought(self, piece: str) -> None:
        pass

    def on_taken_back(self) -> None:
        pass


class Streaming:
    """All is shown, thoughts as thoughts."""

    def __init__(self, context: RoleContext) -> None:
        self._context = context

    def on_text(self, piece: str) -> None:
        self._context.emit(Token(piece))

    def on_thought(self, piece: str) -> None:
        self._context.emit(Thought(piece))

    def on_taken_back(self) -> None:
        self._context.emit(DraftDropped("so far the model was thinking"))


async def write(
    context: RoleContext,
    backend: Backend,
    messages: Sequence[LLMMessage],
    stop: CancellationToken,
    listener: Listener,
    most: int | None = None,
) -> Prose:
    """As the settings say, in at most `most` tokens. How fast the model reads is remembered.

    Raises:
        AylluError: the backend failed.
        asyncio.CancelledError: `stop` was cancelled.
    """
    settings = context.settings.agents
    options = {"temperature": settings.temperature, "max_tokens": min(settings.max_tokens, most or settings.max_tokens)}
    if context.seed is not None:
        options["seed"] = context.seed
    prose = await write_prose(backend.client, messages, options, stop, listener)
    if prose.reading is not None:
        context.memory.measured_reading(backend, prose.reading.tokens, prose.reading.seconds)
    return prose
