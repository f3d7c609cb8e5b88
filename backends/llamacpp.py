"""The embedded backend: llama.cpp in a worker process, started on first need and gone with its parent.

A native crash costs the worker, not the chat: what was asked fails with `again=True` where it cannot be repeated unseen,
and is repeated once where nothing had been shown yet.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

import httpx
import psutil
from autogen_core.models import ChatCompletionClient, CreateResult

from ..config import BackendSettings
from ..errors import AylluError
from ..models import Adapters, ModelStore, Progress, RegistryDamaged
from .chat import ChatClient
from .errors import BackendFailed, BackendUnreachable
from .llamacpp_raw import LlamaCppRaw
from .llamacpp_worker import Spec
from .types import Completion, Health, Piece, RawCompletion, RawRequest

_T = TypeVar("_T")
_START_S = 300.0  # a large model on a slow disk
log = logging.getLogger(__name__)


class Worker:
    """One worker process: its address once it is `ready`, its key, and whether it lives."""

    def __init__(self, spec: Spec) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ayllu.backends.llamacpp_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONSAFEPATH": "1"},  # a folder full of documents is no place to import from
        )
        self._spec = spec
        self.key = spec.key
        self.url = ""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    log.debug("the worker was gone before its pipe")

    def ready(self) -> None:
        """Wait until the model is loaded.

        Raises:
            BackendFailed: it could not be.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # Popen was asked for both
        assert stdout is not None
        overdue = threading.Timer(_START_S, self._process.kill)
        overdue.start()
        try:
            stdin.write(self._spec.to_line())
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            overdue.cancel()
        answer = json.loads(line) if line else {"error": self._last_words()}
        if "url" not in answer:
            raise BackendFailed(
                f"{Path(self._spec.model).name} could not be loaded by llama.cpp: {answer['error']}.",
                hint="Check that the file is a GGUF model and that memory suffices: `ayllu doctor`.",
            )
        self.url = str(answer["url"])

    def _last_words(self) -> str:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return f"it ended with status {self._process.returncode}" + (f" ({lines[-1][-200:]})" if lines else "")


