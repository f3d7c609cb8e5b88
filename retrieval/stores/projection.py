"""The vector store kept in step with the library, and mended where it is not.

A marker file says "being written"; it is made before the first write and removed after the last. Whoever finds it without a
writer knows that the projection may be torn: it is probed in a child process, brought up to date where it can be opened,
and thrown away and rebuilt where it cannot. Nothing is kept only here.

Chunks with equal vectors (page footers, licences) are one entry, under the lowest of their ids: a graph of neighbours loses
some among hundreds of equals, for good.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from ...errors import ConfigError
from ..docstore.schema import DIRTY
from ..types import Vectors, VectorStore
from .chroma_probe import is_sound

_RENEWED = 0.05  # share of a collection that may leave it before its graph is built anew: each leaves a gap behind
Notify = Callable[[str], None]
log = logging.getLogger(__name__)


class Truth(Protocol):
    """What the projection asks of the library: whom to hold, and with which vectors."""

    def distinct_ids(self) -> Mapping[str, Sequence[int]]: ...

    def vectors_of(self, ids: Sequence[int]) -> Vectors: ...


class Projection:
    """The vector store of one library folder. Writing methods are called under the library's lock only."""

    def __init__(self, folder: Path, store: str, notify: Notify) -> None:
        self._chroma = folder / "chroma"
        self._marker = folder / DIRTY
        self._spec = store
        self._notify = notify
        self._store: VectorStore | None = None

    @property
    def dirty(self) -> bool:
        """Being written by somebody, or left torn."""
        return self._marker.exists()

    @property
    def embedded(self) -> bool:
        return self._spec == "chroma"

    def begin(self) -> None:
        self._marker.touch()

    def sync(self, truth: Truth) -> None:
        """Bring the store to the library's state, then call it clean. Survives being killed: the marker stays."""
        store = self.open()
        for collection, live in truth.distinct_ids().items():
            there = {int(one) for one in _ids(store, collection)}
            gone = sorted(there.difference(live))
            if len(gone) > _RENEWED * len(there):
                store.reset(collection)
                there.clear()
            elif gone:
                store.delete(collection, [str(one) for one in gone])
            missing = [one for one in live if one not in there]
            for at in range(0, len(missing), 1000):
                part = missing[at : at + 1000]
                store.upsert(collection, [str(one) for one in part], truth.vectors_of(part))
        self._marker.unlink(missing_ok=True)

    def mend(self, truth: Truth, *, anew: bool = False) -> str:
        """Probe, rebuild if need be (or `anew` in any case), and bring up to date; says what was done."""
        self._marker.touch()
        said = "The vector index was brought up to date."
        if self.embedded and not is_sound(self._chroma):
            self._notify("The vector index was damaged; rebuilding it from the library…")
            self.close()
            shutil.rmtree(self._chroma, ignore_errors=True)
            said = "The vector index was damaged and has been rebuilt from the library."
        elif anew:
            said = "The vector index has been rebuilt from the library."
            for collection in truth.distinct_ids():
                self.open().reset(collection)
        self.sync(truth)
        return said

    def open(self) -> VectorStore:
        """The store, opened once. An embedded one must have been found sound, or be new."""
        if self._store is None:
            self._store = _open(self._spec, self._chroma)
        return self._store

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _ids(store: VectorStore, collection: str) -> Sequence[str]:
    """The ids a store holds, where it can say; else it is emptied and filled anew."""
    ids = getattr(store, "ids", None)
    if ids is not None:
        return list(ids(collection))
    store.reset(collection)
    return []


def _open(spec: str, folder: Path) -> VectorStore:
    if spec == "chroma":
        from .chroma import ChromaStore

        return ChromaStore.embedded(folder)
    if spec.startswith("chroma+"):
        from .chroma import ChromaStore

        try:
            return ChromaStore.server(spec.removeprefix("chroma+"))
        except Exception as error:  # an edge: Chroma's client raises bare exceptions
            raise ConfigError(
                f"The Chroma server at {spec.removeprefix('chroma+')} does not answer: {error}.",
                hint='Start it, or set `store = "chroma"`.',
            ) from error
    for point in entry_points(group="ayllu.stores"):
        if point.name == spec:
            store: VectorStore = point.load()(folder)
            return store
    raise ConfigError(f"There is no vector store `{spec}`.", hint='Set `store` to "chroma" or "chroma+http://HOST:PORT".')
