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
from typing import Any, Literal

import httpx
from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters, PinnedAdapter, RegistryDamaged
from ...config import LlamaCppSettings
from ...errors import AylluError
from ...models import ModelStore, Progress
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed
from ..wire import NO_KEEPALIVE
from .adapters import AskedAs, Places
from .chat_template import takes_tools
from .process import Worker
from .threads import Others, threads, usable, worth_a_start
from .tool_calls import RestartingClient, RestartingRaw, Workers
from .worker import Spec

_CHEAP_START_S = 3.0  # a worker that took longer to load is not started anew for its threads
_LOOK_S = 5.0  # between two looks at how busy the cores are
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
        others: Others | None = None,
    ) -> None:
        self.name = name
        self._table = table
        self._models = models
        self._info = models.info(model)
        self._asked_for = model
        self._style: Literal["span", "prose"] = self._info.style if style == "auto" else style
        self._announce = announce
        self._progress = progress
        self._adapters = adapters
        self._adapter: str | None = None
        self._refused: str | None = None  # a promoted adapter that could not be loaded; the one before it goes on
        self.places = Places([None], table.slots)
        self._tools = table.tools
        self._others = others or Others()
        self._worker: Worker | None = None
        self._starting = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
        self.context = min(table.context, self._info.context)
        self._client = self.client_for(self)
        self._raw = RestartingRaw(self)

    @property
    def model(self) -> str:
        return self._info.name

    @property
    def adapter(self) -> str | None:
        return self._adapter if self._worker is not None else self._promoted(tell=False)

    @property
    def adapter_folder(self) -> Path | None:
        return self.kept(self.adapter)

    def kept(self, adapter: str | None) -> Path | None:
        """The folder of an adapter."""
        return self._adapters.path(adapter).parent if adapter is not None and self._adapters is not None else None

    @property
    def style(self) -> Literal["span", "prose"]:
        return self._style

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    @property
    def raw(self) -> RawCompletion | None:
        return self._raw

    @property
    def tools(self) -> bool:
        """Whether the model's chat template has a place for tools; `False` while the model is not there yet."""
        if self._tools is None and (path := self._models.path(self._asked_for)) is not None:
            self._tools = takes_tools(path)
        return bool(self._tools)

    def client_for(self, workers: Workers) -> RestartingClient:
        """A chat client that reaches this backend's worker through `workers`."""
        return RestartingClient(workers, model=self.model, timeout_s=self._table.timeout_s, context=self.context)

    def asked_as(self, adapter: str | None) -> Backend:
        """The same loaded model, asked with an adapter named in `adapters`, or with `None` untuned.

        Closing it leaves this one open. A call to it raises `UsageError` where that adapter is not held.
        """
        return AskedAs(self, adapter)

    def place(self) -> AbstractContextManager[Mapping[str, Any]]:
        return self.places.held(self._adapter)

    @property
    def threads(self) -> int | None:
        """Threads that decode, while a worker runs."""
        return self._worker.threads if self._worker is not None else None

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._worker.pid if self._worker is not None else None

    async def start(self) -> None:
        async with self._starting:
            wanted = await asyncio.to_thread(self._promoted, tell=not self._up)
            if not self._up or wanted != self._adapter:
                await self._go_over(wanted)
            elif await self._threads_are_off():
                await self._bring_up(self._adapter)

    async def http(self) -> httpx.AsyncClient:
        """An HTTP client of the running worker, started or restarted where there is none."""
        async with self._starting:
            if self._worker is None:
                await self._go_over(await asyncio.to_thread(self._promoted, tell=True))
            elif not self._up:  # it died: the same again, for a question may be under way
                await self._bring_up(self._adapter)
            assert self._http is not None  # it is up
            return self._http

    @property
    def _up(self) -> bool:
        return self._worker is not None and self._http is not None and self._worker.alive

    def _promoted(self, *, tell: bool) -> str | None:
        """The adapter to work with. Where the registry is damaged or that one was refused, it is the one at work."""
        try:
            active = self._adapters.active(self.model) if self._adapters is not None else None
        except RegistryDamaged as error:
            log.warning("%s", error.message)
            if tell:
                self._tell(f"{error.message} {error.hint}")
            return self._adapter
        wanted = active.adapter_id if active is not None else None
        return self._adapter if wanted is not None and wanted == self._refused else wanted

    async def _go_over(self, wanted: str | None) -> None:
        """Go over to another adapter. One that cannot be loaded is named once, and what was at work before goes on."""
        try:
            await self._bring_up(wanted)
        except BackendFailed as error:
            if wanted == self._adapter:
                raise
            self._refused = wanted
            if not self._up:
                await self._bring_up(self._adapter)  # where it is the model that cannot be loaded, this says so
            goes_on = f"{self._adapter} goes on" if self._adapter is not None else "the untuned model answers"
            back = "`ayllu adapters rollback` takes it back."
            await asyncio.to_thread(self._tell, f"The adapter {wanted} is not used, so {goes_on}: {error.message} {back}")

    def _tell(self, text: str) -> None:
        """From a thread: a face may wait for its own loop."""
        (self._announce or log.warning)(text)

    async def _bring_up(self, adapter: str | None) -> None:
        """A worker of its own for each promoted adapter, with those that are held beside it; then the old one goes."""
        places = Places(await asyncio.to_thread(self._held_with, adapter), self._table.slots)
        try:
            worker, spec = await self._loaded(places)
        except BackendFailed as error:
            if not places.several:
                raise
            places = Places([adapter], self._table.slots)
            worker, spec = await self._loaded(places)
            told = f"The `adapters` of {self.name} are not used: {error.message}"
            await asyncio.to_thread(self._tell, told)
        await self._put_down()
        self._worker, self._adapter, self.places = worker, adapter, places
        self._http = httpx.AsyncClient(
            base_url=worker.url,
            headers={"Authorization": f"Bearer {spec.key}"},
            timeout=httpx.Timeout(self._table.timeout_s, connect=5.0),
            trust_env=False,  # a proxy has no business on loopback
            limits=NO_KEEPALIVE,
        )

    async def _loaded(self, places: Places) -> tuple[Worker, Spec]:
        spec = await asyncio.to_thread(self._spec, places)
        worker = Worker(spec)
        try:
            await asyncio.to_thread(worker.ready)
        except BaseException:  # a cancelled start too: nobody else knows of this process
            worker.stop()
            raise
        return worker, spec

    def _spec(self, places: Places) -> Spec:
        path = self._models.ensure(self._asked_for, self._progress, self._announce)
        registry = self._adapters
        most, free = usable(self._others.cores), threads(self._others.cores, self._others.busy())
        return Spec(
            model=str(path),
            alias=self.model,
            key=secrets.token_urlsafe(32),
            context=self.context,
            slots=places.count,
            gpu_layers=self._table.gpu_layers,
            threads=self._table.threads or free,
            prompt_threads=self._table.threads or most,
            crowded=free < most,
            adapters=tuple(str(registry.path(one)) for one in places.loras) if registry is not None else (),
            cache_mib=0 if places.several else 256,  # it does not know under which adapter a prompt was read
        )

    def _held_with(self, adapter: str | None) -> Sequence[str | None]:
        """`adapter` and those named in the settings; one whose file is gone is told of."""
        registry = self._adapters
        if registry is None or isinstance(registry, PinnedAdapter):  # it knows only the one that is asked for
            return [adapter]
        held = {adapter: None}
        for name in self._table.adapters:
            if name != "none" and not registry.path(name).is_file():
                self._tell(f"The adapter {name} is not there; take it out of `adapters` of {self.name}.")
                continue
            held[name if name != "none" else None] = None
        return list(held)

    async def _threads_are_off(self) -> bool:
        """Whether others have become so much busier, or idler, that another number of threads is worth a new worker."""
        worker = self._worker
        if self._table.threads or worker is None or worker.gpu or worker.loading_s > _CHEAP_START_S:
            return False
        if not self.places.idle or self._others.age_s < _LOOK_S:
            return False
        watched_s = self._others.age_s
        free = threads(self._others.cores, await asyncio.to_thread(self._others.busy))
        return worth_a_start(worker.threads, free, watched_s)

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
            await self._put_down()
            await self._client.close()

    async def _put_down(self) -> None:
        worker, http, self._worker, self._http = self._worker, self._http, None, None
        if http is not None:
            await http.aclose()
        if worker is not None:
            await asyncio.to_thread(worker.stop)

    async def died(self) -> bool:
        """Whether the worker is gone; waits a moment, for a socket closes before its process ends."""
        for _ in range(20):
            if self._worker is None or not self._worker.alive:
                return True
            await asyncio.sleep(0.01)
        return False
