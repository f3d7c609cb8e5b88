"""The promoted adapter, loaded into a server while it runs (vLLM's run-time loading), so that it need not be restarted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import httpx

from ...adapters import ActiveAdapters
from ...errors import AylluError
from ...text import one_line
from ..errors import BackendFailed, BackendUnreachable

_LOAD_S = 120.0
log = logging.getLogger(__name__)


class AdapterLoader:
    """Has one server load what is promoted. `folder_there` is where it sees the folder of all adapters, if elsewhere.

    An adapter that the server would not load is named once by `announce`, and not tried again.
    """

    def __init__(
        self,
        adapters: ActiveAdapters,
        http: httpx.AsyncClient,
        where: str,
        *,
        folder_there: str | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._adapters = adapters
        self._http = http
        self._where = where
        self._folder_there = folder_there
        self._announce = announce
        self._loaded: str | None = None
        self._refused: str | None = None

    async def load_promoted(self, base: str) -> str | None:
        """The adapter to ask for instead of the model, which the server has loaded; `base` is the model it was tuned on."""
        active = await asyncio.to_thread(self._adapters.active, base)
        promoted = active.adapter_id if active is not None else None
        if promoted is None or promoted == self._refused:
            self._loaded = None
        elif promoted != self._loaded:
            self._loaded = promoted if await self._try_to_load(promoted) else None
        return self._loaded

    async def _try_to_load(self, adapter_id: str) -> bool:
        folder = self._adapters.path(adapter_id).parent
        seen_there: Path | PurePosixPath = folder
        if self._folder_there:
            seen_there = PurePosixPath(self._folder_there) / folder.name
        try:
            await self._load(adapter_id, str(seen_there / "peft"))
        except AylluError as error:
            self._refused = adapter_id
            log.warning("%s did not load %s: %s", self._where, adapter_id, error.message)
            if self._announce is not None:
                notice = f"{error.message} The untuned model answers. {error.hint}"
                await asyncio.to_thread(self._announce, notice)  # a screen takes words from other threads only
            return False
        return True

    async def _load(self, adapter_id: str, path: str) -> None:
        body = {"lora_name": adapter_id, "lora_path": path}
        try:
            answer = await self._http.post("load_lora_adapter", json=body, timeout=_LOAD_S)
        except httpx.HTTPError as error:
            raise BackendUnreachable(
                f"No answer from {self._where}: {str(error) or type(error).__name__}.", hint="`ayllu backends check`"
            ) from error
        if answer.status_code != 200 and "already been loaded" not in answer.text:
            raise BackendFailed(
                f"{self._where} did not load the adapter {adapter_id}: {answer.status_code} {one_line(answer.text, 200)}.",
                hint="Start it with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and where it sees another "
                "file system, set `adapters_at`.",
            )
