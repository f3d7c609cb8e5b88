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

from autogen_core.models import ChatCompletionClient

from ...config import ServerSettings, TGISettings
from ...errors import AylluError, ExtraMissing
from ...models import SAFE, ModelStore, Profile
from ...redaction import redact
from ...text import one_line
from ..base import Backend, BackendContext, Health, RawCompletion
from ..errors import BackendFailed, BackendUnreachable
from ..secrets import access_token
from ..wire import Backoff
from .client import TGIClient
from .completion import TGICompletion
from .errors import ServerError, backend_error, unreadable
from .server import TGIServer
from .status import check_health, read_info, read_load

DEFAULT_URL = "http://127.0.0.1:8080"  # where `ayllu tgi up` puts it
log = logging.getLogger(__name__)


def open_tgi(name: str, table: TGISettings, context: BackendContext) -> Backend:
    """The TGI server of a settings table."""
    style = context.settings.models.style
    return TGIBackend(name, table, style=style, announce=context.announce, models=context.models)


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
        models: ModelStore | None = None,
    ) -> None:
        if find_spec("text_generation") is None:
            raise ExtraMissing("The backend `tgi`", "tgi")
        self.name = name
        self.context = table.context
        self._models = models
        self._address = redact(table.url or DEFAULT_URL)
        self._wanted_model = table.model
        self._url_is_set = table.url is not None
        self._model: str | None = None
        self._adapter = table.adapter
        self._announce = announce
        self._span = style == "span"
        self._info_read = False
        self._server = open_server(name, table)
        backoff = backoff or Backoff()
        self._client = TGIClient(
            self._server,
            adapter=self._adapter,
            context=lambda: self.context,
            before_request=self._try_read_info,
            on_model=self._note_model,
            backoff=backoff,
        )
        self._raw = TGICompletion(self._server, adapter=self._adapter, backoff=backoff)

    @property
    def model(self) -> str:
        return self._model or self._wanted_model or "?"

    @property
    def adapter(self) -> str | None:
        return self._adapter

    @property
    def profile(self) -> Profile:
        return SAFE if self._models is None else self._models.profile(self.model, self._address)

    @property
    def profile_key(self) -> str | None:
        return None if self._models is None else self._models.profile_key(self.model, self._address)

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    @property
    def raw(self) -> RawCompletion | None:
        return self._raw

    async def start(self) -> None:
        if not self._info_read:
            await self._read_info()

    async def health(self) -> Health:
        began = time.perf_counter()
        try:
            await check_health(self._server)
            latency_s = round(time.perf_counter() - began, 4)
            is_tgi = await self._read_info()
            if not is_tgi and not self._url_is_set:
                raise BackendFailed(
                    f"What answers at {DEFAULT_URL} is not TGI.", hint="Set `url` under its settings, or `ayllu tgi up`."
                )
            await self._check_token()
            load = await read_load(self._server)
        except AylluError as error:
            return Health(self.name, False, self.model, self._adapter, error=error.message, hint=error.hint)
        if self._wanted_model and self._model and self._wanted_model != self._model:
            return Health(
                self.name,
                False,
                self._model,
                self._adapter,
                error=f"{self._server.where} holds {one_line(self._model, 80)}, not {self._wanted_model}.",
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

    async def weights(self) -> str:
        if not await self._read_info() and self._wanted_model is None:
            raise BackendFailed(
                f"{self._server.where} does not say which model it holds.", hint="Set `model` under its settings."
            )
        return self.model

    async def close(self) -> None:
        await self._server.close()

    async def _read_info(self) -> bool:
        """Read `/info`; whether it was TGI's."""
        info = await read_info(self._server)
        self._info_read = True
        context = info.get("max_total_tokens") or info.get("max_input_tokens") or info.get("max_input_length")
        if isinstance(context, int) and context > 0:
            self.context = context
        if isinstance(info.get("model_id"), str):
            self._model = info["model_id"]
        if self._span and self._announce is not None:
            self._announce('TGI cannot write in the style "span" (its grammars are too slow for that): it writes prose.')
            self._span = False
        return self._model is not None

    async def _try_read_info(self) -> None:
        """Before a question: what goes wrong here the question itself will meet, and say better."""
        if not self._info_read:
            try:
                await self._read_info()
            except (BackendUnreachable, BackendFailed):
                log.info("the info of %s cannot be read", self._server.where, exc_info=True)

    def _note_model(self, model: str) -> None:
        self._model = self._model or model

    async def _check_token(self) -> None:
        """`/health` and `/info` are open to all, so a wrong token shows at a door that is not."""
        try:
            tokens = await self._server.tokenize("a", quick=True)
        except ServerError as error:
            if error.status in (401, 403):
                raise backend_error(error, self._server.where) from error
            return
        if not isinstance(tokens, list) or not tokens:
            raise unreadable(self._server.where, "a text without tokens")


def open_server(name: str, table: ServerSettings) -> TGIServer:
    """The server that a settings table names; nothing is asked of it yet.

    Raises:
        ConfigError: its token is not to be had.
    """
    url = _without_version(table.url or DEFAULT_URL)
    return TGIServer(url, token=access_token(name, table), timeout_s=table.timeout_s, where=f"the TGI server at {url}")


def _without_version(url: str) -> str:
    """Without `/v1`, which the paths of the protocol bring themselves."""
    return url.rstrip("/").removesuffix("/v1").rstrip("/")
