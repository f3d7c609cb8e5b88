"""AutoGen's chat client for the worker: OpenAI's protocol at an address that changes with each worker."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from autogen_core.models import CreateResult, LLMMessage, ModelInfo

from ..base import Reading, ResultWithNotices
from ..errors import BackendFailed, BackendUnreachable
from ..openai.client import OpenAIClient
from .restarting import WHERE, WorkerKeeper, ask_again_if_died, crashed


class LlamaCppClient(OpenAIClient):
    """Calls are those of `OpenAIClient`; a worker that dies before a first piece is asked once more, unseen."""

    def __init__(self, keeper: WorkerKeeper, *, model: str, timeout_s: float, context: int) -> None:
        super().__init__(
            where=WHERE,
            model=model,
            base_url="http://127.0.0.1:9",  # nothing listens there; each call goes to the worker's own address
            api_key="unset",
            timeout_s=timeout_s,
            context=context,
            function_calling=False,  # until the model is there: see `model_info`
        )
        self._keeper = keeper

    @property
    def model_info(self) -> ModelInfo:
        return {**super().model_info, "function_calling": self._keeper.tools}

    async def create(self, *args: Any, extra_create_args: Mapping[str, Any] = {}, **kwargs: Any) -> CreateResult:
        async def ask() -> CreateResult:
            await self._point_to_worker()
            with self._keeper.reserve_slot() as body:
                extra = _with_body(extra_create_args, body)
                return await super(LlamaCppClient, self).create(*args, extra_create_args=extra, **kwargs)

        return await ask_again_if_died(self._keeper, ask)

    async def create_stream(
        self, *args: Any, extra_create_args: Mapping[str, Any] = {}, **kwargs: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for last_try in (False, True):
            await self._point_to_worker()
            shown = False
            with self._keeper.reserve_slot() as body:
                stream = super().create_stream(*args, extra_create_args=_with_body(extra_create_args, body), **kwargs)
                began = 0.0
                try:
                    async for piece in stream:
                        if not shown:
                            shown, began = True, time.perf_counter()
                        if isinstance(piece, CreateResult):
                            self._remember(piece, time.perf_counter() - began)
                        yield piece
                    return
                except (BackendUnreachable, BackendFailed) as error:
                    if not await self._keeper.died():
                        raise
                    if shown or last_try:
                        raise crashed(again=shown) from error
                finally:
                    await stream.aclose()

    def _remember(self, result: CreateResult, seconds: float) -> None:
        self._keeper.remember_writing(result.usage.completion_tokens - 1, seconds)  # the first is where it begins

    async def read_ahead(self, messages: Sequence[LLMMessage]) -> Reading | None:
        reading = None
        body = {"ignore_eos": True}  # AutoGen warns of an empty answer
        options = {"max_tokens": 1, "temperature": 0.0, "extra_body": body}
        async for piece in self.create_stream(messages, extra_create_args=options):
            if isinstance(piece, ResultWithNotices):
                reading = piece.reading
        return reading

    async def _point_to_worker(self) -> None:
        http = await self._keeper.http()
        self._client.base_url = f"{str(http.base_url).rstrip('/')}/v1/"
        self._client.api_key = http.headers["Authorization"].removeprefix("Bearer ")


def _with_body(extra: Mapping[str, Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """AutoGen hands on what it does not know only in `extra_body`."""
    return {**extra, "extra_body": {**(extra.get("extra_body") or {}), **body}} if body else extra
