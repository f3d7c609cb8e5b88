"""Chunks with equal vectors: a single entry of the vector store, and all of them in the results."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ayllu.retrieval import Library, Vectors
from ayllu.retrieval.docstore import ChunkRecord, DocStore, SourceRecord
from ayllu.retrieval.stores import open_store
from ayllu.tests.retrieval.earlier import take_back

FOOTER = "Printed on recycled paper."
PAGES = 800
OTHERS = 400


class RandomEmbedder:
    """Equal texts have equal vectors, and others no likeness."""

    name, dimensions, max_tokens = "random", 32, 256

    def embed_query(self, text: str) -> Vectors:
        return self.embed_documents([text])[0]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(len(texts), self.dimensions)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return [(0, len(text))]

    def _row(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).normal(size=self.dimensions)


def write(library: Library, name: str, pages: Sequence[str]) -> None:
    """A document each of whose pages is a chunk. The library is being written."""
    text, chunks = "".join(pages), []
    for page in pages:
        start = sum(len(chunk.text) for chunk in chunks)
        chunks.append(ChunkRecord(page, start, start + len(page)))
    record = SourceRecord(name, "", "", "application/pdf", text)
    docstore = DocStore(library.folder)
    docstore.write_source("c", record, chunks, library.embedder.embed_documents(pages), embedder=library.embedder.name)
    docstore.close()


def rows(folder: Path, query: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
        return connection.execute(query, values).fetchall()


def exact_search(library: Library, query: str, k: int) -> list[tuple[int, float]]:
    """Every cosine computed, best first, equal ones by id."""
    stored = rows(library.folder, "SELECT id, vector FROM chunks ORDER BY id")
    vectors = np.stack([np.frombuffer(vector, np.float32) for _, vector in stored])
    cosines = vectors @ library.embedder.embed_query(query)
    return [(int(stored[at][0]), float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]


def check(library: Library) -> None:
    assert library.verify() == []
    ((footers,),) = rows(library.folder, "SELECT count(*) FROM chunks WHERE text = ?", FOOTER)
    for query, k in [(FOOTER, footers), (FOOTER, footers + 3), (FOOTER, 10), ("Item 7.", 20)]:
        results = library.vector_search(library.embedder.embed_query(query), k, "c")
        exact = exact_search(library, query, k)
        assert [chunk for chunk, _ in results] == [chunk for chunk, _ in exact]
        assert np.allclose([cosine for _, cosine in results], [cosine for _, cosine in exact], atol=1e-5)


@pytest.fixture
def footers(tmp_path: Path) -> Iterator[Library]:
    """A library of many pages with the same footer, and of items that have nothing in common."""
    with Library.open(tmp_path / "library", RandomEmbedder(), scan_below=1) as library:
        with library.writing():
            for page in range(PAGES // 4):
                write(library, f"page-{page}", [f"Page {page}.", *[FOOTER] * 4])
            write(library, "items", [f"Item {at}." for at in range(OTHERS)])
        yield library


def test_each_of_hundreds_of_equal_chunks_is_in_the_results_also_after_deletes_and_changes(footers: Library) -> None:
    check(footers)
    with footers.writing():
        footers.remove_source("c", "page-0")  # holds the chunk that stands for all
        write(footers, "page-1", ["Page 1, rewritten.", FOOTER])
        write(footers, "page-0", ["Page 0, come back.", FOOTER])
    check(footers)
    with footers.writing():
        for page in range(PAGES // 4):
            footers.remove_source("c", f"page-{page}")
    assert footers.verify() == []
    assert footers.count("c") == OTHERS


def test_a_library_of_the_first_version_is_brought_up_to_date_and_a_copy_kept(footers: Library) -> None:
    folder = footers.folder
    footers.close()
    docstore = DocStore(folder)
    ids = [chunk for (chunk,) in rows(folder, "SELECT id FROM chunks ORDER BY id")]
    store = open_store("chroma", folder / "chroma")
    store.upsert("collection-1", [str(chunk) for chunk in ids], docstore.vectors.get(ids))
    store.close()
    docstore.close()
    take_back(folder / "library.sqlite", version=1)
    notices: list[str] = []
    with Library.open(folder, RandomEmbedder(), notify=notices.append, scan_below=1) as library:
        assert notices == ["The vector index was brought up to date."]
        check(library)
    with closing(sqlite3.connect(folder / "library.v1.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM chunks").fetchone() == (len(ids),)
