"""Chunks with equal vectors: one entry of the vector store, and all of them found."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval import ChunkRecord, Library, SourceRecord, Vectors

FOOTER = "Printed on recycled paper."
PAGES = 800
OTHERS = 400


class Hashing:
    """An embedder that costs nothing: equal texts have equal vectors, and others no likeness."""

    name, dimensions, max_tokens = "hashing", 32, 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(len(texts), self.dimensions)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return [(0, len(text))]

    def _row(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).normal(size=self.dimensions)


def write(library: Library, name: str, texts: Sequence[str]) -> None:
    whole, chunks = "", []
    for text in texts:
        chunks.append(ChunkRecord(text, len(whole), len(whole) + len(text), None))
        whole += text
    record = SourceRecord(name, "", hashlib.sha256(whole.encode()).hexdigest(), "text/plain", whole, 0, len(whole))
    library.write_source("c", record, chunks, library.embedder.embed(texts))


def as_a_scan_finds(library: Library, query: str, k: int) -> list[tuple[int, float]]:
    rows = library.rows("SELECT id, vector FROM chunks ORDER BY id")
    vectors = np.stack([np.frombuffer(row[1], np.float32) for row in rows])
    cosines = vectors @ library.embedder.embed([query])[0]
    return [(int(rows[at][0]), float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]


def check(library: Library) -> None:
    assert library.verify() == []
    footers = library.rows("SELECT count(*) FROM chunks WHERE text = ?", (FOOTER,))[0][0]
    for query, k in [(FOOTER, footers), (FOOTER, footers + 3), (FOOTER, 10), ("Item 7.", 20)]:
        found = library.vector_search(library.embedder.embed([query])[0], k, "c")
        exact = as_a_scan_finds(library, query, k)
        assert [one for one, _ in found] == [one for one, _ in exact]
        assert np.allclose([cosine for _, cosine in found], [cosine for _, cosine in exact], atol=1e-5)


@pytest.fixture
def footers(tmp_path: Path) -> Iterator[Library]:
    """A library of many pages with one footer, and of items that have nothing in common."""
    with Library.open(tmp_path / "library", Hashing(), scan_below=1) as library:
        with library.writing():
            for page in range(PAGES // 4):
                write(library, f"page-{page}", [f"Page {page}.", *[FOOTER] * 4])
            write(library, "items", [f"Item {at}." for at in range(OTHERS)])
        yield library


def test_every_one_of_hundreds_of_equal_chunks_is_found_also_after_deletes_and_changes(footers: Library) -> None:
    check(footers)
    with footers.writing():
        footers.remove_source("c", "page-0")  # holds the one that stands for all
        write(footers, "page-1", ["Page 1, rewritten.", FOOTER])
        write(footers, "page-0", ["Page 0, come back.", FOOTER])
    check(footers)
    with footers.writing():
        for page in range(PAGES // 4):
            footers.remove_source("c", f"page-{page}")
    assert footers.verify() == []
    assert footers.count("c") == OTHERS


def test_a_library_of_the_older_way_is_brought_over_and_a_copy_kept(footers: Library) -> None:
    folder, ids = footers.folder, footers.rows("SELECT id FROM chunks ORDER BY id")
    vectors = footers.vectors_of([one for (one,) in ids])
    store = footers._projection.open()
    store.upsert(footers.store_name("c"), [str(one) for (one,) in ids], vectors)
    footers.close()
    with sqlite3.connect(folder / "library.sqlite") as sql:
        sql.execute("DROP INDEX chunks_by_vector")
        sql.execute("ALTER TABLE chunks DROP COLUMN digest")
        sql.execute("CREATE INDEX chunks_by_collection ON chunks (collection)")
        sql.execute("PRAGMA user_version = 1")
    sql.close()
    said: list[str] = []
    with Library.open(folder, Hashing(), notify=said.append, scan_below=1) as library:
        assert said == ["The vector index was brought up to date."]
        check(library)
    with sqlite3.connect(folder / "library.v1.sqlite") as kept:
        assert kept.execute("SELECT count(*) FROM chunks").fetchone() == (len(ids),)
    kept.close()
