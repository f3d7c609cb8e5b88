"""The promoted adapter, loaded into a server while it runs (vLLM's run-time loading), so that it need not be restarted.

A server that was given other weights under a name it knew has been seen to go on with the old ones (vLLM #42125): so every
promotion has a name of its own, made of the adapter's id and the time it was put to work. Whatever of ours the server still
holds is unloaded once the new one is there.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import httpx

from ...adapters import ActiveAdapters, Adapter, PinnedAdapter
from ...errors import AylluError
from ...text import one_line
from ..errors import BackendFailed, BackendUnreachable
from .listing import list_models

_LOAD_S = 120.0
_HOW_TO_START = (
    "Start it with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and where it sees another file system, set"
    " `adapters_at`."
)
log = logging.getLogger(__name__)


class AdapterLoader:
    """Has one server load what is promoted. `folder_there` is where it sees the folder of all adapters, if elsewhere.

    An adapter that the server would not load is named once by `announce`, and not tried again. A pinned one, which is there
    for this process alone, is unloaded by `close`.
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
        self._own = f"-{secrets.token_hex(4)}" if isinstance(adapters, PinnedAdapter) else ""
        self._refused: str | None = None
        self._listed = False  # that what is in use is among what the server lists
        self._looked = False  # whether something that is not in use any more is there
        self.adapter: str | None = None  # whose weights `name` stands for
        self.name: str | None = None  # under which the server knows what it has loaded

    async def load_promoted(self, base: str) -> str | None:
        """The name to ask for instead of the model, which the server has loaded; `base` is the model it was tuned on."""
        active = await asyncio.to_thread(self._adapters.active, base)
        wanted = self._served_name(active) if active is not None else None
        if active is None or wanted is None:
            if self.name is not None or not self._looked:
                await self._unload_ours(None)
            self.adapter = self.name = None
        elif wanted == self._refused:
            self.adapter = self.name = None
        elif wanted != self.name or not await self._holds(wanted):
            loaded = await self._try_to_load(active, wanted)
            self.adapter, self.name = (active.adapter_id, wanted) if loaded else (None, None)
        return self.name

    async def check(self) -> None:
        """See that the server loads adapters while it runs, by asking it to unload what it does not have.

        Raises:
            BackendUnreachable, BackendFailed
        """
        answer = await self._post("unload_lora_adapter", {"lora_name": f"ayllu-{secrets.token_hex(4)}"})
        if answer.status_code in (401, 403, 405, 501) or _no_such_path(answer):
            raise BackendFailed(f"{self._where} loads no adapters while it runs.", hint=_HOW_TO_START)

    async def close(self) -> None:
        """Take what was loaded for this process alone from the server again."""
        if self._own and self.name is not None:
            await self._unload(self.name)
            self.adapter = self.name = None

    def _served_name(self, adapter: Adapter) -> str:
        time = re.sub(r"\D", "", adapter.promoted_at.partition("+")[0])
        return f"{adapter.adapter_id}{self._own or (f'-{time}' if time else '')}"

    async def _holds(self, name: str) -> bool:
        """Whether the server still lists what it listed once: it may have been started again."""
        if not self._listed:
            return True
        held = await self._held()
        return held is None or name in held

    async def _held(self) -> Sequence[str] | None:
        """The names that the server lists beside its models; None where no answer is to be had."""
        try:
            return [str(entry["id"]) for entry in await list_models(self._http, self._where)]
        except AylluError:
            return None

    async def _try_to_load(self, adapter: Adapter, name: str) -> bool:
        try:
            await self._load(name, str(self._seen_there(adapter.adapter_id) / "peft"))
        except BackendUnreachable:
            log.warning("the adapter %s is not loaded", name, exc_info=True)
            return False  # the question meets the same, and says it
        except AylluError as error:
            self._refused = name
            log.warning("%s did not load %s: %s", self._where, name, error.message)
            if self._announce is not None:
                notice = f"{error.message} The untuned model answers. {error.hint}"
                await asyncio.to_thread(self._announce, notice)  # a screen takes words from other threads only
            return False
        await self._unload_ours(name)
        return True

    async def _unload_ours(self, kept: str | None) -> None:
        """All of ours that the server lists, but for the one in use."""
        held = await self._held() or ()
        self._listed, self._looked = kept in held, True
        for old in () if self._own else held:
            if old != kept and self._is_ours(old):
                await self._unload(old)

    def _seen_there(self, adapter_id: str) -> Path | PurePosixPath:
        """The adapter's folder, as the server sees it."""
        folder = self._adapters.path(adapter_id).parent
        if not self._folder_there:
            return folder
        root = self._adapters.folder
        inside = folder.relative_to(root) if folder.is_relative_to(root) else Path(folder.name)
        return PurePosixPath(self._folder_there) / inside.as_posix()

    def _is_ours(self, name: str) -> bool:
        """Whether it is an adapter of this registry: others may use the same server."""
        adapter_id, _, time = name.rpartition("-")
        try:
            return bool(time.isdigit() and adapter_id) and self._adapters.path(adapter_id).parent.is_dir()
        except AylluError:
            return False

    async def _load(self, name: str, path: str) -> None:
        answer = await self._post("load_lora_adapter", {"lora_name": name, "lora_path": path})
        if answer.status_code != 200 and "already been loaded" not in answer.text:
            raise BackendFailed(
                f"{self._where} did not load the adapter {name}: {answer.status_code} {one_line(answer.text, 200)}.",
                hint=_HOW_TO_START,
            )

    async def _unload(self, name: str) -> None:
        """What it keeps costs the server memory, and nobody an answer: a failure is only written down."""
        try:
            answer = await self._post("unload_lora_adapter", {"lora_name": name})
        except AylluError as error:
            log.warning("%s did not unload %s: %s", self._where, name, error.message)
            return
        if answer.status_code not in (200, 404):
            log.warning("%s did not unload %s: %d", self._where, name, answer.status_code)

    async def _post(self, path: str, body: dict[str, str]) -> httpx.Response:
        try:
            return await self._http.post(path, json=body, timeout=_LOAD_S)
        except httpx.HTTPError as error:
            raise BackendUnreachable(
                f"No answer from {self._where}: {str(error) or type(error).__name__}.", hint="`ayllu backends check`"
            ) from error


def _no_such_path(answer: httpx.Response) -> bool:
    """Whether a 404 is of the path, and not of the adapter: FastAPI's words for it."""
    return answer.status_code == 404 and '"Not Found"' in answer.text
