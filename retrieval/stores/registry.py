"""Vector stores by the name that the setting `store` gives them; others join by the entry point group `ayllu.stores`."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import ConfigError
from .base import StoreFailed, VectorStore, store_failures

_EMBEDDED = "chroma"
_SERVER = "chroma+"
_METHODS = ("upsert", "delete", "query", "ids", "count", "reset", "close")


def is_embedded(spec: str) -> bool:
    """Whether the store is Chroma in a folder of ours: what is torn there kills the process that opens it."""
    return spec == _EMBEDDED


def is_plug_in(spec: str) -> bool:
    """Whether another package brings the store."""
    return not is_embedded(spec) and not spec.startswith(_SERVER)


def store_label(spec: str) -> str:
    """What the store is called in words and in the library: `spec` without a login that may stand in it."""
    if not spec.startswith(_SERVER):
        return spec
    parts = urlsplit(spec.removeprefix(_SERVER))
    return f"{_SERVER}{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def open_store(spec: str, folder: Path) -> VectorStore:
    """`chroma` · `chroma+http://HOST:PORT` · the name of an entry point, which is called with `folder`.

    Raises:
        ConfigError: `spec` is none of these, or what the entry point gives is no vector store.
        StoreFailed: it cannot be opened, or its server does not answer.
    """
    with store_failures(store_label(spec)):
        if is_embedded(spec):
            from .chroma import ChromaStore

            return ChromaStore.embedded(folder)
        if spec.startswith(_SERVER):
            return _server(spec)
        for point in entry_points(group="ayllu.stores", name=spec):
            return _checked(spec, point.load()(folder))
    raise ConfigError(f"There is no vector store `{spec}`.", hint='Set `store` to "chroma" or "chroma+http://HOST:PORT".')


def _server(spec: str) -> VectorStore:
    from .chroma import ChromaStore

    try:
        return ChromaStore.server(spec.removeprefix(_SERVER))
    except Exception as error:  # an edge: Chroma's client raises bare exceptions
        raise StoreFailed(store_label(spec), f"its server does not answer ({error})") from error


def _checked(spec: str, store: VectorStore) -> VectorStore:
    missing = [method for method in _METHODS if not callable(getattr(store, method, None))]
    if missing:
        listed = ", ".join(f"`{method}`" for method in missing)
        raise ConfigError(
            f"The plug-in `{spec}` is no vector store that ayllu can use: it has no {listed}.",
            hint='Update the package that brings it, or set `store = "chroma"`.',
        )
    return store
