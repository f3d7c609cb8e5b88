"""Prose on its way from the model to the screen: every piece as it comes, and when the first one came."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Backend
from ..events import AgentStarted, DraftDropped, Thought, Token, Warned
from ..writing import Prose, write_prose
from .context import RoleContext


class FirstToken:
    """When the first piece of a draft came."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self.seconds: float | None = None

    def arrived(self) -> None:
        if self.seconds is None:
            self.seconds = self._elapsed_s()


class _Screen:
    """Tells the face what a model writes and thinks; it is safe, or becomes so there."""

    def __init__(self, context: RoleContext, clock: FirstToken) -> None:
        self._context = context
        self._clock = clock
        self._thinks = False

    def on_text(self, piece: str) -> None:
        self._clock.arrived()
        if self._thinks:
            self._context.emit(AgentStarted("writer", "writing"))
            self._thinks = False
        self._context.emit(Token(piece))

    def on_thought(self, piece: str) -> None:
        self._clock.arrived()
        if not self._thinks:
            self._context.emit(AgentStarted("writer", "thinking"))
            self._thinks = True
        self._context.emit(Thought(piece))

    def on_taken_back(self) -> None:
        self._context.emit(DraftDropped("so far the model was thinking"))


async def stream_prose(
    context: RoleContext,
    backend: Backend,
    messages: Sequence[LLMMessage],
    stop: CancellationToken,
    *,
    unread: float | None = None,
) -> tuple[Prose, float | None]:
    """Let the model write, as the settings say; the second value is when the first piece came, None where none did.

    `unread`: the share of the prompt that the server has not in its cache, where that is known. How fast the model has read
    and written is remembered.

    Raises:
        AylluError: the backend failed.
        asyncio.CancelledError: `stop` was cancelled.
    """
    settings, clock = context.settings.agents, FirstToken(context.elapsed_s)
    options = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
    if context.seed is not None:
        options["seed"] = context.seed

    await backend.start()  # settles the model, and puts a newly promoted adapter to work
    began_s = context.elapsed_s()
    prose = await write_prose(backend.client, messages, options, stop, _Screen(context, clock))
    for notice in prose.notices:
        context.emit(Warned(notice))
    if clock.seconds is not None:
        if prose.reading is not None:
            context.memory.measured_reading(backend, prose.reading.tokens, prose.reading.seconds)
        else:  # a server of ours measures itself
            context.memory.measured_writing(backend, prose.tokens - 1, context.elapsed_s() - clock.seconds)
            if unread is not None:
                context.memory.measured_reading(backend, int(unread * prose.prompt_tokens), clock.seconds - began_s)
    return prose, clock.seconds
