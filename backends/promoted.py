"""Which tuned adapter a backend that loads its model itself works with: the promoted one, unless that was refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ..adapters import ActiveAdapters, RegistryDamaged

log = logging.getLogger(__name__)


class PromotedAdapter:
    """The adapter at work, and the one that is wanted next; `None` is the untuned model, for both.

    `base` is the name that adapters of this model are registered under; without `adapters` it stays untuned. `announce`
    tells the person why what they promoted is not at work, once for each.
    """

    def __init__(self, adapters: ActiveAdapters | None, base: str, announce: Callable[[str], None] | None) -> None:
        self._adapters = adapters
        self._base = base
        self._announce = announce
        self._refused: str | None = None  # it could not be loaded; the one before it goes on
        self.at_work: str | None = None

    def wanted(self, *, tell: bool = False) -> str | None:
        """The adapter to work with. Where the registry is damaged, or that one was refused, it is the one at work."""
        if self._adapters is None:
            return self.at_work
        try:
            active = self._adapters.active(self._base)
        except RegistryDamaged as error:
            log.warning("%s", error.message)
            if tell:
                self.tell(f"{error.message} {error.hint}")
            return self.at_work
        wanted = active.adapter_id if active is not None else None
        return self.at_work if wanted is not None and wanted == self._refused else wanted

    def file(self, adapter: str) -> Path | None:
        """An adapter's GGUF file; nothing without a registry."""
        return self._adapters.path(adapter) if self._adapters is not None else None

    def folder(self, adapter: str | None) -> Path | None:
        """Where an adapter is kept with all that belongs to it; nothing for the untuned model."""
        file = self.file(adapter) if adapter is not None else None
        return file.parent if file is not None else None

    def put_to_work(self, adapter: str | None) -> None:
        if adapter != self.at_work:
            self.at_work, self._refused = adapter, None

    def refuse(self, adapter: str | None) -> None:
        """It is not tried again until another was at work."""
        self._refused = adapter

    def tell_refused(self, adapter: str | None, reason: str) -> None:
        goes_on = f"{self.at_work} goes on" if self.at_work is not None else "the untuned model answers"
        self.tell(f"The adapter {adapter} is not used, so {goes_on}: {reason}")

    def tell(self, text: str) -> None:
        """From a thread: a face may wait for its own loop."""
        (self._announce or log.warning)(text)
