"""A stranger's backend behind a guard: what it raises comes out as an error of ours that names its package."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Literal

from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage

from ..errors import AylluError
from ..text import one_line
from .base import Backend, Health, RawCompletion
from .errors import BackendFailed, BackendUnreachable
from .wire import DelegatingClient, open_stream

log = logging.getLogger(__name__)


def described(error: BaseException) -> str:
    """An error of a stranger's in one line."""
    return one_line(f"{type(error).__name__}: {error}", 200).rstrip(".: ")


class GuardedBackend:
    """See `base.Backend`. A stranger's backend, whose errors are ours and name its package."""

    def __init__(self, name: str, inner: Backend, package: str) -> None:
        self.name = name
        self._inner = inner
        self._package = package

    @property
    def kind(self) -> str:
        return self._inner.kind

    @property
    def model(self) -> str:
        return self._inner.model

    @property
    def adapter(self) -> str | None:
        return self._inner.adapter

    @property
    def style(self) -> Literal["span", "prose"]:
        return self._inner.style

    @property
    def client(self) -> ChatCompletionClient:
        return GuardedClient(self._inner.client, self._guard)

    @property
    def raw(self) -> RawCompletion | None:
        return self._inner.raw

    async def start(self) -> None:
        with self._guard():
            await self._inner.start()

    async def health(self) -> Health:
        try:
            with self._guard():
                health = await self._inner.health()
                if not isinstance(health, Health):
                    raise TypeError(f"its health is a {type(health).__name__}")
        except AylluError as error:
            return Health(self.name, False, error=error.message, hint=error.hint)
        return replace(health, name=self.name)

    async def close(self) -> None:
        try:
            await self._inner.close()
        except Exception:  # an edge: the answer is there, and others are still to be closed
            log.warning("closing %s (%s) failed", self.name, self._package, exc_info=True)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except AylluError:
            raise
        except TimeoutError as error:
            raise BackendUnreachable(
                f"The backend `{self.name}` gave no answer in time.", hint="`ayllu backends check` looks at it."
            ) from error
        except Exception as error:
            raise BackendFailed(
                f"The backend `{self.name}` (plug-in {self._package}) failed: {described(error)}.",
                hint=f"Ask again. If it stays so, update {self._package} or tell its maker.",
            ) from error


class GuardedClient(DelegatingClient):
    """A stranger's client. Calls are those of `ChatCompletionClient`.

    Raises:
        AylluError: its own, `BackendUnreachable` for a time-out, `BackendFailed` for anything else.
    """

    def __init__(self, inner: ChatCompletionClient, guard: Callable[[], AbstractContextManager[None]]) -> None:
        self._inner = inner
        self._guard = guard

    @property
    def inner(self) -> ChatCompletionClient:
        return self._inner

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        with self._guard():
            return await self._inner.create(messages, **options)

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        with self._guard():
            async with open_stream(self._inner, messages, **options) as pieces:
                async for piece in pieces:
                    yield piece
