"""The `transformers` backend: any causal language model that transformers loads, in this process.

All its work is done by one thread: one answer at a time, or a batch of those that wait; an adapter is changed between two.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters
from ...config import TransformersSettings
from ...errors import AylluError, ExtraMissing
from ...models import ModelStore, Profile, Progress, download_from_hub
from ...paths import expand
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed
from ..promoted import PromotedAdapter
from .client import TransformersClient
from .completion import TransformersCompletion
from .model_location import locate_model
from .model_thread import ModelThread

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)

_GPU_BATCH = 16  # answers at once: each takes memory for its own context


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
        if any(find_spec(module) is None for module in ("torch", "transformers", "llguidance")):
            raise ExtraMissing(f"The backend `{name}`", "models")
        if table.adapter is not None and find_spec("peft") is None:
            raise ExtraMissing(f"An adapter in the backend `{name}`", "train")
        self.name = name
        self._table = table
        self._models = models
        self._model_setting = model
        self._location = locate_model(model, models)
        if self._location.place == "store" and find_spec("gguf") is None:
            raise ExtraMissing(f"A GGUF model in the backend `{name}`", "train")
        self._style: Literal["span", "prose"] = self._location.style if style == "auto" else style
        self._announce = announce
        self._progress = progress
        promotable = adapters if table.adapter is None else None
        self._promoted = PromotedAdapter(promotable, table.base or self._location.base, announce)
        self._engine: Engine | None = None
        self._starting = asyncio.Lock()
        self.thread = ModelThread()
        self._client = TransformersClient(self)
        self._raw = TransformersCompletion(self)

    @property
    def model(self) -> str:
        return self._location.name

    @property
    def adapter(self) -> str | None:
        return self._promoted.at_work if self._engine is not None else self._promoted.wanted()

    @property
    def adapter_folder(self) -> Path | None:
        return self._promoted.folder(self.adapter)

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
            wanted = await asyncio.to_thread(self._promoted.wanted, tell=first)
            if wanted != self._promoted.at_work:
                await self._switch(wanted)

    async def engine(self) -> Engine:
        """The loaded model; a newly promoted adapter waits for `start`."""
        if self._engine is None:
            await self.start()
        assert self._engine is not None  # `start` loads it, or raises
        return self._engine

    async def health(self) -> Health:
        """Of a model that is not loaded: whether its files are here. Loading is `start`'s."""
        if self._engine is None:
            here = await asyncio.to_thread(self._location.is_here, self._models)
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
            latency_s = round(await self.thread.run(engine.measure_token_s), 4)
        except RuntimeError as error:  # torch's own
            return Health(self.name, False, self.model, error=str(error), hint="Start ayllu again.")
        details = {"device": engine.device, "dtype": engine.dtype}
        return Health(self.name, True, self.model, self.adapter, engine.context, latency_s, details=details)

    async def close(self) -> None:
        self.thread.stop_answers()
        async with self._starting:
            self._engine = None
            self._promoted.put_to_work(None)
            await self.thread.close()

    async def _load(self) -> None:
        path = await asyncio.to_thread(self._path)
        table = self._table

        def load() -> Engine:
            from .loading import load_engine

            engine = load_engine(path, table.device, table.context, table.threads, self._models.converted)
            if table.adapter is not None:
                engine.put_on(expand(table.adapter))
            return engine

        self._engine = await self.thread.run(load)
        self.thread.batch = table.batch or (_GPU_BATCH if self._engine.device.startswith("cuda") else 1)
        self._promoted.put_to_work(Path(table.adapter).name if table.adapter is not None else None)

    def _path(self) -> Path:
        location = self._location
        if location.place == "folder":
            return location.folder
        if location.place == "store":
            return self._models.ensure(location.setting, self._progress, self._announce)
        if not location.is_here(self._models):
            self._promoted.tell(f"Pulling {self.model} from the Hugging Face hub.")
        return download_from_hub(location.setting)

    async def _switch(self, wanted: str | None) -> None:
        """Go over to another adapter. One that cannot be loaded is named once, and what was at work before goes on."""
        try:
            await self._put_on(wanted)
            self._promoted.put_to_work(wanted)
        except (BackendFailed, ExtraMissing) as error:
            before = self._promoted.at_work
            try:
                await self._put_on(before)
            except AylluError:
                log.warning("the adapter %s cannot be put on again", before, exc_info=True)
                self._promoted.put_to_work(None)
            self._promoted.refuse(wanted)
            reason = f"{error.message} {error.hint}"
            await asyncio.to_thread(self._promoted.tell_refused, wanted, reason)  # a screen hears other threads only

    async def _put_on(self, adapter: str | None) -> None:
        engine = self._engine
        assert engine is not None  # it is loaded first
        if adapter is not None and find_spec("peft") is None:
            raise ExtraMissing(f"An adapter in the backend `{self.name}`", "train")
        folder = self._promoted.folder(adapter)
        await self.thread.run(lambda: engine.put_on(folder / "peft" if folder is not None else None))
