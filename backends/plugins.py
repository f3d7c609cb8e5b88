"""Backends of strangers, by the entry point group `ayllu.backends`. Looking at their names imports none of them.

Whatever one does wrong stays its own error: a name that is taken is refused, what cannot be loaded or is no backend is named
with its package, and what it raises while it is asked comes out as `BackendFailed`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points

from ..config import BackendSettings
from ..errors import AylluError, ConfigError
from ..text import one_line
from .base import Backend, BackendContext
from .guarded import GuardedBackend, described

GROUP = "ayllu.backends"
log = logging.getLogger(__name__)


def offered_plugins() -> Mapping[str, Sequence[EntryPoint]]:
    """The plug-ins installed here, by the kind they offer, in the order of their names."""
    try:
        points = entry_points(group=GROUP)
    except Exception:  # an edge: some package's entry points cannot be read
        log.warning("the entry points of the installed packages cannot be read", exc_info=True)
        return {}
    by_kind: dict[str, list[EntryPoint]] = {}
    for point in sorted(points, key=lambda point: (point.name, package_of(point))):
        by_kind.setdefault(point.name, []).append(point)
    return by_kind


def refused_plugins(built_in: Collection[str]) -> Mapping[str, ConfigError]:
    """The plug-ins that are not used, since one of the `built_in` kinds has their name; each under name and package."""
    return {
        f"{name} ({package_of(point)})": ConfigError(
            f"The plug-in {package_of(point)} is not used: its name `{one_line(name, 60)}` is that of a backend of ayllu.",
            hint=f"Its maker can give it another name; `pip uninstall {package_of(point)}` removes it.",
        )
        for name, points in offered_plugins().items()
        if name in built_in
        for point in points
    }


def open_plugin(kind: str, name: str, table: BackendSettings, context: BackendContext) -> Backend | None:
    """The backend `name` as the plug-in for `kind` builds it; `None` where nobody offers one.

    Raises:
        ConfigError: two packages offer it, or the one cannot be loaded or gives no backend.
        AylluError: what the plug-in itself has to say.
    """
    points = offered_plugins().get(kind, ())
    if not points:
        return None
    if len(points) > 1:
        both = " and ".join(package_of(point) for point in points)
        raise ConfigError(f"Two packages offer the backend `{kind}`: {both}.", hint="Remove one: `pip uninstall NAME`.")
    package = package_of(points[0])
    try:
        backend = points[0].load()(name, table, context)
        if not isinstance(backend, Backend):
            raise TypeError(f"it gives a {type(backend).__name__}, which is no backend")
    except AylluError:
        raise
    except (Exception, SystemExit) as error:  # an edge: a stranger's code, named in the message
        raise ConfigError(
            f"The backend plug-in {package} ({one_line(points[0].value, 100)}) cannot be loaded: {described(error)}.",
            hint=f"Install what it lacks, update it, or remove it: `pip uninstall {package}`.",
        ) from error
    return GuardedBackend(name, backend, package)


def package_of(point: EntryPoint) -> str:
    """The installed package that an entry point comes from."""
    return one_line((point.dist.name if point.dist is not None else "") or point.value, 60)
