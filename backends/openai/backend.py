"""Any server that speaks the OpenAI protocol, as its preset knows it: see `presets`."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from autogen_core.models import ChatCompletionClient

from ...adapters import ActiveAdapters
from ...config import PRESETS, OpenAISettings, Preset, VLLMSettings
from ...errors import AylluError
from ...text import one_line, without_secrets
from ..answering import check_address
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed, BackendUnreachable, NotSetUp
from ..secrets import token
from .client import OpenAIClient
from .context_window import context_of

_LOOK_S = 5.0  # for a look; a question may take `timeout_s`
_LOAD_S = 120.0  # for a server to load an adapter
_NOT_FOR_CHAT = re.compile(r"embed|rerank|whisper|(?:^|[/_-])(?:bge|clip|tts)(?:[/_-]|$)", re.IGNORECASE)
log = logging.getLogger(__name__)


def open_openai(name: str, table: OpenAISettings, context: BackendContext) -> Backend:
    """A server of one of the presets' kinds."""
    check_address(name, table)
    return OpenAIBackend(
        name,
        table,
        kind=table.kind,
        style=context.settings.models.style,
        adapters=context.adapters,
        announce=context.announce,
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
        kind: str = "openai",
        style: Literal["auto", "span", "prose"] = "auto",
        adapters: ActiveAdapters | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self.kind = kind
        self._preset: Preset = PRESETS[kind]
        url = table.url or self._preset.url
        if not url:
            raise NotSetUp(
                f"The backend `{name}` has no address.",
                hint=f'Set `url = "http://127.0.0.1:8080/v1"` (or what it is) under [backends.{name}].',
            )
        self.name = name
        self.style: Literal["span", "prose"] = "span" if style == "span" else "prose"
        self.adapter: str | None = None
        self._table = table
        self._base, self._adapters_at = (table.base, table.adapters_at) if isinstance(table, VLLMSettings) else (None, None)
        self._adapters = adapters if self._preset.lora else None
        self._refused = ""  # an adapter that the server would not load: it is not asked to again
        self._announce = announce
        self._where = f"the server at {without_secrets(url)}"
        base_url, self._model = _with_version(url), table.model
        key, proxied = token(name, table, self._preset.token_env), not _loopback(url)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(_LOOK_S),
            trust_env=proxied,
            limits=httpx.Limits(max_keepalive_connections=0),  # see `OpenAIClient`
        )
        self.context: int | None = table.context if "context" in table.model_fields_set else None
        self._client = OpenAIClient(
            where=self._where,
            model=table.model or "unset",
            base_url=base_url,
            api_key=key or "none",
            timeout_s=table.timeout_s,
            context=table.context,
            function_calling=self._preset.tools if table.tools is None else table.tools,
            proxied=proxied,
            schema=self._preset.schema,
            streams=self._preset.streams,
            stream_usage=self._preset.stream_usage,
        )

    @property
    def model(self) -> str:
        return self._model or "?"

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    async def start(self) -> None:
        if self._model is None:
            await self._look()
        await self._put_adapter_to_work()
        self._client.use(self.adapter or self.model)

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            listed = await self._look()
        except (BackendUnreachable, BackendFailed) as error:
            return Health(self.name, False, self._model, error=error.message, hint=error.hint)
        latency_s = round(time.perf_counter() - began, 4)
        if listed and self.model not in listed:
            return Health(
                self.name,
                False,
                self.model,
                latency_s=latency_s,
                error=f"{self._where} does not hold the model {one_line(self.model, 80)}.",
                hint=f"It holds: {', '.join(one_line(name, 80) for name in listed[:5])}.",
            )
        return Health(self.name, True, self.model, self.adapter, self.context, latency_s)

    async def close(self) -> None:
        await self._http.aclose()
        await self._client.close()

    async def _look(self) -> Sequence[str]:
        """The models the server lists; settles which is asked, and how much it reads.

        Raises:
            BackendUnreachable, BackendFailed
        """
        listing = await self._listing()
        listed = [str(entry["id"]) for entry in listing]
        if self._model is None:
            if not listed:
                raise BackendFailed(f"{self._where} holds no model.", hint="Load one there, or set `model`.")
            self._model = next((name for name in listed if not _NOT_FOR_CHAT.search(name)), listed[0])
            self._client.use(self._model)
        if self.context is None:
            entry = next((entry for entry in listing if entry["id"] == self._model), {})
            self.context = await context_of(self._preset.context, self._http, self._model, entry)
            self._client.context = self.context or self._table.context
        return listed

    async def _listing(self) -> list[dict[str, Any]]:
        try:
            answer = await self._http.get("models")
            answer.raise_for_status()
            return [dict(entry) for entry in answer.json()["data"] if entry["id"]]
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            refused = status in (401, 403)
            raise BackendFailed(
                f"{self._where} {'refused the key' if refused else f'answered {status} when asked for its models'}.",
                hint="Check its token: `token_env` names the variable that holds it."
                if refused
                else "Check its `url` (most end in /v1).",
            ) from error
        except httpx.HTTPError as error:
            raise BackendUnreachable(
                f"No answer from {self._where}: {str(error) or type(error).__name__}.",
                hint="Start it, or run `ayllu backends discover`.",
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise BackendFailed(
                f"{self._where} does not speak the OpenAI protocol.", hint="Check its `url` (most end in /v1)."
            ) from error

    async def _put_adapter_to_work(self) -> None:
        """Have the server load the promoted adapter (vLLM's run-time loading), so that it need not be restarted."""
        if self._adapters is None:
            return
        active = await asyncio.to_thread(self._adapters.active, self._base or self.model)
        wanted = active.adapter_id if active is not None else None
        if wanted is None or wanted in (self.adapter, self._refused):
            self.adapter = self.adapter if wanted is not None and wanted == self.adapter else None
            return
        folder = self._adapters.path(wanted).parent
        seen_at = PurePosixPath(self._adapters_at) / folder.name if self._adapters_at else folder
        try:
            await self._load(wanted, str(seen_at / "peft"))
        except AylluError as error:
            self._refused, self.adapter = wanted, None
            log.warning("%s did not load %s: %s", self.name, wanted, error.message)
            if self._announce is not None:
                told = f"{error.message} The untuned model answers. {error.hint}"
                await asyncio.to_thread(self._announce, told)  # a screen takes words from other threads only
            return
        self.adapter = wanted

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


def _with_version(url: str) -> str:
    """The base the protocol's paths are added to: a bare address gets the usual `/v1`."""
    url = url.rstrip("/")
    return f"{url}/" if urlsplit(url).path else f"{url}/v1/"


def _loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
