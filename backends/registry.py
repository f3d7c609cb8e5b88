"""Backends by name: a settings table says which kind, and the kind says who builds it.

Ours and strangers' are built alike: a factory is called as `factory(name, table, context)` and returns a `Backend`. Those of
strangers come from `plugins`; a name of ours stays ours.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..adapters import ActiveAdapters
from ..config import BackendSettings, Settings
from ..errors import AylluError, ConfigError
from ..models import ModelStore, Progress, is_hub_id
from . import plugins
from .base import Backend
from .errors import NotSetUp
from .openai.presets import PRESETS


@dataclass(frozen=True, slots=True)
class BackendContext:
    """What a factory may use besides its own table."""

    settings: Settings
    models: ModelStore
    announce: Callable[[str], None] | None = None
    progress: Progress | None = None
    adapters: ActiveAdapters | None = None


Factory = Callable[[str, BackendSettings, BackendContext], Backend]


def llamacpp(name: str, table: BackendSettings, context: BackendContext) -> Backend:
    from .llamacpp.backend import LlamaCppBackend

    return _on_this_machine(LlamaCppBackend, name, table, context)


def transformers(name: str, table: BackendSettings, context: BackendContext) -> Backend:
    from .transformers.backend import TransformersBackend

    return _on_this_machine(TransformersBackend, name, table, context)


def _on_this_machine(make: Callable[..., Backend], name: str, table: BackendSettings, context: BackendContext) -> Backend:
    """A backend that loads its model itself: without one of its own in `table`, the chat model."""
    models = context.settings.models
    return make(
        name,
        table,
        context.models,
        model=table.model or models.chat,
        style=models.style,
        announce=context.announce,
        progress=context.progress,
        adapters=context.adapters,
    )


def openai(name: str, table: BackendSettings, context: BackendContext) -> Backend:
    from .openai.backend import OpenAIBackend

    return OpenAIBackend(
        name,
        table,
        kind=table.kind or name,
        style=context.settings.models.style,
        adapters=context.adapters,
        announce=context.announce,
    )


def tgi(name: str, table: BackendSettings, context: BackendContext) -> Backend:
    from .tgi.backend import TGIBackend

    return TGIBackend(name, table, style=context.settings.models.style, announce=context.announce)


def fallback(name: str, table: BackendSettings, context: BackendContext) -> Backend:
    """Over every target of `order` that is set up; one that cannot be opened is told of when its turn comes."""
    from .fallback.backend import FallbackBackend
    from .fallback.circuit import Policy
    from .fallback.targets import Targets

    opened: list[tuple[Backend, bool]] = []
    passed_over: dict[str, AylluError] = {}
    broken: dict[str, AylluError] = {}
    for target in dict.fromkeys(table.order):
        kind = kind_of(target, context.settings)
        if kind == "fallback":
            raise ConfigError(
                f"`{target}` in the order of `{name}` asks others itself.", hint=f"Leave it out of [backends.{name}]."
            )
        try:
            if not _addressed(target, context.settings):
                raise _no_address(target)
            opened.append((open_in(target, context), kind not in _EMBEDDED))
        except NotSetUp as error:
            passed_over[target] = error
        except UnknownBackend:
            raise
        except AylluError as error:
            broken[target] = error
    if not opened:
        why = ". ".join(f"{one}: {error.message.rstrip('.')}" for one, error in (passed_over | broken).items())
        raise ConfigError(f"None of the backends of `{name}` can be asked. {why}.", hint="Set one up, or change `order`.")
    return FallbackBackend(name, Targets(opened, Policy.from_table(table), broken=broken), passed_over)


_NEED_URL = {kind for kind, preset in PRESETS.items() if preset.url is None}
_WHEN_NAMED = {"tgi"}  # in an order only where it has an address: most machines have none
_EMBEDDED = {"llamacpp", "transformers"}  # started by asking, not found running: no look tells anything of them
_OURS: dict[str, Factory] = {
    "fallback": fallback,
    "llamacpp": llamacpp,
    "transformers": transformers,
    "tgi": tgi,
    **dict.fromkeys(PRESETS, openai),
}


class UnknownBackend(ConfigError):
    """A name or a kind that nobody has registered."""


def backend_kinds() -> list[str]:
    """Every kind that can be named, ours first."""
    return [*_OURS, *_strange()]


def kind_of(name: str, settings: Settings) -> str:
    table = settings.backends.get(name)
    return (table.kind if table else None) or name


def backend_names(settings: Settings) -> list[str]:
    """Every backend that can be asked for: the one in use, its targets, the tables, `llamacpp`, and those of plug-ins."""
    known = [settings.backend, *settings.backends, "llamacpp", *_strange()]
    targets = [one for name in known for one in fallback_order(name, settings)]
    return list(dict.fromkeys([settings.backend, *targets, *known]))


def fallback_order(name: str, settings: Settings) -> tuple[str, ...]:
    """The order of a `fallback`; nothing for any other."""
    return (settings.backends.get(name) or BackendSettings()).order if kind_of(name, settings) == "fallback" else ()


def answering_backends(settings: Settings, name: str | None = None) -> list[str]:
    """Who is asked, in order: the backend `name` (else the one in use), or those of its targets that have an address."""
    name = name or settings.backend
    return [one for one in fallback_order(name, settings) or (name,) if one == name or _addressed(one, settings)]


def _addressed(target: str, settings: Settings) -> bool:
    """Whether anybody can be asked there without the person having said where."""
    given = (settings.backends.get(target) or BackendSettings()).url
    return bool(given) or kind_of(target, settings) not in _NEED_URL | _WHEN_NAMED


def _no_address(name: str) -> NotSetUp:
    return NotSetUp(f"The backend `{name}` has no address.", hint=f"Set `url` under [backends.{name}].")


def embedded_models(settings: Settings) -> list[str]:
    """The models that whoever is asked loads in a process of ours, by name; not those that a hub or a folder holds."""
    tables = {name: settings.backends.get(name) for name in answering_backends(settings)}
    named = {name: (table.model if table else None) or settings.models.chat for name, table in tables.items()}
    kinds = {name: kind_of(name, settings) for name in named}
    return [
        model
        for name, model in named.items()
        if kinds[name] == "llamacpp" or (kinds[name] == "transformers" and _of_ours(model))
    ]


def _of_ours(model: str) -> bool:
    return model.endswith(".gguf") or not (is_hub_id(model) or Path(model).expanduser().is_dir())


def open_backend(
    name: str,
    settings: Settings,
    models: ModelStore,
    *,
    announce: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    adapters: ActiveAdapters | None = None,
) -> Backend:
    """The backend called `name`, not yet started. Of `adapters` it uses what is promoted; without them, none.

    Raises:
        ConfigError: no such backend, an unknown kind, or a plug-in that cannot be loaded.
    """
    return open_in(name, BackendContext(settings, models, announce, progress, adapters))


def open_in(name: str, context: BackendContext) -> Backend:
    """The same, for a factory that opens others."""
    settings = context.settings
    table, kind = settings.backends.get(name), kind_of(name, settings)
    if kind in _NEED_URL and (table is None or not table.url):
        raise _no_address(name)
    if (factory := _OURS.get(kind)) is not None:
        return factory(name, table or BackendSettings(), context)
    backend = plugins.open_plugin(kind, name, table or BackendSettings(), context)
    if backend is None:
        raise _unknown(name, kind, table, settings)
    return backend


def refused_plugins() -> Mapping[str, ConfigError]:
    """The plug-ins that are passed over, with the reason: a backend of ours has their name."""
    return plugins.refused(_OURS)


def _strange() -> list[str]:
    return [name for name in plugins.offered() if name not in _OURS]


def _unknown(name: str, kind: str, table: BackendSettings | None, settings: Settings) -> UnknownBackend:
    if table is None:
        known = [one for one in dict.fromkeys([*backend_names(settings), *backend_kinds()]) if one != name]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        return UnknownBackend(
            f"There is no backend `{name}`.", hint=f"The nearest is `{near[0]}`; `ayllu backends list` shows all."
        )
    return UnknownBackend(
        f"The backend `{name}` is of an unknown kind, `{kind}`.",
        hint=f"Set its `kind` to one of: {', '.join(backend_kinds())}.",
    )
