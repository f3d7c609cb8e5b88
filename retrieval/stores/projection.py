"""The vector store kept in step with the library, and mended where it is not.

A marker file says "being written"; it is made before the first write and removed after the last. Whoever finds it without a
writer knows that the projection may be torn: it is probed in a child process, brought up to date where it can be opened,
and thrown away and rebuilt where it cannot. Nothing is kept only here.

Chunks with equal vectors (page footers, licences) are one entry, under the lowest of their ids: a graph of neighbours loses
some among hundreds of equals, for good.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ..docstore import DIRTY_MARKER, VectorTable
from .base import ListsIds, VectorStore
from .chroma_probe import is_sound
from .registry import is_embedded, open_store

_BATCH = 1000  # vectors held in memory at once
_RENEWED = 0.05  # share of a collection that may leave it before its graph is built anew: each leaves a gap behind
Notify = Callable[[str], None]


class Projection:
    """The vector store of one library folder. Writing methods are called under the library's lock only."""

    def __init__(self, folder: Path, spec: str, vectors: VectorTable, notify: Notify) -> None:
        self._chroma = folder / "chroma"
        self._marker = folder / DIRTY_MARKER
        self._spec = spec
        self._vectors = vectors
        self._notify = notify
        self._store: VectorStore | None = None
        self._sound = not is_embedded(spec)  # an embedded one has to be looked at, once

    @property
    def dirty(self) -> bool:
        """Being written by somebody, or left torn."""
        return self._marker.exists()

    def can_be_opened(self) -> bool:
        """Whether opening the store is safe: an embedded one is probed, unless it was found sound before."""
        self._sound = self._sound or is_sound(self._chroma)
        return self._sound

    def prepare(self) -> None:
        """Mend what an interrupted writer may have left, before anything is written."""
        if is_embedded(self._spec) and (self.dirty or not self._sound):
            self.mend()

    def mark(self) -> None:
        """Call the store dirty: the library is about to change."""
        self._marker.touch()

    def sync(self) -> None:
        """Bring the store to the library's state, then call it clean. Survives being killed: the marker stays.

        It stays too where an embedding anew was cut off: vectors of two embedders cannot stand in one collection, and a scan
        answers until `ingest` or `repair` has embedded the rest.
        """
        store = self.open()
        mixed = self._vectors.mixed_collections()
        for collection, live in self._vectors.distinct_ids().items():
            if collection in mixed:
                continue
            stored = {int(chunk) for chunk in _ids(store, collection)}
            gone = sorted(stored.difference(live))
            if len(gone) > _RENEWED * len(stored):
                store.reset(collection)
                stored.clear()
            elif gone:
                store.delete(collection, [str(chunk) for chunk in gone])
            missing = [chunk for chunk in live if chunk not in stored]
            for at in range(0, len(missing), _BATCH):
                batch = missing[at : at + _BATCH]
                store.upsert(collection, [str(chunk) for chunk in batch], self._vectors.get(batch))
        if not mixed:
            self._marker.unlink(missing_ok=True)

    def mend(self, *, anew: bool = False) -> str:
        """Probe, rebuild if need be (or `anew` in any case), and bring up to date; returns what was done, in words."""
        self.mark()
        outcome = "The vector index was brought up to date."
        if is_embedded(self._spec) and not is_sound(self._chroma):
            self._notify("The vector index was damaged; rebuilding it from the library…")
            self.close()
            shutil.rmtree(self._chroma, ignore_errors=True)
            outcome = "The vector index was damaged and has been rebuilt from the library."
        elif anew:
            outcome = "The vector index has been rebuilt from the library."
            self.reset()
        self.sync()
        self._sound = True
        if self.dirty:
            outcome = "Embedding anew was cut off; the next `ayllu ingest` or `ayllu sources repair` ends it."
        return outcome

    def reset(self) -> None:
        """Empty the store, to be filled anew by `sync`."""
        for collection in self._vectors.distinct_ids():
            self.open().reset(collection)

    def open(self) -> VectorStore:
        """The store, opened once. An embedded one must have been found sound, or be new."""
        if self._store is None:
            self._store = open_store(self._spec, self._chroma)
        return self._store

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _ids(store: VectorStore, collection: str) -> Sequence[str]:
    """The ids a store holds; none where it cannot say, and is emptied."""
    if isinstance(store, ListsIds):
        return store.ids(collection)
    store.reset(collection)
    return []
