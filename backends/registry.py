"""Backends by name: a settings table says which kind, and the kind says who builds it.

Ours and strangers' register alike: a factory under the entry point group `ayllu.backends`, looked up without importing the
others. A factory is called as `factory(name, table, context)` and returns a `Backend`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from ..config import BackendSettings, Settings
from ..errors import ConfigError
from ..models import Adapters, ModelStore, Progress
from .types import Backend

_GROUP = "ayllu.backends"


@dataclass(frozen=True, slots=True)
class Context:
    """What a factory may use besides its own table."""

    settings: Settings
    models: ModelStore
    announce: Callable[[str], None] | None = None
    progress: Progress | None = None
    adapters: Adapters | None = None


Factory = Callable[[str, BackendSettings, Context], Backend]


def llamacpp(name: str, table: BackendSettings, context: Context) -> Backend:
    from .llamacpp import LlamaCppBackend

    models = context.settings.models
    return LlamaCppBackend(
        name,
        table,
        context.models,
        model=table.model or models.chat,
        style=models.style,
        announce=context.announce,
        progress=context.progress,
        adapters=context.adapters,
    )


def openai(name: str, table: BackendSettings, context: Context) -> Backend:
    from .openai import OpenAIBackend

    return OpenAIBackend(name, table, style=context.settings.models.style)


def tgi(name: str, table: BackendSettings, context: Context) -> Backend:
    from .tgi import TGIBackend

    return TGIBackend(name, table, style=context.settings.models.style, announce=context.announce)


_OURS: dict[str, Factory] = {"llamacpp": llamacpp, "openai": openai, "tgi": tgi}


def kinds() -> list[str]:
    """Every kind that can be named, ours first."""
    return [*_OURS, *sorted(point.name for point in _plugins() if point.name not in _OURS)]


def names(settings: Settings) -> list[str]:
    """Every backend that can be asked for: the settings' tables, and `llamacpp`, which needs none."""
    return list(dict.fromkeys([settings.backend, *settings.backends, "llamacpp"]))


def open_backend(
    name: str,
    settings: Settings,
    models: ModelStore,
    *,
    announce: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    adapters: Adapters | None = None,
) -> Backend:
    """The backend called `name`, not yet started. Of `adapters` it uses what is promoted; without them, none.

    Raises:
        ConfigError: no such backend, an unknown kind, or a plug-in that cannot be loaded.
    """
    table = settings.backends.get(name)
    kind = (table.kind if table else None) or name
    factory = _OURS.get(kind)
    if factory is None:
        point = next((point for point in _plugins() if point.name == kind), None)
        if point is None:
            raise _unknown(name, kind, table, settings)
        factory = _load(point)
    return factory(name, table or BackendSettings(), Context(settings, models, announce, progress, adapters))


def _plugins() -> list[EntryPoint]:
    return list(entry_points(group=_GROUP))


def _load(point: EntryPoint) -> Factory:
    try:
        factory: Factory = point.load()
    except Exception as error:  # an edge: a stranger's code, named in the message
        raise ConfigError(
            f"The backend plug-in {point.name} ({point.value}) cannot be loaded: {error}.",
            hint="Update it, or remove its package.",
        ) from error
    return factory


def _unknown(name: str, kind: str, table: BackendSettings | None, settings: Settings) -> ConfigError:
    if table is None:
        known = names(settings)[1:] if settings.backend == name else names(settings)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        return ConfigError(
            f"There is no backend `{name}`.", hint=f"The nearest is `{near[0]}`; `ayllu backends list` shows all."
        )
    return ConfigError(
        f"The backend `{name}` is of an unknown kind, `{kind}`.", hint=f"Set its `kind` to one of: {', '.join(kinds())}."
    )
