"""The library: the document store, searched by words and by meaning.

Many processes may read; one at a time writes, under a lock file. Methods are safe to call from several threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from .docstore import keyword_index as keyword
from .docstore.store import DocStore
from .errors import LibraryBusy
from .ranking import evidence, search
from .stores.projection import Projection
from .types import Embedder, Passage, Retrieved, SearchMode, Vectors

if TYPE_CHECKING:
    from .documents.ingest import IngestReport

_SCAN_BELOW = 5_000  # chunks; below it an exact scan is as fast as the vector store and needs no opening
log = logging.getLogger(__name__)


class Library(DocStore):
    """One library folder. Open it with `Library.open`, close it with `close` or as a context manager."""

    def __init__(
        self, folder: Path, embedder: Embedder, store: str, notify: Callable[[str], None] | None, scan_below: int
    ) -> None:
        super().__init__(folder, embedder)
        self._notify = notify or log.info
        self._projection = Projection(folder, store, self._notify)
        self._scans: dict[int, tuple[tuple[int, str], Sequence[int], Vectors]] = {}
        self._texts: dict[str, Vectors] = {}
        self._store_ready = False
        self._scan_below = scan_below

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        store: str = "chroma",
        notify: Callable[[str], None] | None = None,
        scan_below: int = _SCAN_BELOW,
    ) -> Library:
        """Open or make a library. A projection that a killed writer left torn is mended first, and that is said.

        A collection of fewer than `scan_below` chunks is searched by an exact scan.

        Raises:
            LibraryNewer, LibraryDamaged: the file is left as it is.
        """
        library = cls(folder, embedder, store, notify, scan_below)
        if library._projection.dirty:
            try:
                with library._locked(wait_s=0):
                    if library._projection.dirty:
                        library._notify(library._projection.mend(library))
            except LibraryBusy:
                log.debug("a writer is at work; its projection is not touched")
        return library

    def close(self) -> None:
        self._projection.close()
        super().close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- writing ---

    @contextmanager
    def writing(self, wait_s: float = 10.0) -> Iterator[None]:
        """Hold the writer's lock; at the end, also after an error, the vector store is brought up to date.

        Raises:
            LibraryBusy: another process held it for `wait_s` seconds.
        """
        with self._locked(wait_s):
            if not self._store_ready or self._projection.dirty:
                if self._projection.embedded:
                    self._projection.mend(self)
                self._store_ready = True
            self._projection.begin()
            try:
                yield
            finally:
                self._projection.sync(self)

    def ingest(self, paths: Sequence[str], *, collection: str, **options: Any) -> IngestReport:
        """See `ingest.ingest`."""
        from .documents.ingest import ingest

        return ingest(self, paths, collection=collection, **options)

    def reembed(self, progress: Callable[[str, int, int | None], None] | None = None) -> int:
        """Embed anew what another embedder embedded; returns how many chunks. Called while `writing`."""
        rows = self._rows("SELECT id, text FROM chunks WHERE embedder <> ? ORDER BY id", (self.embedder.name,))
        for at in range(0, len(rows), 64):
            part = rows[at : at + 64]
            self.renew_vectors([one for one, _ in part], self.embedder.embed([str(text) for _, text in part]))
            if progress is not None:
                progress("embedding anew", min(at + 64, len(rows)), len(rows))
        if rows:
            for collection in self.distinct_ids():
                self._projection.open().reset(collection)
        return len(rows)

    # --- searching ---

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        mode: SearchMode | str = SearchMode.HYBRID,
        collection: str,
        embed_text: str | None = None,
    ) -> list[Passage]:
        """The `k` best chunks, best first. `embed_text` stands in for `query` where meaning is compared."""
        return search.search(self, query, k=k, mode=SearchMode(mode), collection=collection, embed_text=embed_text)

    def retrieve(self, query: str, *, k: int = 3, mode: SearchMode | str = SearchMode.HYBRID, collection: str) -> Retrieved:
        """Search, then judge the passages' sentences."""
        return evidence.retrieve(self, query, k=k, mode=SearchMode(mode), collection=collection)

    def keyword_search(self, query: str, k: int, collection: str) -> Sequence[tuple[int, float]]:
        """(chunk id, BM25), best first."""
        with self._guard:
            return keyword.search(self._sql, self._collection(collection), query, k)

    def vector_search(self, vector: Vectors, k: int, collection: str) -> Sequence[tuple[int, float]]:
        """(chunk id, cosine), best first: from the vector store where it is large, sound and at rest, else by a scan."""
        if self._large_and_at_rest(collection):
            try:
                found = self._projection.open().query(self.store_name(collection), vector, k)
                return self._with_equals([(int(one), cosine) for one, cosine in found])[:k]
            except Exception:  # an edge: the scan answers whatever the store raises
                log.warning("the vector store failed; scanning instead", exc_info=True)
        ids, rows = self._scan(collection)
        cosines = rows @ vector
        best = np.argsort(-cosines, kind="stable")[:k]
        return [(int(ids[one]), float(cosines[one])) for one in best]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed questions and sentences, remembering the last few thousand."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._texts))
        if missing:
            if len(self._texts) > 4_000:
                self._texts.clear()
                missing = list(dict.fromkeys(texts))
            self._texts.update(zip(missing, self.embedder.embed(missing), strict=True))
        return np.stack([self._texts[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)

    def stems(self, text: str) -> list[str]:
        with self._guard:
            return keyword.stems(self._sql, text)

    def idf(self, word: str, least: int = 0) -> float:
        """Rarity of a word among all chunks, or `least` where there are fewer: the lacking ones count as without it."""
        with self._guard:
            stem = next(iter(keyword.stems(self._sql, word)), word)
            return keyword.idf(self._sql, stem, max(self.count(), least))

    def coverage(self, question: str, text: str, least: int = 0) -> float:
        """Share of the question's content words that `text` contains, weighted by rarity, as in `idf`, 0 to 1."""
        return evidence.coverage(self, question, text, least)

    # --- upkeep ---

    def verify(self, collection: str | None = None) -> list[str]:
        """Problems, in words: SQLite's own check, offsets, other embedders, and ids that do not find themselves."""
        from .stores.verify import problems

        return problems(self, self._projection, collection)

    def repair(self) -> str:
        """Embed anew what needs it, and mend the vector store; says what was done."""
        with self._locked(10.0):
            self._projection.begin()
            renewed = self.reembed()
            said = self._projection.mend(self, anew=True)
            self._store_ready = True
        return f"{renewed} chunks were embedded anew. {said}" if renewed else said

    # --- inside ---

    def _large_and_at_rest(self, collection: str) -> bool:
        if self._projection.dirty or self.count(collection) < self._scan_below:
            return False
        if not self._store_ready and self._projection.embedded:
            from .stores.chroma_probe import is_sound

            self._store_ready = is_sound(self.folder / "chroma")
        return self._store_ready or not self._projection.embedded

    def _with_equals(self, found: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
        """Each (id, cosine) with all chunks of the same vector, as a scan would list them: best first, then by id."""
        cosines = dict(found)
        rows = self._rows(
            "SELECT one.id, equal.id FROM chunks one JOIN chunks equal USING (collection, digest)"
            f" WHERE one.id IN ({','.join('?' * len(cosines))})",
            tuple(cosines),
        )
        spread = {int(equal): cosines[int(one)] for one, equal in rows}
        return sorted(spread.items(), key=lambda item: (-item[1], item[0]))

    def _scan(self, collection: str) -> tuple[Sequence[int], Vectors]:
        place = self._collection(collection)
        with self._guard:
            generation = self._sql.execute("SELECT generation FROM collections WHERE id = ?", (place,)).fetchone()
            key = (int(generation[0]) if generation else -1, self.embedder.name)
            kept = self._scans.get(place)
            if kept is None or kept[0] != key:
                rows = self._rows(
                    "SELECT id, vector FROM chunks WHERE collection = ? AND embedder = ? ORDER BY id",
                    (place, self.embedder.name),
                )
                vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float32)
                kept = (key, [int(row[0]) for row in rows], vectors.reshape(len(rows), self.embedder.dimensions))
                self._scans[place] = kept
        return kept[1], kept[2]

    @contextmanager
    def _locked(self, wait_s: float) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "writer.lock", timeout=wait_s, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryBusy(self.folder, wait_s) from error
        try:
            yield
        finally:
            lock.release()
