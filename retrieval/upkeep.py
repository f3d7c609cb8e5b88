"""What keeps a library whole: vectors by the embedder of today, and a vector store in step.

Nothing waits for the store: what goes wrong with it is said, and left for the next time.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import AylluError, ConfigError
from ..storage import DatabaseUnavailable
from .docstore import DocStore, Turn, writer_lock
from .documents import Progress
from .embedders import Embedder, EmbedderFailed, find_obstacle
from .errors import LibraryBusy
from .stores import Notify, Projection, StoreFailed

_BATCH = 64  # chunks embedded anew together
_LEAST_BYTES = 1 << 20  # of free disk, without which no mending is begun
log = logging.getLogger(__name__)


class Upkeep:
    """Of one library folder. What is not said to take the writer's lock is called under it."""

    def __init__(self, folder: Path, docstore: DocStore, projection: Projection, embedder: Embedder, notify: Notify) -> None:
        self._folder = folder
        self._docstore = docstore
        self._projection = projection
        self._embedder = embedder
        self._notify = notify

    def mend_leftovers(self) -> None:
        """Mend what an interrupted writer left, where there is room, and no writer is at work. Takes the lock."""
        if not self._projection.dirty or shutil.disk_usage(self._folder).free < _LEAST_BYTES:
            return
        try:
            with writer_lock(self._folder, Turn(wait_s=0)):
                if self._projection.dirty:
                    self._notify(self._projection.mend())
        except (LibraryBusy, DatabaseUnavailable):
            log.debug("the projection is not touched", exc_info=True)
        except (StoreFailed, ConfigError) as error:
            self._report(error)

    def bring_store_up_to_date(self) -> None:
        try:
            self._projection.sync()
        except (StoreFailed, ConfigError, DatabaseUnavailable) as error:
            self._report(error)

    def embed_anew(self, progress: Progress | None = None, *, unusable: bool = False) -> int:
        """Embed what another embedder embedded, or this one in another length; returns how many chunks.

        `unusable`: also look through all vectors for those that are none.

        Raises:
            EmbedderFailed: it refused some, and where it is there still all others were embedded.
        """
        vectors = self._docstore.vectors
        chunks = dict(vectors.foreign(self._embedder.name, self._dimensions()))
        if unusable:
            chunks.update(vectors.unusable())
        ids = sorted(chunks)
        refused: EmbedderFailed | None = None
        for at in range(0, len(ids), _BATCH):
            batch = ids[at : at + _BATCH]
            try:
                self._embed(batch, chunks)
            except EmbedderFailed:
                if find_obstacle(self._embedder) is not None:
                    raise
                refused = self._embed_each(batch, chunks) or refused
            if progress is not None:
                progress("embedding anew", min(at + _BATCH, len(ids)), len(ids))
        if refused is not None:
            raise refused
        return len(ids)

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
                renewed = self.embed_anew(unusable=True)
            except EmbedderFailed as error:
                failure = error
            try:
                outcome = self._projection.mend(anew=True)
            except (StoreFailed, ConfigError) as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return f"{renewed} chunks were embedded anew. {outcome}" if renewed else outcome

    def _embed(self, ids: Sequence[int], texts: Mapping[int, str]) -> None:
        rows = self._embedder.embed_documents([texts[chunk] for chunk in ids])
        self._docstore.vectors.replace(ids, rows, embedder=self._embedder.name)

    def _embed_each(self, ids: Sequence[int], texts: Mapping[int, str]) -> EmbedderFailed | None:
        """What is refused costs no other; returns the last refusal."""
        refused: EmbedderFailed | None = None
        for chunk in ids:
            try:
                self._embed([chunk], texts)
            except EmbedderFailed as error:
                refused = error
        return refused

    def _dimensions(self) -> int | None:
        """How long vectors are now; None where there is nothing to compare with, or the embedder cannot say."""
        if not self._docstore.count():
            return None
        try:
            return self._embedder.dimensions
        except EmbedderFailed:  # whoever embeds next will hear of it
            log.warning("the embedder does not say how long its vectors are", exc_info=True)
            return None

    def _report(self, error: AylluError) -> None:
        log.warning("the vector store is not in step", exc_info=True)
        self._notify(f"{error.message} {error.hint}")
