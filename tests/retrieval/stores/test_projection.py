"""The vector store can be torn, lost or another one: what the library holds is found all the same."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from ayllu.errors import ConfigError
from ayllu.retrieval import Embedder, Library, Vectors
from ayllu.retrieval.stores import open_store, registry


def test_a_torn_vector_store_is_rebuilt_from_the_truth_and_that_is_said(
    tmp_path: Path, embedder: Embedder, folder: Path
) -> None:
    place = tmp_path / "library"
    with Library.open(place, embedder) as library:
        library.ingest([str(folder)], collection="c")
    for file in (place / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn" * 100)
    (place / "projection.dirty").touch()
    notices: list[str] = []
    with Library.open(place, embedder, notify=notices.append) as library:
        assert any("rebuilt" in notice for notice in notices)
        assert library.verify() == []
        assert library.search("copper", collection="c")


def test_what_the_store_lacks_is_a_problem_that_repair_mends(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    library.close()
    store = open_store("chroma", library.folder / "chroma")
    store.reset("collection-1")
    store.close()
    with Library.open(library.folder, library.embedder) as opened:
        chunks = opened.count("c")
        assert f"the vector store holds 0 of {chunks} vectors of c" in opened.verify()
        assert opened.verify("elsewhere") == []
        assert opened.repair() == "The vector index has been rebuilt from the library."
        assert opened.verify() == []


class ListStore:
    """Somebody else's store, which cannot say what it holds."""

    folder: Path | None = None

    def __init__(self, folder: Path) -> None:
        ListStore.folder = folder
        self._rows: dict[str, dict[str, Vectors]] = {}

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        self._rows.setdefault(collection, {}).update(zip(ids, vectors, strict=True))

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        for chunk in ids:
            del self._rows[collection][chunk]

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        scored = [(chunk, float(row @ vector)) for chunk, row in self._rows[collection].items()]
        return sorted(scored, key=lambda item: -item[1])[:k]

    def count(self, collection: str) -> int:
        return len(self._rows.get(collection, {}))

    def reset(self, collection: str) -> None:
        self._rows.pop(collection, None)

    def close(self) -> None: ...


def install(monkeypatch: pytest.MonkeyPatch, name: str, store: type[ListStore]) -> None:
    """As if a package with this entry point were installed."""
    point = EntryPoint(name, "somebody.else:Store", "ayllu.stores")
    monkeypatch.setattr(EntryPoint, "load", lambda self: store)
    monkeypatch.setattr(registry, "entry_points", lambda **wanted: [point] if wanted["name"] == name else [])


def test_a_store_of_an_entry_point_is_filled_and_asked(
    tmp_path: Path, embedder: Embedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "lists", ListStore)
    with Library.open(tmp_path / "library", embedder, store="lists", scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
        library.ingest([str(folder)], collection="c")
        assert ListStore.folder == tmp_path / "library" / "chroma"
        assert library.verify() == []
        vector = embedder.embed_documents(["Copper melts"])[0]
        chunks, cosines = zip(*library.vector_search(vector, 5, "c"), strict=True)
        with Library.open(tmp_path / "library", embedder) as scanned:
            exact = scanned.vector_search(vector, 5, "c")
        assert list(chunks) == [chunk for chunk, _ in exact]
        assert np.allclose(cosines, [cosine for _, cosine in exact], atol=1e-5)


class BrokenStore(ListStore):
    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        raise RuntimeError("It has gone away.")


def test_the_scan_answers_where_the_store_fails(
    tmp_path: Path, embedder: Embedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "broken", BrokenStore)
    with Library.open(tmp_path / "library", embedder, store="broken", scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
        assert library.search("copper", mode="dense", collection="c")[0].source.endswith("metals.txt")


def test_a_name_that_no_store_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no vector store `pigeonholes`"):
        open_store("pigeonholes", tmp_path)
