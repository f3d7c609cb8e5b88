"""A better model than the smallest: offered once, and brought while the chat goes on with what is here.

What the person decided is one word and a model's name in a small file of the home. Once it is here it is written into the
settings, and a running chat goes over to it between two questions (`following.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Literal

from ..errors import AylluError
from ..models import ModelStore, Progress
from ..storage import make_private_file, make_private_folder
from ..text import size
from .ladder import Rung, best_offer, rungs
from .settings_file import set_in_file

if TYPE_CHECKING:
    from .application import Application

_FILE = "better-model"
_PROBE = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve,"
_PROBE_TOKENS = 24
_Word = Literal["accepted", "declined", "failed"]
log = logging.getLogger(__name__)


class BetterModel:
    """The offer, and the pulling in the background."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._file = application.paths.home / _FILE

    async def offer(self) -> Rung | None:
        """The best that fits; `None` where the person has chosen already, or was asked before, or nothing better fits.

        Where no model was ever seen writing here, the one at work writes a little first, and the others' speed is scaled.
        """
        if self._chosen() or self._decided()[0]:
            return None
        application = self._application
        ladder = rungs(application.models, application.settings)
        if not any(rung.speed.writing for rung in ladder):
            await self._measure()
            ladder = rungs(application.models, application.settings)
        return best_offer(ladder)

    def unfinished(self) -> str:
        """The model that was accepted at an earlier start and is not in use yet; else empty text."""
        word, name = self._decided()
        return name if word == "accepted" and not self._chosen() else ""

    def decline(self, name: str) -> None:
        self._remember("declined", name)

    def pull(self, name: str, progress: Progress, done: Callable[[str], None]) -> None:
        """Bring it, in a thread that ends with the program; the next start goes on with what is half here.

        `done` is told once, from that thread, what came of it.
        """
        self._remember("accepted", name)
        Thread(target=self._bring, args=(name, progress, done), name="better-model", daemon=True).start()

    def _bring(self, name: str, progress: Progress, done: Callable[[str], None]) -> None:
        application = self._application
        try:
            ModelStore(application.paths.models).ensure(name, progress)  # the person has agreed: nobody asks again
            if self._chosen():  # meanwhile, by another command
                return
            set_in_file(application.paths.config, {"models": {"chat": name}})
        except AylluError as error:
            error.log_once(log)
            self._remember("failed", name)
            done(f"{error.message} The model that is here goes on. `ayllu models use {name}` tries it again.")
        else:
            done(f"{name} is here: the next question goes to it.")

    def _chosen(self) -> bool:
        """Whether the person has said who answers."""
        from ..config import load

        loaded = load(self._application.paths.config)
        return any(loaded.origins[key] != "default" for key in ("backend", "models.chat")) or bool(loaded.settings.backends)

    async def _measure(self) -> None:
        from ..backends import RawRequest

        raw = self._application.backend.raw
        try:
            if raw is not None:
                await raw.complete(RawRequest(_PROBE, max_tokens=_PROBE_TOKENS))
        except AylluError as error:
            log.info("no speed could be measured: %s", error.message)

    def _decided(self) -> tuple[str, str]:
        """What was decided of which model; empty texts where nothing was."""
        try:
            word, _, name = self._file.read_text("utf-8").strip().partition(" ")
        except (OSError, UnicodeDecodeError):
            return "", ""
        known = {model.name for model in self._application.models.list()}
        return (word, name) if name in known else ("declined", "")

    def _remember(self, word: _Word, name: str) -> None:
        try:
            make_private_folder(self._file.parent)
            make_private_file(self._file)
            self._file.write_text(f"{word} {name}\n", "utf-8")
        except OSError as error:
            log.warning("that %s was %s is not kept: %s", name, word, error)


def offer_text(rung: Rung) -> str:
    """What is offered, in words."""
    model = rung.model
    have = "already here" if model.present else size(model.size_bytes)
    return (
        f"A better model than the small one fits this machine: {model.title} ({have}, {rung.speed_words} here, "
        f"{model.licence})."
    )
