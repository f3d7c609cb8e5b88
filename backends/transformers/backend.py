"""The `transformers` backend: any causal language model that transformers loads, in this process.

All its work is done by one thread, so that one answer is written at a time, and an adapter is changed between two of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal, TypeVar

from autogen_core import CancellationToken
from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters, RegistryDamaged
from ...config import TransformersSettings
from ...errors import AylluError, ExtraMissing, NotFound
from ...models import ModelStore, Progress, download_from_hub, is_hub_id
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed
from .client import TransformersClient
from .completion import InProcessRaw

if TYPE_CHECKING:
    from .engine import Ask, Engine, Written

_T = TypeVar("_T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from. `base` is the name its adapters are registered under."""

    name: str
    base: str
    place: Literal["store", "folder", "hub"]
    style: Literal["span", "prose"] = "prose"


def find(named: str, models: ModelStore) -> Source:
    """The model called `named`: one of the manifest, a GGUF file, a folder, or a hub id.

    Raises:
        NotFound: it is none of these.
    """
    path = Path(named).expanduser()
    if (path / "config.json").is_file():
        return Source(path.resolve().name, path.resolve().name, "folder")
    if is_hub_id(named):
        same = next((one.name for one in models.list() if one.original == named), named)  # what training calls it
        return Source(named, same, "hub")
    try:
        info = models.info(named)
    except NotFound as error:
        raise NotFound(
            f"{named} is no model that transformers could load.",
            hint="Give a name of `ayllu models list`, a GGUF file, a folder with config.json, or a hub id (owner/name).",
        ) from error
    return Source(info.name, info.name, "store", info.style)


def open_transformers(name: str, table: TransformersSettings, context: BackendContext) -> Backend:
    """A model in this process: the one that `table` names, else the chat model."""
    models = context.settings.models
    return TransformersBackend(
        name,
        table,
        context.models,
        model=table.model or models.chat,
        style=models.style,
        announce=context.announce,
        progress=context.progress,
        adapters=context.adapters,
    )


