"""The library: every source, chunk and vector in one SQLite file, searched by words and by meaning.

Many processes may read; one at a time writes, under a lock file. Methods are safe to call from several threads.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import NotFound
from . import evidence, keyword, search
from .errors import LibraryBusy
from .projection import Projection
from .records import ChunkRecord, SourceInfo, SourceRecord
from .schema import connect, digest
from .types import Embedder, Found, Passage, SearchMode, Vectors

if TYPE_CHECKING:
    from .ingest import IngestReport

_SCAN_BELOW = 5_000  # chunks; below it an exact scan is as fast as the vector store and needs no opening
log = logging.getLogger(__name__)


class Library:
    """One library folder. Open it with `Library.open`, close it with `close` or as a context manager."""

    def __init__(
        self, folder: Path, embedder: Embedder, store: str, notify: Callable[[str], None] | None, scan_below: int
    ) -> None:
        self.folder = folder
        self.embedder = embedder
        self._notify = notify or log.info
        self._guard = threading.RLock()
        self._sql = connect(folder / "library.sqlite")
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
        with self._guard:
            self._sql.close()

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

    def write_source(self, collection: str, source: SourceRecord, chunks: Sequence[ChunkRecord], vectors: Vectors) -> None:
        """Replace what is known of one source, in one transaction. `vectors` is (n, d), a row for each chunk."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as sql:
            place = self._collection(collection, create=True)
            sql.execute("DELETE FROM sources WHERE collection = ? AND source = ?", (place, source.source))
            row = sql.execute(
                "INSERT INTO sources (collection, source, root, sha256, media_type, text, mtime_ns, size, ingested_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    place,
                    source.source,
                    source.root,
                    source.sha256,
                    source.media_type,
                    source.text,
                    source.mtime_ns,
                    source.size,
                    now,
                ),
            ).lastrowid
            sql.executemany(
                'INSERT INTO chunks (source, collection, text, start, "end", page, embedder, vector, digest)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (row, place, one.text, one.start, one.end, one.page, self.embedder.name, vector, digest(vector))
                    for one, vector in zip(chunks, _blobs(vectors), strict=True)
                ],
            )
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def touch_source(self, collection: str, source: str, mtime_ns: int) -> None:
        """Note that a file has a new time but the same content."""
        with self._transaction() as sql:
            sql.execute(
                "UPDATE sources SET mtime_ns = ? WHERE source = ? AND collection = ?",
                (mtime_ns, source, self._collection(collection)),
            )

    def remove_source(self, collection: str, source: str) -> None:
        """Forget one source with its chunks.

        Raises:
            NotFound: there is none of that name.
        """
        with self._transaction() as sql:
            place = self._collection(collection)
            gone = sql.execute("DELETE FROM sources WHERE collection = ? AND source = ?", (place, source)).rowcount
            if not gone:
                raise NotFound(f"There is no source {source!r}.", hint="`ayllu sources list` shows all.")
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def drop_collection(self, name: str) -> None:
        with self._transaction() as sql:
            place = self._collection(name)
            sql.execute("DELETE FROM sources WHERE collection = ?", (place,))
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def ingest(self, paths: Sequence[str], *, collection: str, **options: Any) -> IngestReport:
        """See `ingest.ingest`."""
        from .ingest import ingest

        return ingest(self, paths, collection=collection, **options)

    def reembed(self, progress: Callable[[str, int, int | None], None] | None = None) -> int:
        """Embed anew what another embedder embedded; returns how many chunks. Called while `writing`."""
        rows = self._rows("SELECT id, text FROM chunks WHERE embedder <> ? ORDER BY id", (self.embedder.name,))
        for at in range(0, len(rows), 64):
            part = rows[at : at + 64]
            vectors = self.embedder.embed([str(text) for _, text in part])
            with self._transaction() as sql:
                sql.executemany(
                    "UPDATE chunks SET embedder = ?, vector = ?, digest = ? WHERE id = ?",
                    [
                        (self.embedder.name, vector, digest(vector), one)
                        for (one, _), vector in zip(part, _blobs(vectors), strict=True)
                    ],
                )
                sql.execute("UPDATE collections SET generation = generation + 1")
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

    def find(self, query: str, *, k: int = 3, mode: SearchMode | str = SearchMode.HYBRID, collection: str) -> Found:
        """Search, then judge the found passages' sentences."""
        return evidence.find(self, query, k=k, mode=SearchMode(mode), collection=collection)

    def by_words(self, query: str, k: int, collection: str) -> Sequence[tuple[int, float]]:
        """(chunk id, BM25), best first."""
        with self._guard:
            return keyword.search(self._sql, self._collection(collection), query, k)

    def by_meaning(self, vector: Vectors, k: int, collection: str) -> Sequence[tuple[int, float]]:
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

    def passages(self, scored: Sequence[tuple[int, float, float]]) -> list[Passage]:
        """The chunks of (id, score, cosine), in that order; an id deleted meanwhile is left out."""
        marks = ",".join("?" * len(scored))
        rows = self._rows(
            'SELECT chunks.id, sources.source, chunks.page, chunks.text, chunks.start, chunks."end" FROM chunks'
            f" JOIN sources ON sources.id = chunks.source WHERE chunks.id IN ({marks})",
            tuple(one for one, _, _ in scored),
        )
        known = {int(row[0]): row for row in rows}
        found: list[Passage] = []
        for one, score, cosine in scored:
            if one in known:
                _, source, page, text, start, end = known[one]
                found.append(Passage(str(one), source, page, text, start, end, score, cosine))
        return found

    def stems(self, text: str) -> list[str]:
        with self._guard:
            return keyword.stems(self._sql, text)

    def idf(self, word: str) -> float:
        """Rarity of a word among all chunks; high for a word that stands in none."""
        with self._guard:
            stem = next(iter(keyword.stems(self._sql, word)), word)
            return keyword.idf(self._sql, stem, self.count())

    def coverage(self, question: str, text: str) -> float:
        """Share of the question's content words that `text` contains, weighted by rarity, 0 to 1."""
        return evidence.coverage(self, question, text)

    # --- looking ---

    def sources(self, collection: str | None = None) -> list[SourceInfo]:
        return list(self._infos("WHERE ? IS NULL OR collections.name = ?", (collection, collection)))

    def known_sources(self, collection: str, root: str | None = None) -> dict[str, SourceInfo]:
        """What is known of a collection, by source; with `root`, only what was taken from there."""
        infos = self._infos("WHERE collections.name = ? AND (? IS NULL OR root = ?)", (collection, root, root))
        return {info.source: info for info in infos}

    def source_text(self, source: str, collection: str) -> str:
        rows = self._rows(
            "SELECT text FROM sources WHERE source = ? AND collection = ?", (source, self._collection(collection))
        )
        if not rows:
            raise NotFound(f"There is no source {source!r}.", hint="`ayllu sources list` shows all.")
        return str(rows[0][0])

    def count(self, collection: str | None = None) -> int:
        """How many chunks there are."""
        if collection is None:
            return int(self._rows("SELECT count(*) FROM chunks")[0][0])
        return int(self._rows("SELECT count(*) FROM chunks WHERE collection = ?", (self._collection(collection),))[0][0])

    def collections(self) -> list[str]:
        """The names of all collections that hold something."""
        rows = self._rows(
            "SELECT DISTINCT name FROM collections JOIN sources ON sources.collection = collections.id ORDER BY name"
        )
        return [str(row[0]) for row in rows]

    def verify(self, collection: str | None = None) -> list[str]:
        """Problems, in words: SQLite's own check, offsets, other embedders, and ids that do not find themselves."""
        from .verify import problems

        return problems(self, self._projection, collection)

    def repair(self) -> str:
        """Embed anew what needs it, and mend the vector store; says what was done."""
        with self._locked(10.0):
            self._projection.begin()
            renewed = self.reembed()
            said = self._projection.mend(self, anew=True)
            self._store_ready = True
        return f"{renewed} chunks were embedded anew. {said}" if renewed else said

    def distinct_ids(self) -> Mapping[str, Sequence[int]]:
        """For each distinct vector the lowest id of its chunks, by the vector store's name of the collection."""
        distinct: dict[str, list[int]] = {_store_name(row[0]): [] for row in self._rows("SELECT id FROM collections")}
        for collection, one in self._rows("SELECT collection, min(id) FROM chunks GROUP BY collection, digest ORDER BY 2"):
            distinct[_store_name(collection)].append(int(one))
        return distinct

    def vectors_of(self, ids: Sequence[int]) -> Vectors:
        marks = ",".join("?" * len(ids))
        rows = dict(self._rows(f"SELECT id, vector FROM chunks WHERE id IN ({marks})", tuple(ids)))
        return np.stack([np.frombuffer(rows[one], np.float32) for one in ids])

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Rows of a reading query, for the room's own modules."""
        return self._rows(query, values)

    def store_name(self, collection: str) -> str:
        """What the vector store calls a collection."""
        return _store_name(self._collection(collection))

    # --- inside ---

    def _large_and_at_rest(self, collection: str) -> bool:
        if self._projection.dirty or self.count(collection) < self._scan_below:
            return False
        if not self._store_ready and self._projection.embedded:
            from .chroma_probe import is_sound

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

    def _collection(self, name: str, create: bool = False) -> int:
        with self._guard:
            if create:
                self._sql.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))
            row = self._sql.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else -1

    def _infos(self, where: str, values: Sequence[Any]) -> Iterator[SourceInfo]:
        rows = self._rows(
            "SELECT sources.source, collections.name, root, (SELECT count(*) FROM chunks WHERE chunks.source = sources.id),"
            " sha256, media_type, ingested_at, mtime_ns, size FROM sources"
            f" JOIN collections ON collections.id = sources.collection {where} ORDER BY sources.source",
            values,
        )
        return (SourceInfo(*row) for row in rows)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._guard:
            return self._sql.execute(query, tuple(values)).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            self._sql.execute("COMMIT")

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


def _blobs(vectors: Vectors) -> Iterator[bytes]:
    return (vector.tobytes() for vector in np.asarray(vectors, np.float32))


def _store_name(collection: int) -> str:
    return f"collection-{collection}"
