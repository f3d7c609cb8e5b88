"""Backends by name: a settings table says which kind, and the kind says who builds it.

Ours and strangers' are built alike: an entry point names a factory, which is called as `factory(name, table, context)` with
the table of its kind and returns a `Backend`. Those of strangers come from `plugins`; a name of ours stays ours. Looking
imports none of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint

from ..adapters import ActiveAdapters
from ..config import PRESETS, Settings
from ..errors import ConfigError
from ..models import ModelStore, Progress
from . import plugins
from .answering import fallback_order
from .base import Backend, BackendContext
from .errors import UnknownBackend

_FACTORIES = {
    "fallback": "ayllu.backends.fallback.factory:open_fallback",
    "llamacpp": "ayllu.backends.llamacpp.backend:open_llamacpp",
    "transformers": "ayllu.backends.transformers.backend:open_transformers",
    "tgi": "ayllu.backends.tgi.backend:open_tgi",
    **dict.fromkeys(PRESETS, "ayllu.backends.openai.backend:open_openai"),
}
_BUILT_IN = {kind: EntryPoint(kind, factory, plugins.GROUP) for kind, factory in _FACTORIES.items()}


def backend_kinds() -> list[str]:
    """Every kind that can be named, ours first."""
    return [*_BUILT_IN, *_plugin_kinds()]


def backend_names(settings: Settings) -> list[str]:
    """Every backend that can be asked for: the one in use, its targets, the tables, `llamacpp`, and those of plug-ins."""
    names = [settings.backend, *settings.backends, "llamacpp", *_plugin_kinds()]
    targets = [target for name in names for target in fallback_order(name, settings)]
    return list(dict.fromkeys([settings.backend, *targets, *names]))


def refused_plugins() -> Mapping[str, ConfigError]:
    """The plug-ins that are passed over, with the reason: a backend of ours has their name."""
    return plugins.refused_plugins(_BUILT_IN)


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
    context = BackendContext(settings, models, announce, progress, adapters, lambda other: _open(other, context))
    return _open(name, context)


def _open(name: str, context: BackendContext) -> Backend:
    table = context.settings.backend_table(name)
    if (built_in := _BUILT_IN.get(table.kind)) is not None:
        backend: Backend = built_in.load()(name, table, context)
        return backend
    plugin = plugins.open_plugin(table.kind, name, table, context)
    if plugin is None:
        raise _unknown(name, table.kind, context.settings)
    return plugin


def _plugin_kinds() -> list[str]:
    return [kind for kind in plugins.offered_plugins() if kind not in _BUILT_IN]


def _unknown(name: str, kind: str, settings: Settings) -> UnknownBackend:
    if name in settings.backends:
        return UnknownBackend(
            f"The backend `{name}` is of an unknown kind, `{kind}`.",
            hint=f"Set its `kind` to one of: {', '.join(backend_kinds())}.",
        )
    others = [other for other in dict.fromkeys([*backend_names(settings), *backend_kinds()]) if other != name]
    near = difflib.get_close_matches(name, others, n=1, cutoff=0.0)
    return UnknownBackend(
        f"There is no backend `{name}`.", hint=f"The nearest is `{near[0]}`; `ayllu backends list` shows all."
    )
