"""Text Generation Inference: a GPU server for large models, by its own API (extra `tgi`).

It writes prose whatever the settings say. The span writer would need a new grammar for every question; TGI compiles each one
inside the loop that serves everybody, lists five candidates instead of sixty, and knows no grammar of tokens.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urlsplit

from autogen_core.models import ChatCompletionClient

from ...config import ServerSettings, TGISettings
from ...errors import AylluError, ConfigError, ExtraMissing
from ...text import one_line
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed, BackendUnreachable
from ..secrets import token
from ..wire import Backoff
from . import status as tgi_look
from .client import TGIClient
from .completion import TGIRaw
from .errors import Refused, told, unreadable
from .wire import Wire

DEFAULT_URL = "http://127.0.0.1:8080"  # where `ayllu tgi up` puts it
log = logging.getLogger(__name__)


def open_tgi(name: str, table: TGISettings, context: BackendContext) -> Backend:
    """The TGI server of a settings table."""
    return TGIBackend(name, table, style=context.settings.models.style, announce=context.announce)


class TGIBackend:
    """See `base.Backend`. `/info` says which model there is and how long its context is; `adapter` is chosen by name."""

    kind = "tgi"
    style: Literal["span", "prose"] = "prose"

    def __init__(
        self,
        name: str,
        table: TGISettings,
        *,
        style: Literal["auto", "span", "prose"] = "auto",
        announce: Callable[[str], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        if find_spec("text_generation") is None:
            raise ExtraMissing("The backend `tgi`", "tgi")
        self.name = name
        self.context = table.context
        self._wished = table.model
        self._given_url = table.url is not None
        self._model: str | None = None
        self._adapter = table.adapter
        self._announce = announce
        self._span = style == "span"
        self._learnt = False
        self._wire = open_wire(name, table)
        backoff = backoff or Backoff()
        self._client = TGIClient(
            self._wire,
            adapter=self._adapter,
            context=lambda: self.context,
            prepare=self._learn_quietly,
            seen=self._heard,
            backoff=backoff,
        )
        self._raw = TGIRaw(self._wire, adapter=self._adapter, backoff=backoff)

    @property
    def model(self) -> str:
        return self._model or self._wished or "?"

    @property
    def adapter(self) -> str | None:
        return self._adapter

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    @property
    def raw(self) -> RawCompletion | None:
        return self._raw

    async def start(self) -> None:
        if not self._learnt:
            await self._learn()

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            await tgi_look.alive(self._wire)
            latency_s = round(time.perf_counter() - began, 4)
            known = await self._learn()
            if not known and not self._given_url:
                raise BackendFailed(
                    f"What answers at {DEFAULT_URL} is not TGI.", hint="Set `url` under its settings, or `ayllu tgi up`."
                )
            await self._checked_token()
            load = await tgi_look.load(self._wire)
        except AylluError as error:
            return Health(self.name, False, self.model, self._adapter, error=error.message, hint=error.hint)
        if self._wished and self._model and self._wished != self._model:
            return Health(
                self.name,
                False,
                self._model,
                self._adapter,
                error=f"{self._wire.where} holds {one_line(self._model, 80)}, not {self._wished}.",
                hint="Change `model` in its settings, or start the server with it: `ayllu tgi command`.",
            )
        return Health(
            self.name,
            True,
            self.model,
            self._adapter,
            self.context,
            latency_s,
            details={"queue": load.queue, "batch": load.batch, "tokens_per_second": load.tokens_per_second},
        )

    async def close(self) -> None:
        await self._wire.close()

    async def _learn(self) -> bool:
        """Read `/info`; whether it was TGI's."""
        said = await tgi_look.info(self._wire)
        self._learnt = True
        context = said.get("max_total_tokens") or said.get("max_input_tokens") or said.get("max_input_length")
        if isinstance(context, int) and context > 0:
            self.context = context
        if isinstance(said.get("model_id"), str):
            self._model = said["model_id"]
        if self._span and self._announce is not None:
            self._announce('TGI cannot write in the style "span" (its grammars are too slow for that): it writes prose.')
            self._span = False
        return self._model is not None

    async def _learn_quietly(self) -> None:
        """Before a question: what goes wrong here the question itself will meet, and say better."""
        if not self._learnt:
            try:
                await self._learn()
            except (BackendUnreachable, BackendFailed):
                log.info("the info of %s cannot be read", self._wire.where, exc_info=True)

    def _heard(self, model: str) -> None:
        self._model = self._model or model

    async def _checked_token(self) -> None:
        """`/health` and `/info` are open to all, so a wrong token shows at a door that is not."""
        try:
            tokens = await self._wire.tokenize("a", at_once=True)
        except Refused as refused:
            if refused.status in (401, 403):
                raise told(refused, self._wire.where) from refused
            return
        if not isinstance(tokens, list) or not tokens:
            raise unreadable(self._wire.where, "a text without tokens")


def open_wire(name: str, table: ServerSettings) -> Wire:
    """The way to the server that a settings table names.

    Raises:
        ConfigError: its address is none, or its token is not to be had.
    """
    url = _address(name, table.url or DEFAULT_URL)
    return Wire(url, token=token(name, table), timeout_s=table.timeout_s, where=f"the TGI server at {url}")


def _address(name: str, url: str) -> str:
    """Without `/v1`, which the paths of the protocol bring themselves."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"The backend `{name}` has an address that is none: {one_line(url, 100)}.", hint=f'Write it as "{DEFAULT_URL}".'
        )
    return url.strip().rstrip("/").removesuffix("/v1").rstrip("/")
