"""The files that exact scans read, kept in step with the library: `vectors/NUMBER.f32`, one for each collection.

Under the library's lock a file is brought up to date by what has changed. Whoever searches while another writes, or where
nothing can be written, takes what the file lacks from SQLite into memory: a scan always sees all that the library holds.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...storage import DatabaseUnavailable
from ..docstore import DocStore, Space, Turn, writer_lock
from ..docstore.schema import digest
from ..errors import LibraryBusy
from ..types import Vectors
from . import vector_file
from .scan_table import ScanTable
from .vector_file import Header, Records

_MOST_GONE = 0.2  # share of blank records from which on a file is written anew
_BATCH = 4096  # records looked over at once
log = logging.getLogger(__name__)


class ScanIndex:
    """The scans of one library folder."""

    def __init__(self, folder: Path, docstore: DocStore) -> None:
        self._library = folder
        self._folder = folder / "vectors"
        self._docstore = docstore
        self._tables: dict[int, tuple[Space, ScanTable]] = {}

    def nearest(self, space: Space, vector: Vectors, k: int, chunks: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """(chunk id, cosine), best first, equal ones by id. Nothing is compared with a vector of another length.

        `chunks`: of these alone.
        """
        known = self._tables.get(space.collection)
        if known is None or known[0] != space:
            known = self._tables[space.collection] = (space, self._load(space, len(vector)))
        parts = known[1].parts
        table = known[1] if chunks is None else known[1].only(chunks)
        return table.nearest(vector, k) if all(rows.shape[1] == len(vector) for _, rows in parts) else []

    # --- writing: under the library's lock ---

    def sync(self) -> None:
        """Bring every file to the library's state; what it costs is what has changed.

        Raises:
            OSError: there is no room, or no right to write there. Scans read SQLite then.
        """
        spaces = self._docstore.spaces.all().values()
        if self._folder.is_dir():
            vector_file.sweep(self._folder)
        for space in spaces:
            self._sync(space)

    def drop(self) -> bool:
        """Give up the files' place on the disk; whether there were any."""
        files = list(self._folder.glob("*.f32"))
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink()
        return bool(files)

    # --- checking ---

    def problems(self, name: str, space: Space) -> list[str]:
        """What is wrong with a file that a scan would believe, in words. One that is missing is made by the next search."""
        stored = vector_file.read(self._path(space))
        if stored is None or not self._is_current(stored[0], space):
            return []
        header, records = stored
        ids, digests = self._docstore.vectors.entries(space)
        places = _places_of(ids, digests, records)
        live = np.zeros(len(records), bool)
        live[places[places >= 0]] = True
        wrong = int((records["id"][~live] >= 0).sum())
        wrong += sum(len(batch) for batch, _ in self._docstore.vectors.usable(_listed(ids[places < 0]), header.dimensions))
        for at in range(0, len(records), _BATCH):
            part = records[at : at + _BATCH]
            wrong += sum(
                digest(row["vector"].tobytes()) != row["digest"].tobytes()
                for row, kept in zip(part, live[at : at + _BATCH], strict=True)
                if kept
            )
        if not wrong:
            return []
        return [f"{wrong} vectors of {name} differ in the file that is searched; `ayllu sources repair` mends that"]

    # --- within ---

    def _load(self, space: Space, dimensions: int) -> ScanTable:
        stored = vector_file.read(self._path(space))
        if stored is None or not self._is_current(stored[0], space):
            self._sync_where_possible(space)
            stored = vector_file.read(self._path(space))
        if stored is not None and self._is_current(stored[0], space):
            return ScanTable([(stored[1]["id"], stored[1]["vector"])], stored[0].gone)
        if stored is not None and not self._is_of(stored[0], space, dimensions):
            stored = None
        return self._join(space, dimensions, None if stored is None else stored[1])

    def _join(self, space: Space, dimensions: int, records: Records | None) -> ScanTable:
        """What the file has of today's chunks, and the rest from SQLite."""
        ids, digests = self._docstore.vectors.entries(space)
        if records is None:
            records = np.zeros(0, vector_file.record_type(dimensions))
        places = _places_of(ids, digests, records)
        known = np.full(len(records), -1, np.int64)
        known[places[places >= 0]] = ids[places >= 0]
        parts = [(known, records["vector"])]
        batches = list(self._docstore.vectors.usable(_listed(ids[places < 0]), dimensions))
        if batches:
            more = np.array([chunk for batch, _ in batches for chunk in batch], np.int64)
            parts.append((more, np.concatenate([rows for _, rows in batches])))
        return ScanTable(parts, int((known < 0).sum()))

    def _sync_where_possible(self, space: Space) -> None:
        try:
            with writer_lock(self._library, Turn("indexing vectors", wait_s=0)):
                self._sync(space)
        except (LibraryBusy, DatabaseUnavailable, OSError, RuntimeError):  # the last: this very thread holds the lock
            log.debug("the vectors' file is not brought up to date", exc_info=True)

    def _sync(self, space: Space) -> None:
        path = self._path(space)
        stored = vector_file.read(path)
        if stored is not None and self._is_current(stored[0], space):
            return
        dimensions = self._docstore.vectors.dimensions(space)
        if dimensions is None:
            path.unlink(missing_ok=True)
            return
        header = self._header(space, dimensions)
        ids, digests = self._docstore.vectors.entries(space)
        if stored is not None and stored[0].is_of(header):
            before, records = stored
            places = _places_of(ids, digests, records)
            live = np.zeros(len(records), bool)
            live[places[places >= 0]] = True
            gone = np.flatnonzero((records["id"] >= 0) & ~live)
            if before.gone + len(gone) <= _MOST_GONE * len(records):
                new = places < 0
                vector_file.change(path, before, header, gone, self._records(ids[new], digests[new], dimensions))
                return
        vector_file.write(path, header, self._records(ids, digests, dimensions))

    def _records(self, ids: NDArray[np.int64], digests: NDArray[np.uint8], dimensions: int) -> Iterator[Records]:
        for batch, rows in self._docstore.vectors.usable(_listed(ids), dimensions):
            yield vector_file.join_columns(batch, digests[np.searchsorted(ids, batch)], rows)

    def _path(self, space: Space) -> Path:
        return self._folder / f"{space.collection}.f32"

    def _header(self, space: Space, dimensions: int) -> Header:
        namespace = self._docstore.projections.namespace
        return Header(namespace, space.collection, space.embedder, dimensions, space.state.hex())

    def _is_of(self, header: Header, space: Space, dimensions: int) -> bool:
        return header.is_of(self._header(space, dimensions))

    def _is_current(self, header: Header, space: Space) -> bool:
        return self._is_of(header, space, header.dimensions) and header.state == space.state.hex()


def _places_of(ids: NDArray[np.int64], digests: NDArray[np.uint8], records: Records) -> NDArray[np.intp]:
    """For each chunk the place of its record, with the vector of today; -1 where there is none. Shape (n,)."""
    places = np.full(len(ids), -1, np.intp)
    stored = np.asarray(records["id"])
    order = np.argsort(stored, kind="stable")
    at = np.searchsorted(stored[order], ids)
    inside = at < len(order)
    candidates = order[at[inside]]
    same = (stored[candidates] == ids[inside]) & (records["digest"][candidates] == digests[inside]).all(axis=1)
    places[np.flatnonzero(inside)[same]] = candidates[same]
    return places


def _listed(ids: NDArray[np.int64]) -> Sequence[int]:
    listed: list[int] = ids.tolist()
    return listed
