"""Vector stores by the name that the setting `store` gives them; others join by the entry point group `ayllu.stores`."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from ...errors import ConfigError
from .base import VectorStore

_EMBEDDED = "chroma"
_SERVER = "chroma+"


def is_embedded(spec: str) -> bool:
    """Whether the store is Chroma in a folder of ours: what is torn there kills the process that opens it."""
    return spec == _EMBEDDED


def open_store(spec: str, folder: Path) -> VectorStore:
    """`chroma` · `chroma+http://HOST:PORT` · the name of an entry point, which is called with `folder`.

    Raises:
        ConfigError: `spec` is none of these, or the server does not answer.
    """
    if is_embedded(spec):
        from .chroma import ChromaStore

        return ChromaStore.embedded(folder)
    if spec.startswith(_SERVER):
        return _server(spec.removeprefix(_SERVER))
    for point in entry_points(group="ayllu.stores", name=spec):
        store: VectorStore = point.load()(folder)
        return store
    raise ConfigError(f"There is no vector store `{spec}`.", hint='Set `store` to "chroma" or "chroma+http://HOST:PORT".')


def _server(url: str) -> VectorStore:
    from .chroma import ChromaStore

    try:
        return ChromaStore.server(url)
    except Exception as error:  # an edge: Chroma's client raises bare exceptions
        raise ConfigError(
            f"The Chroma server at {url} does not answer: {error}.", hint='Start it, or set `store = "chroma"`.'
        ) from error
