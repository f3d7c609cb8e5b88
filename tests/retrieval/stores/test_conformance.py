"""What every vector store must do, whoever wrote it.

One of ours joins by a line in `STORES`. One of another package joins by being installed: each entry point of the group
`ayllu.stores` is tried, by `pytest tests/retrieval/stores/test_conformance.py`.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval import Vectors, VectorStore
from ayllu.retrieval.stores import open_store
from list_store import ListStore

STORES: dict[str, Callable[[Path], VectorStore]] = {
    "chroma": lambda folder: open_store("chroma", folder),
    "list": ListStore,
    **{point.name: partial(open_store, point.name) for point in entry_points(group="ayllu.stores")},
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    ListStore.rows.clear()
    store = STORES[request.param](tmp_path / "store")
    yield store
    store.close()


def unit_rows(count: int, dimensions: int = 8) -> Vectors:
    rows = np.random.default_rng(7).normal(size=(count, dimensions)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_it_is_written_asked_and_emptied(store: VectorStore) -> None:
    """All in one, for a store that takes a second to open."""
    assert isinstance(store, VectorStore)
    rows = unit_rows(20)
    ids = [str(number) for number in range(20)]
    for empty in (store.ids("never-written"), store.query("never-written", rows[0], 3)):
        assert list(empty) == []
    assert store.count("never-written") == 0
    store.delete("never-written", ["1"])
    store.reset("never-written")

    store.upsert("collection-1", ids, rows)
    store.upsert("collection-2", ids[:1], rows[5:6])
    assert (store.count("collection-1"), store.count("collection-2")) == (20, 1)
    assert set(store.ids("collection-1")) == set(ids)
    nearest = store.query("collection-1", rows[3], 5)
    exact = sorted(((float(row @ rows[3]), chunk) for chunk, row in zip(ids, rows, strict=True)), reverse=True)[:5]
    assert [chunk for chunk, _ in nearest] == [chunk for _, chunk in exact]
    assert [cosine for _, cosine in nearest] == pytest.approx([cosine for cosine, _ in exact], abs=1e-4)
    assert len(store.query("collection-1", rows[3], 100)) == 20

    store.upsert("collection-1", ["3"], -rows[3:4])
    assert store.query("collection-1", -rows[3], 1)[0][0] == "3"
    store.delete("collection-1", ["3", "4", "not there"])
    assert set(store.ids("collection-1")) == set(ids) - {"3", "4"}
    assert store.count("collection-2") == 1

    store.reset("collection-1")
    assert (store.count("collection-1"), list(store.ids("collection-1")), store.count("collection-2")) == (0, [], 1)
    store.upsert("collection-1", ["1"], unit_rows(1, 12))  # of another embedder
    assert store.query("collection-1", unit_rows(1, 12)[0], 1)[0][1] == pytest.approx(1, abs=1e-4)


def test_a_folder_of_chroma_is_its_owners_alone(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        (tmp_path / "store").mkdir(mode=0o755)  # as an earlier version left it
        store = open_store("chroma", tmp_path / "store")
        store.upsert("collection-1", ["1"], unit_rows(1))
        store.close()
    finally:
        os.umask(previous)
    assert [path for path in (tmp_path / "store", *(tmp_path / "store").rglob("*")) if path.stat().st_mode & 0o077] == []