class LlamaCppBackend:
    """See `types.Backend`. `name` is the settings table; the model is pulled where it is missing."""

    kind = "llamacpp"

    def __init__(
        self,
        name: str,
        table: BackendSettings,
        models: ModelStore,
        *,
        model: str,
        style: Literal["auto", "span", "prose"] = "auto",
        announce: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        adapters: Adapters | None = None,
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
        self._worker: Worker | None = None
        self._starting = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
        self.context = min(table.context, self._info.context)
        self._client = _RestartingClient(self)
        self._raw = _RestartingRaw(self)

    @property
    def model(self) -> str:
        return self._info.name

    @property
    def adapter(self) -> str | None:
        return self._adapter

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
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._worker.pid if self._worker is not None else None

    async def start(self) -> None:
        async with self._starting:
            wanted = await asyncio.to_thread(self._promoted)
            if not self._up or wanted != self._adapter:
                await self._go_over(wanted)

    async def http(self) -> httpx.AsyncClient:
        """An HTTP client of the running worker, started or restarted where there is none."""
        async with self._starting:
            if self._worker is None:
                await self._go_over(await asyncio.to_thread(self._promoted))
            elif not self._up:  # it died: the same again, for a question may be under way
                await self._bring_up(self._adapter)
            assert self._http is not None  # it is up
            return self._http

    @property
    def _up(self) -> bool:
        return self._worker is not None and self._http is not None and self._worker.alive

    def _promoted(self) -> str | None:
        """The adapter to work with. Where the registry is damaged or that one was refused, it is the one at work."""
        try:
            active = self._adapters.active(self.model) if self._adapters is not None else None
        except RegistryDamaged as error:
            log.warning("%s", error.message)
            if not self._up:
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
        """A worker of its own for each adapter, for what one has cached is wrong for another; then the old one goes."""
        path = await asyncio.to_thread(self._models.ensure, self._asked_for, self._progress, self._announce)
        spec = Spec(
            model=str(path),
            alias=self.model,
            key=secrets.token_urlsafe(32),
            context=self.context,
            slots=self._table.slots,
            gpu_layers=self._table.gpu_layers,
            threads=self._table.threads or psutil.cpu_count(logical=False) or 1,
            adapter=str(self._adapters.path(adapter)) if adapter is not None and self._adapters is not None else "",
        )
        worker = Worker(spec)
        try:
            await asyncio.to_thread(worker.ready)
        except BaseException:  # a cancelled start too: nobody else knows of this process
            worker.stop()
            raise
        await self._put_down()
        self._worker, self._adapter = worker, adapter
        self._http = httpx.AsyncClient(
            base_url=worker.url,
            headers={"Authorization": f"Bearer {spec.key}"},
            timeout=httpx.Timeout(self._table.timeout_s, connect=5.0),
            trust_env=False,  # a proxy has no business on loopback
            limits=httpx.Limits(max_keepalive_connections=0),  # see `ChatClient`
        )
        self._client.meet(worker.url, spec.key)

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


class _RestartingClient(ChatClient):
    """The chat client of the worker: it starts the worker before a call, and once more if it dies before a first word."""

    def __init__(self, backend: LlamaCppBackend) -> None:
        super().__init__(
            where="the embedded llama.cpp",
            model=backend.model,
            base_url="http://127.0.0.1:9",  # nothing listens there; `meet` sets the worker's own address
            api_key="unset",
            timeout_s=backend._table.timeout_s,
            context=backend.context,
            function_calling=False,
        )
        self._backend = backend

    def meet(self, url: str, key: str) -> None:
        self._client.base_url = f"{url}/v1/"
        self._client.api_key = key

    async def create(self, *args: Any, **kwargs: Any) -> CreateResult:
        return await _once_more(self._backend, lambda: super(_RestartingClient, self).create(*args, **kwargs))

    async def create_stream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[str | CreateResult, None]:
        for last_try in (False, True):
            await self._backend.http()
            shown = False
            stream = super().create_stream(*args, **kwargs)
            try:
                async for piece in stream:
                    shown = True
                    yield piece
                return
            except (BackendUnreachable, BackendFailed) as error:
                if not await self._backend.died():
                    raise
                if shown or last_try:
                    raise _crashed(again=shown) from error
            finally:
                await stream.aclose()


class _RestartingRaw:
    """Raw completion on the worker, with the same promise."""

    def __init__(self, backend: LlamaCppBackend) -> None:
        self._backend = backend

    async def complete(self, request: RawRequest) -> Completion:
        async def ask() -> Completion:
            return await (await self._server()).complete(request)

        return await _once_more(self._backend, ask)

    async def stream(self, request: RawRequest) -> AsyncIterator[str]:
        for last_try in (False, True):
            shown = False
            try:
                async for piece in (await self._server()).stream(request):
                    shown = True
                    yield piece
                return
            except (BackendUnreachable, BackendFailed) as error:
                if not await self._backend.died():
                    raise
                if shown or last_try:
                    raise _crashed(again=shown) from error

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        async def ask() -> Sequence[Piece]:
            return await (await self._server()).tokenize(text, special=special)

        return await _once_more(self._backend, ask)

    async def _server(self) -> LlamaCppRaw:
        return LlamaCppRaw(await self._backend.http(), "the embedded llama.cpp")


async def _once_more(backend: LlamaCppBackend, ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask; where the worker died of it, or before it, ask a new one. Nothing has been shown, so nobody sees a seam."""
    await backend.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed):
        if not await backend.died():
            raise
        log.warning("the llama.cpp worker died; asking a new one", exc_info=True)
    await backend.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed) as error:
        if await backend.died():
            raise _crashed(again=False) from error
        raise


def _crashed(*, again: bool) -> BackendUnreachable:
    return BackendUnreachable(
        "The embedded llama.cpp crashed while it was answering.",
        hint="Ask again; if it goes on, try a smaller `context` or another model.",
        again=again,
    )