class TransformersBackend:
    """See `base.Backend`. The model is loaded at the first question, and pulled where it is missing."""

    kind = "transformers"

    def __init__(
        self,
        name: str,
        table: TransformersSettings,
        models: ModelStore,
        *,
        model: str,
        style: Literal["auto", "span", "prose"] = "auto",
        announce: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        adapters: ActiveAdapters | None = None,
    ) -> None:
        if any(find_spec(one) is None for one in ("torch", "transformers", "llguidance")):
            raise ExtraMissing(f"The backend `{name}`", "models")
        if table.adapter is not None and find_spec("peft") is None:
            raise ExtraMissing(f"An adapter in the backend `{name}`", "train")
        self.name = name
        self._table = table
        self._models = models
        self._asked_for = model
        self._source = find(model, models)
        if self._source.place == "store" and find_spec("gguf") is None:
            raise ExtraMissing(f"A GGUF model in the backend `{name}`", "train")
        self._style: Literal["span", "prose"] = self._source.style if style == "auto" else style
        self._announce = announce
        self._progress = progress
        self._adapters = adapters if table.adapter is None else None
        self._adapter: str | None = None
        self._refused: str | None = None  # a promoted adapter that could not be loaded; the one before it goes on
        self._engine: Engine | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._starting = asyncio.Lock()
        self._stops: set[Event] = set()  # one an answer that is being written
        self._client = TransformersClient(self)
        self._raw = InProcessRaw(self)

    @property
    def model(self) -> str:
        return self._source.name

    @property
    def adapter(self) -> str | None:
        return self._adapter if self._engine is not None else self._promoted(tell=False)

    @property
    def adapter_folder(self) -> Path | None:
        return self._kept(self.adapter)

    def _kept(self, adapter: str | None) -> Path | None:
        """The folder of an adapter of the registry."""
        return self._adapters.path(adapter).parent if self._adapters is not None and adapter is not None else None

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
    def context(self) -> int:
        """Tokens; what the settings allow, until the model has said less."""
        return self._engine.context if self._engine is not None else self._table.context

    @property
    def tools(self) -> bool | None:
        """Whether the model calls functions, where the settings say it."""
        return self._table.tools

    @property
    def loaded(self) -> Engine | None:
        return self._engine

    async def start(self) -> None:
        async with self._starting:
            first = self._engine is None
            if first:
                await self._load()
            wanted = await asyncio.to_thread(self._promoted, tell=first)
            if wanted != self._adapter:
                await self._go_over(wanted)

    async def engine(self) -> Engine:
        """The loaded model; a newly promoted adapter waits for `start`."""
        if self._engine is None:
            await self.start()
        assert self._engine is not None  # `start` loads it, or raises
        return self._engine

    async def does(self, work: Callable[[], _T]) -> _T:
        """Run `work` on the model's own thread, after what it is doing."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def write(self, ask: Ask, token: CancellationToken | None = None) -> AsyncGenerator[str | Written, None]:
        """The pieces of an answer as they come, then the whole. Leaving it early, or the token, stops the model.

        Raises:
            AylluError: what `Engine.write` raises.
        """
        engine, loop, stop = await self.engine(), asyncio.get_running_loop(), Event()
        pieces: asyncio.Queue[str | None] = asyncio.Queue()

        def soon(piece: str | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        def cancel() -> None:
            stop.set()
            soon(None)

        if token is not None:
            token.add_callback(cancel)
        self._stops.add(stop)
        job = asyncio.ensure_future(self.does(lambda: engine.write(ask, soon, stop)))
        job.add_done_callback(lambda done: pieces.put_nowait(None))
        try:
            while not stop.is_set() and (piece := await pieces.get()) is not None:
                if not stop.is_set():
                    yield piece
            if stop.is_set():
                raise asyncio.CancelledError
            yield await job
        finally:
            stop.set()
            self._stops.discard(stop)
            job.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks any more

    async def health(self) -> Health:
        """Of a model that is not loaded: whether its files are here. Loading is `start`'s."""
        if self._engine is None:
            here = await asyncio.to_thread(self._here)
            return Health(
                self.name,
                here,
                self.model,
                details={"loaded": "no"},
                error=None if here else f"The model {self.model} is not here yet.",
                hint=None if here else f"`ayllu backends check {self.name}` pulls it.",
            )
        engine = self._engine
        try:
            latency_s = round(await self.does(engine.look), 4)
        except RuntimeError as error:  # torch's own
            return Health(self.name, False, self.model, error=str(error), hint="Start ayllu again.")
        details = {"device": engine.device, "dtype": engine.dtype}
        return Health(self.name, True, self.model, self.adapter, engine.context, latency_s, details=details)

    async def close(self) -> None:
        for stop in self._stops:
            stop.set()
        async with self._starting:
            thread, self._thread, self._engine, self._adapter = self._thread, None, None, None
            if thread is not None:
                await asyncio.to_thread(thread.shutdown)

    async def _load(self) -> None:
        path = await asyncio.to_thread(self._path)
        table = self._table

        def load() -> Engine:
            from .engine import Engine

            engine = Engine.load(path, table.device, table.context, table.threads)
            if table.adapter is not None:
                engine.put_on(Path(table.adapter).expanduser())
            return engine

        self._engine = await self.does(load)
        self._adapter = Path(table.adapter).name if table.adapter is not None else None

    def _path(self) -> Path:
        if self._source.place == "folder":
            return Path(self._asked_for).expanduser()
        if self._source.place == "store":
            return self._models.ensure(self._asked_for, self._progress, self._announce)
        if not self._here():
            self._tell(f"Pulling {self.model} from the Hugging Face hub.")
        return download_from_hub(self._asked_for)

    def _here(self) -> bool:
        """Whether the model's files are on this disk; of a hub's model, whether it was begun."""
        if self._source.place == "hub":
            import huggingface_hub as hub

            return isinstance(hub.try_to_load_from_cache(self._asked_for, "config.json"), str)
        return self._source.place == "folder" or self._models.path(self._asked_for) is not None

    def _promoted(self, *, tell: bool) -> str | None:
        """The adapter to work with. Where the registry is damaged or that one was refused, it is the one at work."""
        if self._adapters is None:
            return self._adapter
        try:
            active = self._adapters.active(self._table.base or self._source.base)
        except RegistryDamaged as error:
            if tell:
                self._tell(f"{error.message} {error.hint}")
            return self._adapter
        wanted = active.adapter_id if active is not None else None
        return self._adapter if wanted is not None and wanted == self._refused else wanted

    async def _go_over(self, wanted: str | None) -> None:
        """Go over to another adapter. One that cannot be loaded is named once, and what was at work before goes on."""
        try:
            await self._put_on(wanted)
            self._adapter, self._refused = wanted, None
        except (BackendFailed, ExtraMissing) as error:
            self._refused, before = wanted, self._adapter
            try:
                await self._put_on(before)
            except AylluError:
                log.warning("the adapter %s cannot be put on again", before, exc_info=True)
                self._adapter = before = None
            goes_on = f"{before} goes on" if before is not None else "the untuned model answers"
            told = f"The adapter {wanted} is not used, so {goes_on}: {error.message} {error.hint}"
            await asyncio.to_thread(self._tell, told)  # a screen takes words from other threads only

    async def _put_on(self, adapter: str | None) -> None:
        engine = self._engine
        assert engine is not None  # it is loaded first
        if adapter is not None and find_spec("peft") is None:
            raise ExtraMissing(f"An adapter in the backend `{self.name}`", "train")
        kept = self._kept(adapter)
        await self.does(lambda: engine.put_on(kept / "peft" if kept is not None else None))

    def _tell(self, text: str) -> None:
        (self._announce or log.warning)(text)
