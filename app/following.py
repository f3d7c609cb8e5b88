"""A chat that runs goes over to another model between two questions: one that was chosen elsewhere, or that has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import AylluError, ConfigError

if TYPE_CHECKING:
    from ..config import Settings
    from .application import Application


class ModelFollower:
    """Looks at the settings file for another model or backend than the one that answers."""

    def __init__(self, application: Application) -> None:
        """From now on; the settings are read now, if nobody has read them yet."""
        self._application = application
        self._stamp = self._look()
        _ = application.loaded

    async def follow(self, warn: Callable[[str], None]) -> str:
        """Go over to what the settings name now, where that is another; returns its model's name, else empty text.

        The new model is loaded before the old one is closed: where it cannot be, that one goes on. Call it between two
        questions; a session made before it still asks the old backend. `warn` is told why one is not gone over to.
        """
        stamp = self._look()
        if stamp == self._stamp:
            return ""
        self._stamp = stamp
        application = self._application
        before = application.loaded
        application.reload_settings()
        try:
            if _answering(application.settings) == _answering(before.settings):
                return ""
            new = application.open_backend(application.settings.backend)
        except ConfigError as error:
            application.reload_settings(before)
            warn(f"The settings file is not followed: {error.message}")
            return ""
        try:
            await new.start()
        except AylluError as error:
            application.reload_settings(before)
            await new.close()
            warn(f"{new.model} is not used: {error.message} {error.hint}")
            return ""
        await application.replace_backend(new)
        return new.model

    def _look(self) -> tuple[int, int]:
        """What a change of the file changes; the file may not be there."""
        try:
            status = self._application.paths.config.stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_size)


def _answering(settings: Settings) -> tuple[Any, ...]:
    """What says who answers."""
    return settings.backend, settings.models.chat, settings.models.style, settings.backends
