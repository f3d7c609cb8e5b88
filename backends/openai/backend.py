"""Any server that speaks the OpenAI protocol, as its preset knows it: see `presets`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import urlsplit

import httpx
from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters
from ...config import PRESETS, OpenAISettings, Preset, VLLMSettings
from ...http_clients import LOOK_BYTES, AsyncClient, Bounds
from ...models import SAFE, ModelStore, Profile
from ...redaction import redact
from ...text import one_line
from ..answering import no_address
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed, BackendUnreachable
from ..secrets import access_token
from .adapter_loading import AdapterLoader
from .client import OpenAIClient
from .context_window import read_context_window
from .listing import first_chat_model, list_models

_LOOK_S = 5.0  # for a look; a question may take `timeout_s`


def open_openai(name: str, table: OpenAISettings, context: BackendContext) -> Backend:
    """A server of one of the presets' kinds."""
    return OpenAIBackend(
        name,
        table,
        style=context.settings.models.style,
        adapters=context.adapters,
        announce=context.announce,
        models=context.models,
    )


class OpenAIBackend:
    """See `base.Backend`. Without a `model` setting, the first model the server lists that can chat.

    `adapters` holds what may be loaded into a server that loads adapters; `announce` tells a person why one was not.
    """

    raw: RawCompletion | None = None

    def __init__(
        self,
        name: str,
        table: OpenAISettings,
        *,
        style: Literal["auto", "span", "prose"] = "auto",
        adapters: ActiveAdapters | None = None,
        announce: Callable[[str], None] | None = None,
        models: ModelStore | None = None,
    ) -> None:
        self.kind = table.kind
        self._preset: Preset = PRESETS[table.kind]
        url = table.url or self._preset.url
        if not url:
            raise no_address(name)
        self.name = name
        self.style: Literal["span", "prose"] = "span" if style == "span" else "prose"
        self.adapter: str | None = None
        self._table = table
        self._base = table.base if isinstance(table, VLLMSettings) else None
        self._models = models
        self._address = redact(url)
        self._where = f"the server at {self._address}"
        base_url, self._model = _with_version(url), table.model
        key = access_token(name, table, self._preset.token_env)
        self._http = AsyncClient(
            url,
            bounds=Bounds(LOOK_BYTES, 2 * _LOOK_S),
            base_url=base_url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(min(_LOOK_S, table.timeout_s)),
        )
        self._loader: AdapterLoader | None = None
        if adapters is not None and self._preset.lora:
            there = table.adapters_at if isinstance(table, VLLMSettings) else None
            self._loader = AdapterLoader(adapters, self._http, self._where, folder_there=there, announce=announce)
        self.context: int | None = table.context if "context" in table.model_fields_set else None
        self._client = OpenAIClient(
            where=self._where,
            model=table.model or "unset",
            base_url=base_url,
            api_key=key or "none",
            timeout_s=table.timeout_s,
            context=table.context,
            function_calling=self._preset.tools if table.tools is None else table.tools,
            schema=self._preset.schema,
            streams=self._preset.streams,
            stream_usage=self._preset.stream_usage,
        )

    @property
    def model(self) -> str:
        return self._model or "?"

    @property
    def profile(self) -> Profile:
        return SAFE if self._models is None else self._models.profile(self.model, self._address)

    @property
    def profile_key(self) -> str | None:
        return None if self._models is None else self._models.profile_key(self.model, self._address)

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    async def start(self) -> None:
        if self._model is None:
            await self._look()
        served = None
        if self._loader is not None:
            served = await self._loader.load_promoted(self._base or self.model)
            self.adapter = self._loader.adapter
        self._client.use(served or self.model)

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            models = await self._look()
        except (BackendUnreachable, BackendFailed) as error:
            return Health(self.name, False, self._model, error=error.message, hint=error.hint)
        latency_s = round(time.perf_counter() - began, 4)
        if models and self.model not in models:
            return Health(
                self.name,
                False,
                self.model,
                latency_s=latency_s,
                error=f"{self._where} does not hold the model {one_line(self.model, 80)}.",
                hint=f"It holds: {', '.join(one_line(name, 80) for name in models[:5])}.",
            )
        return Health(self.name, True, self.model, self.adapter, self.context, latency_s)

    async def weights(self) -> str:
        listing = await list_models(self._http, self._where)
        if self._model is None:
            await self._look()
        if self._loader is None:
            raise BackendFailed(f"{self._where} loads no adapters while it runs.", hint='`kind = "vllm"`, where it is vLLM.')
        await self._loader.check()
        entry = next((entry for entry in listing if entry["id"] == self._model), {})
        return str(entry.get("root") or self.model)

    async def close(self) -> None:
        if self._loader is not None:
            await self._loader.close()
        await self._http.aclose()
        await self._client.close()

    async def _look(self) -> Sequence[str]:
        """The models the server lists; settles which is asked, and how much it reads.

        Raises:
            BackendUnreachable, BackendFailed
        """
        listing = await list_models(self._http, self._where)
        models = [str(entry["id"]) for entry in listing]
        if self._model is None:
            if not models:
                raise BackendFailed(f"{self._where} holds no model.", hint="Load one there, or set `model`.")
            self._model = first_chat_model(models)
            self._client.use(self._model)
        if self.context is None:
            entry = next((entry for entry in listing if entry["id"] == self._model), {})
            self.context = await read_context_window(self._preset.context, self._http, self._model, entry)
            self._client.context = self.context or self._table.context
        return models


def _with_version(url: str) -> str:
    """The base the protocol's paths are added to: a bare address gets the usual `/v1`."""
    url = url.rstrip("/")
    return f"{url}/" if urlsplit(url).path else f"{url}/v1/"
