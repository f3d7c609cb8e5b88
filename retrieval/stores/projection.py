"""The vector store kept in step with the library, and mended where it is not.

A marker file says "being written"; it is made before the first write and removed after the last. Whoever finds it without a
writer knows that the projection may be torn: it is probed in a child process, brought up to date where it can be opened,
and thrown away and rebuilt where it cannot. Nothing is kept only here, and nothing waits for it: what the library notes of
the last filling says whether it can be asked.

Chunks with equal vectors (page footers, licences) are one entry, under the lowest of their ids: a graph of neighbours loses
some among hundreds of equals, for good.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..docstore import DIRTY_MARKER, DocStore, Filling, Space
from ..types import Vectors
from .base import StoreFailed, VectorStore, store_failures
from .chroma_probe import is_sound
from .registry import is_embedded, is_plug_in, open_store, store_label

_BATCH = 1000  # vectors held in memory at once
_RENEWED = 0.05  # share of a collection that may leave it before its graph is built anew: each leaves a gap behind
Notify = Callable[[str], None]
log = logging.getLogger(__name__)


class Projection:
    """The vector store of one library folder. Writing methods are called under the library's lock only.

    Whatever the store itself fails of is a `StoreFailed`.
    """

    def __init__(self, folder: Path, spec: str, docstore: DocStore, notify: Notify, *, scan_below: int) -> None:
        """An embedded store holds collections of `scan_below` chunks and more; any other, which was asked for, all."""
        self._chroma = folder / "chroma"
        self._marker = folder / DIRTY_MARKER
        self._spec = spec
        self.label = store_label(spec)
        self._least = scan_below if is_embedded(spec) else 0
        self._vectors = docstore.vectors
        self._spaces = docstore.spaces
        self._fillings = docstore.projections
        self._notify = notify
        self._store: VectorStore | None = None
        self._sound = not is_embedded(spec)  # an embedded one has to be looked at, once
        self._counted: dict[int, Filling] = {}  # fillings of which the store was seen to hold as many as it should

    @property
    def dirty(self) -> bool:
        """Being written by somebody, or left torn."""
        return self._marker.exists()

    @property
    def writable(self) -> bool:
        """Whether it can be opened at all: an embedded Chroma cannot be read where it cannot be written."""
        return not is_embedded(self._spec) or not self._chroma.exists() or os.access(self._chroma, os.W_OK)

    def can_be_opened(self) -> bool:
        """Whether opening the store is safe: an embedded one is probed, unless it was found sound before."""
        self._sound = self._sound or (self.writable and is_sound(self._chroma))
        return self._sound

    def check_settings(self) -> None:
        """Open what another package brings, so that a name that is none is refused before there is any work.

        Raises:
            ConfigError: it is no vector store.
        """
        if is_plug_in(self._spec):
            self.open()

    def wanted(self) -> Mapping[str, Space]:
        """The collections that the store is to hold, by name."""
        sizes = self._vectors.sizes()
        return {name: space for name, space in self._spaces.all().items() if sizes.get(name, 0) >= max(self._least, 1)}

    # --- reading ---

    def serves(self, space: Space, chunks: int) -> bool:
        """Whether the store holds what the library holds of a collection, which has so many `chunks`."""
        if chunks < self._least or self.dirty:
            return False
        filling = self._fillings.get(self.label, space.collection)
        if filling != Filling(space.embedder, space.generation) or not self.can_be_opened():
            return False
        if self._counted.get(space.collection) != filling:
            if self.count(space.collection) != self._vectors.count_distinct(space):
                return False  # emptied or restored behind the library's back
            self._counted[space.collection] = filling
        return True

    def query(self, collection: int, vector: Vectors, k: int) -> Sequence[tuple[int, float]]:
        """The `k` nearest chunk ids with their cosines, best first."""
        with store_failures(self.label):
            return [(int(chunk), cosine) for chunk, cosine in self.open().query(self._name(collection), vector, k)]

    def count(self, collection: int) -> int:
        """How many vectors the store holds of a collection."""
        with store_failures(self.label):
            return self.open().count(self._name(collection))

    def open(self) -> VectorStore:
        """The store, opened once. An embedded one must have been found sound, or be new."""
        if self._store is None:
            self._store = open_store(self._spec, self._chroma)
        return self._store

    # --- writing ---

    def mark(self) -> None:
        """Call the store dirty: the library is about to change."""
        try:
            self._marker.touch()
        except OSError:  # no room: what is noted of the filling says the same once the library has changed
            log.warning("%s cannot be made", self._marker, exc_info=True)

    def make_room(self) -> bool:
        """Give up an embedded store's place on a full disk, for what only the library has; whether there was any."""
        if not is_embedded(self._spec) or not self._chroma.exists():
            return False
        self._notify("The disk is full: the vector index makes room, and is rebuilt from the library when there is some.")
        self._delete_folder()
        return True

    def sync(self) -> None:
        """Bring the store to the library's state, then call it clean. Survives being killed: the marker stays.

        An embedded one that is to hold nothing is not opened, and gives its place on the disk back.
        """
        try:
            with store_failures(self.label):
                wanted = self.wanted()
                if is_embedded(self._spec) and not wanted:
                    self._give_up()
                elif not self.can_be_opened():
                    self._throw_away()
                for name, space in self._spaces.all().items():
                    if name in wanted:
                        self._fill(space)
                    else:
                        self._empty(space.collection)
        except BaseException:
            self._let_go()
            raise
        with store_failures(self.label):
            self._marker.unlink(missing_ok=True)

    def mend(self, *, anew: bool = False) -> str:
        """Probe, rebuild if need be (or `anew` in any case), and bring up to date; returns what was done, in words."""
        self.mark()
        outcome = "The vector index was brought up to date."
        self._sound = not is_embedded(self._spec)
        if self.wanted() and not self.can_be_opened():
            outcome = "The vector index was damaged and has been rebuilt from the library."
        elif anew:
            outcome = "The vector index has been rebuilt from the library."
            self._fillings.forget(self.label)
        self.sync()
        return outcome

    def close(self) -> None:
        """What goes wrong with it costs nobody anything: all that matters is in the library."""
        store, self._store = self._store, None
        if store is None:
            return
        try:
            with store_failures(self.label):
                store.close()
        except StoreFailed:
            log.warning("the vector store could not be closed", exc_info=True)

    def _fill(self, space: Space) -> None:
        """Of a filling by another embedder, or an unknown one, nothing is kept: its ids may mean other vectors."""
        number, filling = space.collection, Filling(space.embedder, space.generation)
        live = self._vectors.distinct_ids(space)
        store, name = self.open(), self._name(number)
        before = self._fillings.get(self.label, number)
        wanted = {str(chunk) for chunk in live}
        stored = set(store.ids(name)) if before is not None and before.embedder == filling.embedder else set()
        gone = sorted(stored - wanted)
        if not stored or len(gone) > _RENEWED * len(stored):
            self._fillings.forget(self.label, number)
            store.reset(name)
            stored = set()
        elif gone:
            store.delete(name, gone)
        missing = [chunk for chunk in live if str(chunk) not in stored]
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            store.upsert(name, [str(chunk) for chunk in batch], self._vectors.get(batch))
        self._fillings.note(self.label, number, filling)

    def _empty(self, number: int) -> None:
        if self._fillings.get(self.label, number) is not None:
            self.open().reset(self._name(number))
            self._fillings.forget(self.label, number)

    def _give_up(self) -> None:
        """Delete an embedded store that holds nothing any more."""
        if self._chroma.exists():
            self._delete_folder()
        self._fillings.forget(self.label)

    def _throw_away(self) -> None:
        """Drop an embedded store that cannot be opened, to be filled anew."""
        self._notify("The vector index was damaged; rebuilding it from the library…")
        self._delete_folder()
        self._sound = True
        self._fillings.forget(self.label)

    def _delete_folder(self) -> None:
        self._let_go()
        if self._chroma.is_dir() and not self._chroma.is_symlink():
            shutil.rmtree(self._chroma, ignore_errors=True)
        else:
            self._chroma.unlink(missing_ok=True)

    def _let_go(self) -> None:
        """Close a store that failed: it is looked at anew before it is opened again."""
        self.close()
        self._sound = not is_embedded(self._spec)

    def _name(self, number: int) -> str:
        """What the store calls a collection. A folder is this library's alone; any other store may be shared."""
        return f"collection-{number}" if is_embedded(self._spec) else f"ayllu-{self._fillings.namespace}-{number}"
