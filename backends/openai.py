"""Any server that speaks the OpenAI protocol: Ollama, LM Studio, llama-server, vLLM, SGLang, LocalAI, or a remote one."""

from __future__ import annotations

import os
import time
from typing import Literal
from urllib.parse import urlsplit

import httpx
from autogen_core.models import ChatCompletionClient

from ..config import BackendSettings
from ..errors import ConfigError
from .chat import ChatClient
from .errors import BackendFailed, BackendUnreachable
from .types import Health, RawCompletion


class OpenAIBackend:
    """See `types.Backend`. Without a `model` setting, the first model the server lists."""

    kind = "openai"
    adapter: str | None = None
    raw: RawCompletion | None = None

    def __init__(self, name: str, table: BackendSettings, *, style: Literal["auto", "span", "prose"] = "auto") -> None:
        if not table.url:
            raise ConfigError(
                f"The backend `{name}` has no address.",
                hint=f'Set `url = "http://127.0.0.1:8080/v1"` (or what it is) under [backends.{name}].',
            )
        self.name = name
        self.style: Literal["span", "prose"] = "span" if style == "span" else "prose"
        self._where = f"the server at {table.url}"
        self._url = _with_version(table.url)
        self._model = table.model
        key = _key(name, table)
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(table.timeout_s, connect=5.0),
            trust_env=not _loopback(self._url),
            limits=httpx.Limits(max_keepalive_connections=0),  # see `ChatClient`
        )
        self.context = table.context
        self._client = ChatClient(
            where=self._where,
            model=table.model or "unset",
            base_url=self._url,
            api_key=key or "none",
            timeout_s=table.timeout_s,
            context=table.context,
            function_calling=True,
            proxied=not _loopback(self._url),
        )

    @property
    def model(self) -> str:
        return self._model or "?"

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    async def start(self) -> None:
        if self._model is None:
            listed = await self._models()
            if not listed:
                raise BackendFailed(f"{self._where} holds no model.", hint="Load one there, or set `model`.")
            self._model = listed[0]
            self._client.use(self._model)

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            listed = await self._models()
        except (BackendUnreachable, BackendFailed) as error:
            return Health(self.name, False, self._model, error=error.message, hint=error.hint)
        latency_s = round(time.perf_counter() - began, 4)
        model = self._model or (listed[0] if listed else None)
        if model is None or (listed and model not in listed):
            return Health(
                self.name,
                False,
                model,
                latency_s=latency_s,
                error=f"{self._where} does not hold the model {model}." if model else f"{self._where} holds no model.",
                hint=f"It holds: {', '.join(listed[:5])}." if listed else "Load one there.",
            )
        return Health(self.name, True, model, None, None, latency_s)

    async def close(self) -> None:
        await self._http.aclose()
        await self._client.close()

    async def _models(self) -> list[str]:
        try:
            answer = await self._http.get("models")
            answer.raise_for_status()
            return [str(model["id"]) for model in answer.json()["data"]]
        except httpx.HTTPStatusError as error:
            raise BackendFailed(
                f"{self._where} answered {error.response.status_code} when asked for its models.",
                hint="Check its `url` (most end in /v1) and its token.",
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


def _with_version(url: str) -> str:
    """The base the protocol's paths are added to: a bare address gets the usual `/v1`."""
    url = url.rstrip("/")
    return f"{url}/" if urlsplit(url).path else f"{url}/v1/"


def _loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _key(name: str, table: BackendSettings) -> str | None:
    if not table.token_env:
        return None
    key = os.environ.get(table.token_env)
    if not key:
        raise ConfigError(
            f"The backend `{name}` takes its token from {table.token_env}, which is not set.",
            hint=f"export {table.token_env}=…",
        )
    return key
