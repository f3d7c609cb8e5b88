"""Prose on its way from the model to the screen: every piece as it comes, and when the first one came."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Backend
from ..events import Token, Warned
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


async def stream_prose(
    context: RoleContext, backend: Backend, messages: Sequence[LLMMessage], stop: CancellationToken
) -> tuple[Prose, float | None]:
    """Let the model write, as the settings say; the second value is when the first piece came, None where none did.

    Raises:
        AylluError: the backend failed.
        asyncio.CancelledError: `stop` was cancelled.
    """
    settings, clock = context.settings.agents, FirstToken(context.elapsed_s)
    options = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
    if context.seed is not None:
        options["seed"] = context.seed

    def show(piece: str) -> None:
        clock.arrived()
        context.emit(Token(piece))

    await backend.start()  # settles the model, and puts a newly promoted adapter to work
    prose = await write_prose(backend.client, messages, options, stop, show)
    for notice in prose.notices:
        context.emit(Warned(notice))
    return prose, clock.seconds
