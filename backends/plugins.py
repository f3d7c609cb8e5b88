"""Backends of strangers, by the entry point group `ayllu.backends`. Looking at their names imports none of them.

Whatever one does wrong stays its own error: a name that is taken is refused, what cannot be loaded or is no backend is named
with its package, and what it raises while it is asked comes out as `BackendFailed`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Literal

from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage

from ..config import BackendSettings
from ..errors import AylluError, ConfigError
from ..text import one_line
from .base import Backend, Health, RawCompletion
from .errors import BackendFailed, BackendUnreachable
from .wire import DelegatingClient, open_stream

if TYPE_CHECKING:
    from .registry import BackendContext

_GROUP = "ayllu.backends"
log = logging.getLogger(__name__)


def offered() -> Mapping[str, Sequence[EntryPoint]]:
    """The plug-ins installed here, by the kind they offer, in the order of their names."""
    found: dict[str, list[EntryPoint]] = {}
    try:
        points = entry_points(group=_GROUP)
    except Exception:  # an edge: some package's entry points cannot be read
        log.warning("the entry points of the installed packages cannot be read", exc_info=True)
        return {}
    for point in sorted(points, key=lambda one: (one.name, package(one))):
        found.setdefault(point.name, []).append(point)
    return found


def refused(ours: Collection[str]) -> Mapping[str, ConfigError]:
    """The plug-ins that are not used because a backend of `ours` has their name; each under that name and its package."""
    return {
        f"{name} ({package(point)})": ConfigError(
            f"The plug-in {package(point)} is not used: its name `{one_line(name, 60)}` is that of a backend of ayllu.",
            hint=f"Its maker can give it another name; `pip uninstall {package(point)}` removes it.",
        )
        for name, points in offered().items()
        if name in ours
        for point in points
    }


def open_plugin(kind: str, name: str, table: BackendSettings, context: BackendContext) -> Backend | None:
    """The backend `name` as the plug-in for `kind` builds it; `None` where nobody offers one.

    Raises:
        ConfigError: two packages offer it, or the one cannot be loaded or gives no backend.
        AylluError: what the plug-in itself has to say.
    """
    points = offered().get(kind, ())
    if not points:
        return None
    if len(points) > 1:
        both = " and ".join(package(point) for point in points)
        raise ConfigError(f"Two packages offer the backend `{kind}`: {both}.", hint="Remove one: `pip uninstall NAME`.")
    try:
        backend = points[0].load()(name, table, context)
        if not isinstance(backend, Backend):
            raise TypeError(f"it gives a {type(backend).__name__}, which is no backend")
    except AylluError:
        raise
    except (Exception, SystemExit) as error:  # an edge: a stranger's code, named in the message
        raise ConfigError(
            f"The backend plug-in {package(points[0])} ({one_line(points[0].value, 100)}) cannot be loaded: {_said(error)}.",
            hint=f"Install what it lacks, update it, or remove it: `pip uninstall {package(points[0])}`.",
        ) from error
    return Guarded(name, backend, package(points[0]))


def package(point: EntryPoint) -> str:
    """The installed package that an entry point comes from."""
    return one_line((point.dist.name if point.dist is not None else "") or point.value, 60)


class Guarded:
    """See `base.Backend`. A stranger's backend, whose errors are ours and name its package."""

    def __init__(self, name: str, inner: Backend, source: str) -> None:
        self.name = name
        self._inner = inner
        self._source = source

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
                said = await self._inner.health()
                if not isinstance(said, Health):
                    raise TypeError(f"its health is a {type(said).__name__}")
        except AylluError as error:
            return Health(self.name, False, error=error.message, hint=error.hint)
        return replace(said, name=self.name)

    async def close(self) -> None:
        try:
            await self._inner.close()
        except Exception:  # an edge: the answer is there, and others are still to be closed
            log.warning("closing %s (%s) failed", self.name, self._source, exc_info=True)

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
                f"The backend `{self.name}` (plug-in {self._source}) failed: {_said(error)}.",
                hint=f"Ask again. If it stays so, update {self._source} or tell its maker.",
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


def _said(error: BaseException) -> str:
    return one_line(f"{type(error).__name__}: {error}", 200).rstrip(".: ")
