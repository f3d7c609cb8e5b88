"""The embedded backend: llama.cpp in a worker process, started on first need and gone with its parent.

A new worker is loaded and checked before the old one goes, in between two questions: for another adapter, or where others
have begun or ceased to keep the cores busy.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx
from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters, PinnedAdapter
from ...config import LlamaCppSettings
from ...errors import AylluError
from ...models import ModelStore, Profile, Progress
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed
from ..promoted import PromotedAdapter
from .chat_template import takes_tools
from .pinned import PinnedBackend
from .restarting import RestartingCompletion, WorkerKeeper
from .running import RunningWorker
from .slots import AdapterSlots
from .threads import CpuLoad, decoding_threads, is_restart_worthwhile, usable_threads
from .worker import WorkerSpec

_CHEAP_START_S = 3.0  # a worker that took longer to load is not started anew for its threads
_LOOK_S = 5.0  # between two looks at how busy the cores are
_CACHE_MIB = 256  # for prompts of other conversations, kept for their return
if TYPE_CHECKING:
    from .client import LlamaCppClient

log = logging.getLogger(__name__)


def open_llamacpp(name: str, table: LlamaCppSettings, context: BackendContext) -> Backend:
    """The embedded model: the one that `table` names, else the chat model."""
    models = context.settings.models
    return LlamaCppBackend(
        name,
        table,
        context.models,
        model=table.model or models.chat,
        style=models.style,
        announce=context.announce,
        progress=context.progress,
        adapters=context.adapters,
    )


class LlamaCppBackend:
    """See `base.Backend`. `name` is the settings table; the model is pulled where it is missing."""

    kind = "llamacpp"

    def __init__(
        self,
        name: str,
        table: LlamaCppSettings,
        models: ModelStore,
        *,
        model: str,
        style: Literal["auto", "span", "prose"] = "auto",
        announce: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        adapters: ActiveAdapters | None = None,
        load: CpuLoad | None = None,
    ) -> None:
        self.name = name
        self._table = table
        self._models = models
        self._info = models.info(model)
        self._model_setting = model
        self._style: Literal["span", "prose"] = self._info.style if style == "auto" else style
        self._announce = announce
        self._progress = progress
        # one that is pinned stands alone, whatever the settings hold beside the promoted one
        self._held = table.adapters if adapters is not None and not isinstance(adapters, PinnedAdapter) else ()
        self._promoted = PromotedAdapter(adapters, self.model, announce)
        self._tools = table.tools
        self._load = load or CpuLoad()
        self._worker: RunningWorker | None = None
        self._starting = asyncio.Lock()
        self.context = min(table.context, self._info.context)
        self._client: LlamaCppClient | None = None
        self._raw = RestartingCompletion(self)

    @property
    def model(self) -> str:
        return self._info.name

    @property
    def adapter(self) -> str | None:
        return self._promoted.at_work if self._worker is not None else self._promoted.wanted()

    @property
    def adapter_folder(self) -> Path | None:
        return self.folder(self.adapter)

    def folder(self, adapter: str | None) -> Path | None:
        """Where an adapter is kept; nothing for the untuned model."""
        return self._promoted.folder(adapter)

    @property
    def style(self) -> Literal["span", "prose"]:
        return self._style

    @property
    def profile(self) -> Profile:
        return self._models.profile(self._model_setting)

    @property
    def profile_key(self) -> str | None:
        return self._models.profile_key(self._model_setting)

    @property
    def client(self) -> ChatCompletionClient:
        if self._client is None:
            self._client = self.client_for(self)
        return self._client

    @property
    def raw(self) -> RawCompletion | None:
        return self._raw

    @property
    def tools(self) -> bool:
        """Whether the model's chat template has a place for tools; `False` while the model is not there yet."""
        if self._tools is None and (path := self._models.path(self._model_setting)) is not None:
            self._tools = takes_tools(path)
        return bool(self._tools)

    def client_for(self, keeper: WorkerKeeper) -> LlamaCppClient:
        """A chat client that reaches this backend's worker through `keeper`."""
        from .client import LlamaCppClient  # and not above: short answers are copied without a chat, and OpenAI's library

        return LlamaCppClient(keeper, model=self.model, timeout_s=self._table.timeout_s, context=self.context)

    def asked_as(self, adapter: str | None) -> Backend:
        """The same loaded model, asked with an adapter named in `adapters`, or with `None` untuned.

        Closing it leaves this one open. A call to it raises `UsageError` where that adapter is not held.
        """
        return PinnedBackend(self, adapter)

    def remember_writing(self, tokens: int, seconds: float) -> None:
        self._models.speeds.remember_writing(self.model, tokens, seconds)

    @property
    def slots(self) -> AdapterSlots:
        """Who answers on which slots; of the worker that is to come, while there is none."""
        return self._worker.slots if self._worker is not None else AdapterSlots([None], self._table.slots)

    def reserve_slot(self) -> AbstractContextManager[Mapping[str, Any]]:
        return self.slots.reserve(self._promoted.at_work)

    @property
    def threads(self) -> int | None:
        """Threads that decode, while a worker runs."""
        return self._worker.process.threads if self._worker is not None else None

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._worker.process.pid if self._worker is not None else None

    async def start(self) -> None:
        async with self._starting:
            wanted = await asyncio.to_thread(self._promoted.wanted, tell=not self._is_up)
            if not self._is_up or wanted != self._promoted.at_work:
                await self._switch(wanted)
            elif await self._needs_other_threads():
                await self._bring_up(self._promoted.at_work)

    async def http(self) -> httpx.AsyncClient:
        """An HTTP client of the running worker, started or restarted where there is none."""
        async with self._starting:
            if self._worker is None:
                await self._switch(await asyncio.to_thread(self._promoted.wanted, tell=True))
            elif not self._is_up:  # it died: the same again, for a question may be under way
                await self._bring_up(self._promoted.at_work)
            assert self._worker is not None  # it is up
            return self._worker.http

    async def died(self) -> bool:
        """Whether the worker is gone; waits a moment, for a socket closes before its process ends."""
        for _ in range(20):
            if not self._is_up:
                return True
            await asyncio.sleep(0.01)
        return False

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            http = await self.http()
            answer = await http.get("/health")
            answer.raise_for_status()
        except AylluError as error:
            return Health(self.name, False, self.model, error=error.message, hint=error.hint)
        except httpx.HTTPError as error:
            return Health(self.name, False, self.model, error=str(error) or type(error).__name__, hint="Ask again.")
        latency_s = time.perf_counter() - began
        return Health(self.name, True, self.model, self.adapter, self.context, round(latency_s, 4))

    async def close(self) -> None:
        async with self._starting:
            await self._replace_worker(None)
            if self._client is not None:
                await self._client.close()

    @property
    def _is_up(self) -> bool:
        return self._worker is not None and self._worker.alive

    async def _switch(self, wanted: str | None) -> None:
        """Go over to another adapter. One that cannot be loaded is named once, and what was at work before goes on."""
        before = self._promoted.at_work
        try:
            await self._bring_up(wanted)
        except BackendFailed as error:
            if wanted == before:
                raise
            if not self._is_up:
                await self._bring_up(before)  # where it is the model that cannot be loaded, this says so
            self._promoted.refuse(wanted)
            reason = f"{error.message} `ayllu adapters rollback` takes it back."
            await asyncio.to_thread(self._promoted.tell_refused, wanted, reason)

    async def _bring_up(self, adapter: str | None) -> None:
        """A worker of its own for each promoted adapter, with those that are held beside it; then the old one goes."""
        if adapter is not None and (file := self._promoted.file(adapter)) is not None and not file.is_file():
            raise BackendFailed(f"It has no {file.name}, which llama.cpp needs.", hint="`ayllu adapters list`")
        slots = AdapterSlots(await asyncio.to_thread(self._adapters_with, adapter), self._table.slots)
        try:
            worker = await RunningWorker.load(self._describe, slots, self._table.timeout_s)
        except BackendFailed as error:
            if not slots.several:
                raise
            alone = AdapterSlots([adapter], self._table.slots)
            worker = await RunningWorker.load(self._describe, alone, self._table.timeout_s)
            notice = f"The `adapters` of {self.name} are not used: {error.message}"
            await asyncio.to_thread(self._promoted.tell, notice)
        self._promoted.put_to_work(adapter)
        await self._replace_worker(worker)

    async def _replace_worker(self, worker: RunningWorker | None) -> None:
        """While the old one ends there is none, so that what it was answering is asked of the new one."""
        before, self._worker = self._worker, None
        try:
            if before is not None:
                await before.close()
        finally:  # a question that is stopped meanwhile does not cost the worker that is loaded
            self._worker = worker

    def _describe(self, slots: AdapterSlots) -> WorkerSpec:
        """How to run the worker now; pulls the model where it is missing, and looks at how busy the cores are."""
        path = self._models.ensure(self._model_setting, self._progress, self._announce)
        usable, free = usable_threads(self._load.cores), decoding_threads(self._load.cores, self._load.busy_cores())
        return WorkerSpec(
            model=str(path),
            alias=self.model,
            key=secrets.token_urlsafe(32),
            context=self.context,
            slots=slots.count,
            gpu_layers=self._table.gpu_layers,
            threads=self._table.threads or free,
            prompt_threads=self._table.threads or usable,
            crowded=free < usable,
            adapters=tuple(str(self._promoted.file(adapter)) for adapter in slots.loras),
            cache_mib=0 if slots.several else _CACHE_MIB,  # it does not know under which adapter a prompt was read
        )

    def _adapters_with(self, adapter: str | None) -> Sequence[str | None]:
        """`adapter` and those named in the settings; one whose file is gone is told of."""
        adapters = {adapter: None}
        for name in self._held:
            file = self._promoted.file(name) if name != "none" else None
            if file is not None and not file.is_file():
                self._promoted.tell(f"The adapter {name} is not there; take it out of `adapters` of {self.name}.")
                continue
            adapters[name if name != "none" else None] = None
        return list(adapters)

    async def _needs_other_threads(self) -> bool:
        """Whether others have become so much busier, or idler, that another number of threads is worth a new worker."""
        worker = self._worker
        if self._table.threads or worker is None or worker.process.gpu or worker.process.loading_s > _CHEAP_START_S:
            return False
        if not worker.slots.idle or self._load.age_s < _LOOK_S:
            return False
        watched_s = self._load.age_s
        free = decoding_threads(self._load.cores, await asyncio.to_thread(self._load.busy_cores))
        return is_restart_worthwhile(worker.process.threads, free, watched_s)
