"""What keeps a library whole: usable vectors, and in step what is made of them for searching.

Nothing waits for a store: what goes wrong with it is said, and left for the next time.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import AylluError, ConfigError
from ..storage import DatabaseDamaged, DatabaseUnavailable
from ..text import size
from .collection_embedders import CollectionEmbedders
from .docstore import DocStore, Turn, writer_lock
from .embedders import Embedder, EmbedderFailed, find_obstacle
from .errors import LibraryBusy
from .stores import Notify, Projection, ScanIndex, StoreFailed

_BATCH = 64  # chunks embedded anew together
_LEAST_BYTES = 1 << 20  # of free disk, without which no mending is begun
log = logging.getLogger(__name__)


class Upkeep:
    """Of one library folder. What is not said to take the writer's lock is called under it."""

    def __init__(
        self,
        folder: Path,
        docstore: DocStore,
        projection: Projection,
        scans: ScanIndex,
        embedders: CollectionEmbedders,
        notify: Notify,
    ) -> None:
        self._folder = folder
        self._docstore = docstore
        self._projection = projection
        self._scans = scans
        self._embedders = embedders
        self._notify = notify

    def mend_leftovers(self) -> None:
        """Mend what an interrupted writer left, where there is room, and no writer is at work. Takes the lock."""
        if not self._projection.dirty or shutil.disk_usage(self._folder).free < _LEAST_BYTES:
            return
        try:
            with writer_lock(self._folder, Turn(wait_s=0)):
                if self._projection.dirty:
                    self._sync_scans()
                    self._notify(self._projection.mend())
        except (LibraryBusy, DatabaseUnavailable):
            log.debug("the projection is not touched", exc_info=True)
        except (StoreFailed, ConfigError) as error:
            self._report(error)

    def bring_stores_up_to_date(self) -> None:
        self._sync_scans()
        try:
            self._projection.sync()
        except (StoreFailed, ConfigError, DatabaseUnavailable) as error:
            self._report(error)

    def give_back_disk(self) -> None:
        """Shorten the file where much was removed."""
        try:
            shorter = self._docstore.give_back()
        except (DatabaseUnavailable, DatabaseDamaged):  # the next writer tries again
            log.warning("no disk could be given back", exc_info=True)
            return
        if shorter > 0:
            self._notify(f"{size(shorter)} of the disk are free again: the library is smaller than it was.")

    def embed_anew(self) -> int:
        """Embed what another embedder than its collection's embedded, and vectors that are none; returns how many chunks.

        Raises:
            EmbedderFailed: it refused some, and where it is there still all others were embedded.
        """
        vectors = self._docstore.vectors
        refused: EmbedderFailed | None = None
        renewed = 0
        for name, space in self._docstore.spaces.all().items():
            chunks = dict(vectors.foreign(space)) | dict(vectors.unusable(space))
            embedder = self._embedders.of(name) if chunks else None
            if embedder is None:
                continue
            ids = sorted(chunks)
            for at in range(0, len(ids), _BATCH):
                batch = ids[at : at + _BATCH]
                try:
                    self._embed(embedder, batch, chunks)
                except EmbedderFailed:
                    if find_obstacle(embedder) is not None:
                        raise
                    refused = self._embed_each(embedder, batch, chunks) or refused
            renewed += len(ids)
        if refused is not None:
            raise refused
        return renewed

    def repair(self, turn: Turn) -> str:
        """Embed anew what needs it, and fill the store anew, each also where the other fails; says what was done.

        Takes the lock.

        Raises:
            EmbedderFailed, StoreFailed: the first thing that could not be mended.
        """
        failure: AylluError | None = None
        renewed, outcome = 0, ""
        with writer_lock(self._folder, turn):
            self._projection.mark()
            try:
                renewed = self.embed_anew()
            except EmbedderFailed as error:
                failure = error
            self._scans.drop()
            self._sync_scans()
            try:
                outcome = self._projection.mend(anew=True)
            except (StoreFailed, ConfigError) as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return f"{renewed} chunks were embedded anew. {outcome}" if renewed else outcome

    def _sync_scans(self) -> None:
        """Where it cannot be, scans read SQLite."""
        try:
            self._scans.sync()
        except (OSError, DatabaseUnavailable):
            log.warning("the vectors' files are not brought up to date", exc_info=True)

    def _embed(self, embedder: Embedder, ids: Sequence[int], texts: Mapping[int, str]) -> None:
        rows = embedder.embed_documents([texts[chunk] for chunk in ids])
        self._docstore.vectors.replace(ids, rows, embedder=embedder.name)

    def _embed_each(self, embedder: Embedder, ids: Sequence[int], texts: Mapping[int, str]) -> EmbedderFailed | None:
        """What is refused costs no other; returns the last refusal."""
        refused: EmbedderFailed | None = None
        for chunk in ids:
            try:
                self._embed(embedder, [chunk], texts)
            except EmbedderFailed as error:
                refused = error
        return refused

    def _report(self, error: AylluError) -> None:
        log.warning("the vector store is not in step", exc_info=True)
        self._notify(f"{error.message} {error.hint}")
