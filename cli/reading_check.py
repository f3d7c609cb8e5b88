"""Whether the second reader would read, and whether it can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import AylluError
from .checks import Check

if TYPE_CHECKING:
    from .context import CommandContext

_TIMEOUT_S = 60.0
_NAME = "second_reader"
_GO_ON = "Answers go on without it."


def second_reader(command: CommandContext) -> Check:
    """Open it where it would be asked; answers do without it where that cannot be."""
    from ..agents import precedence_beside
    from ..app import why_it_cannot_read

    app = command.app
    if app.settings.agents.second_reader == "off":
        return Check(_NAME, True, "off, as the settings say", needed=False)
    if precedence_beside(app.backend) == "alone":
        return Check(_NAME, True, f"not asked: {app.backend.model} answers alone", needed=False)
    if reason := why_it_cannot_read(app):
        return Check(_NAME, False, reason, _GO_ON, needed=False)
    try:
        model = app.run(_opened(command))
    except AylluError as error:
        return Check(_NAME, False, error.message, f"{_GO_ON} {error.hint}", needed=False)
    except TimeoutError:
        return Check(_NAME, False, f"it was not loaded within {_TIMEOUT_S:.0f} s", _GO_ON, needed=False)
    return Check(_NAME, True, f"{model} reads for short facts too", needed=False)


async def _opened(command: CommandContext) -> str:
    import asyncio

    from ..app import open_reading_model

    backend = open_reading_model(command.app)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await backend.start()
    finally:
        await backend.close()
    return backend.model
