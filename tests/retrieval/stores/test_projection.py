"""The vector store can be torn, lost or another one: what the library holds is found all the same."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ayllu.errors import ConfigError
from ayllu.retrieval import Embedder, EmbedderChanged, HashingEmbedder, Library, Vectors
from ayllu.retrieval.docstore import DocStore
from ayllu.retrieval.stores import StoreFailed, open_store
from ayllu.storage import DatabaseFull
from list_store import ListStore

from .conftest import Install


def test_a_torn_vector_store_is_rebuilt_from_the_truth_and_that_is_said(
    tmp_path: Path, embedder: Embedder, folder: Path
) -> None:
    place = tmp_path / "library"
    with Library.open(place, embedder, scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
    for file in (place / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn" * 100)
    (place / "projection.dirty").touch()
    notices: list[str] = []
    with Library.open(place, embedder, notify=notices.append, scan_below=0) as library:
        assert any("rebuilt" in notice for notice in notices)
        assert library.verify() == []
        assert library.search("copper", collection="c")


def test_what_the_store_lacks_is_a_problem_that_repair_mends(tmp_path: Path, embedder: Embedder, folder: Path) -> None:
    with Library.open(tmp_path / "library", embedder, scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
    store = open_store("chroma", library.folder / "chroma")
    store.reset("collection-1")
    store.close()
    with Library.open(library.folder, embedder, scan_below=0) as opened:
        chunks = opened.count("c")
        assert f"the vector store holds 0 of {chunks} vectors of c" in opened.verify()
        assert opened.verify("elsewhere") == []
        assert opened.repair() == "The vector index has been rebuilt from the library."
        assert opened.verify() == []


@pytest.fixture
def home(tmp_path: Path, embedder: Embedder, folder: Path) -> Path:
    """A library of two documents whose vectors are in the store `lists` too."""
    with Library.open(tmp_path / "library", embedder, store="lists", scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
    return tmp_path / "library"


def nearest(library: Library, text: str) -> list[tuple[int, float]]:
    return list(library.vector_search(library.embed_query(text), 5, "c"))


@pytest.fixture
def lists(install: Install) -> None:
    install("lists", ListStore)


@pytest.mark.usefixtures("lists")
def test_a_store_of_an_entry_point_is_filled_and_asked(home: Path, embedder: Embedder, folder: Path) -> None:
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        library.ingest([str(folder)], collection="c")
        assert ListStore.folder == home / "chroma"
        assert library.verify() == []
        chunks, cosines = zip(*nearest(library, "Copper melts"), strict=True)
        with Library.open(home, embedder) as scanned:
            exact = nearest(scanned, "Copper melts")
        assert list(chunks) == [chunk for chunk, _ in exact]
        assert np.allclose(cosines, [cosine for _, cosine in exact], atol=1e-5)


@pytest.mark.usefixtures("lists")
def test_homes_that_share_a_server_do_not_touch_each_others_vectors(
    tmp_path: Path, home: Path, embedder: Embedder, folder: Path
) -> None:
    (folder / "metals.txt").write_text("Lead melts at 327 degrees.")
    with Library.open(tmp_path / "other", embedder, store="lists", scan_below=0) as other:
        other.ingest([str(folder)], collection="c")
        with other.writing():
            other.drop_collection("c")
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        assert library.verify() == []
        assert nearest(library, "Copper melts") == nearest(library, "Copper melts")
        assert library.search("Copper melts", mode="dense", collection="c")[0].text.startswith("Copper")


@pytest.mark.usefixtures("lists")
def test_vectors_of_another_embedder_are_never_searched_in(home: Path, embedder: Embedder) -> None:
    """Of the same width, in a collection that the store would answer for."""
    notices: list[str] = []
    with Library.open(home, MirroredEmbedder(), store="lists", scan_below=0, notify=notices.append) as library:
        for _ in range(2):
            assert library.search("Copper melts", mode="dense", collection="c") == []
        assert [notice.partition(" (")[0] for notice in notices] == ["`c` was embedded by hashing:256"]
        library.reembed("c")
        assert library.search("Copper melts", mode="dense", collection="c")[0].cosine > 0.5
        assert library.verify() == []
        assert store_answers(library)
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        assert library.search("Copper melts", mode="dense", collection="c") == []


class MirroredEmbedder(HashingEmbedder):
    """Each vector of the hashing one, read from behind."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "mirrored:256"

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return super().embed_documents(texts)[:, ::-1]


def store_answers(library: Library) -> bool:
    """Whether it is the store that answers."""
    nearest(library, "Copper")  # from here on what it holds is counted
    before = dict(ListStore.rows)
    ListStore.rows.update({name: {} for name in before})
    empty = list(library.vector_search(library.embed_query("Copper"), 5, "c"))
    ListStore.rows.update(before)
    return empty == []


@pytest.mark.usefixtures("lists")
def test_a_store_that_lost_what_it_held_or_was_away_meanwhile_is_not_believed(
    home: Path, embedder: Embedder, folder: Path
) -> None:
    with Library.open(home, embedder, store="chroma", scan_below=0) as library:  # another store for a while
        (folder / "bread.txt").write_text("Bread costs 4 soles.")
        library.ingest([str(folder)], collection="c")
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        assert library.search("bread", mode="dense", collection="c")[0].text == "Bread costs 4 soles."
        library.ingest([str(folder)], collection="c")
        assert library.verify() == []
    ListStore.rows.clear()
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        assert library.search("bread", mode="dense", collection="c")[0].text == "Bread costs 4 soles."
        assert "holds 0 of" in library.verify()[0]
        library.repair()
        assert library.verify() == []


class DownStore(ListStore):
    """A server that is not there."""

    def __init__(self, folder: Path) -> None:
        raise ConnectionError("Could not connect.")


class FullStore(ListStore):
    """Can be read and not written."""

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        raise OSError("No space left on device")


class BrokenStore(ListStore):
    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        raise RuntimeError("It has gone away.")


class PanicException(BaseException):
    """What Chroma's Rust part raises is no `Exception`."""


class PanickingStore(ListStore):
    def ids(self, collection: str) -> Sequence[str]:
        raise PanicException("called `Option::unwrap()` on a `None` value")


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("store", [DownStore, FullStore, BrokenStore, PanickingStore])
def test_nothing_waits_for_a_store_that_fails(
    home: Path, embedder: Embedder, folder: Path, install: Install, store: type[ListStore]
) -> None:
    install("lists", store)
    notices: list[str] = []
    (folder / "bread.txt").write_text("Bread costs 4 soles.")
    (home / "projection.dirty").touch()
    for _ in range(2):
        with Library.open(home, embedder, store="lists", scan_below=0, notify=notices.append) as library:
            report = library.ingest([str(folder)], collection="c")
            assert (report.documents, report.failed) == (3, [])
            for mode in ("hybrid", "dense", "keyword"):
                assert library.search("bread", mode=mode, collection="c")[0].text == "Bread costs 4 soles."
            library.verify()
    with Library.open(home, embedder, store="lists", notify=notices.append) as library:
        if store is not BrokenStore:
            assert any(notice.startswith("The vector store `lists` cannot be used") for notice in notices)
        if store in (DownStore, FullStore):
            with pytest.raises(StoreFailed, match="`lists` cannot be used"):
                library.repair()
        with library.writing():
            library.drop_collection("c")
        assert library.sources() == []
    install("lists", ListStore)
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        library.repair()
        library.ingest([str(folder)], collection="c")
        assert library.verify() == []
        assert store_answers(library)


class UnlistedStore:
    """Of the kind that could not say what it holds."""

    def __init__(self, folder: Path) -> None: ...

    upsert = delete = query = count = reset = close = lambda *words: None


def test_a_plug_in_without_ids_is_refused_before_anything_is_read(
    tmp_path: Path, embedder: Embedder, folder: Path, install: Install
) -> None:
    install("old", UnlistedStore)
    with Library.open(tmp_path / "library", embedder, store="old") as library:
        with pytest.raises(ConfigError, match="`old` is no vector store that ayllu can use: it has no `ids`"):
            library.ingest([str(folder)], collection="c")
        assert library.count() == 0


def test_a_name_that_no_store_has_is_refused(tmp_path: Path, library: Library, folder: Path) -> None:
    with pytest.raises(ConfigError, match="no vector store `pigeonholes`"):
        open_store("pigeonholes", tmp_path)
    with Library.open(library.folder, library.embedder, store="pigeonholes") as opened:
        with pytest.raises(ConfigError, match="pigeonholes"):
            opened.ingest([str(folder)], collection="c")
        with opened.writing():
            opened.drop_collection("c")


@pytest.mark.parametrize("spec", ["chroma+http://127.0.0.1:9", "chroma+http://me:secret@127.0.0.1:9"])
def test_a_chroma_server_that_is_down_is_named_without_its_login(tmp_path: Path, spec: str) -> None:
    with pytest.raises(
        StoreFailed, match=r"`chroma\+http://127\.0\.0\.1:9` cannot be used: its server does not answer"
    ) as caught:
        open_store(spec, tmp_path)
    assert "secret" not in caught.value.message


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("bad", [float("nan"), 0.0])
def test_vectors_without_use_that_are_in_the_library_stop_nothing(home: Path, embedder: Embedder, bad: float) -> None:
    """As a version that did not look at them let them in."""
    vector = np.full(embedder.dimensions, bad, np.float32).tobytes()
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        connection.execute("UPDATE chunks SET vector = ? WHERE id = 1", (vector,))
        connection.commit()
    with Library.open(home, embedder, store="lists") as library:
        results = library.search("copper", k=9, mode="dense", collection="c")
        assert all(np.isfinite(passage.score) for passage in results)
        assert "1 chunks have vectors without use" in library.verify()[0]
        assert library.repair().startswith("1 chunks were embedded anew.")
        assert library.verify() == []
        assert len(library.search("copper", k=9, mode="dense", collection="c")) == library.count()


@pytest.mark.usefixtures("lists")
def test_an_embedder_whose_vectors_have_another_length_is_another_one(tmp_path: Path, folder: Path) -> None:
    """Under the same name: a server on which another model is served."""
    with Library.open(tmp_path / "library", HashingEmbedder(64), store="lists") as library:
        library.ingest([str(folder)], collection="c")
    longer = HashingEmbedder(128)
    longer.name = "hashing:64"
    (folder / "bread.txt").write_text("Bread costs 4 soles.")
    with Library.open(tmp_path / "library", longer, store="lists", scan_below=0) as library:
        assert library.search("copper", mode="dense", collection="c") == []
        assert library.search("copper", mode="hybrid", collection="c")
        with pytest.raises(EmbedderChanged, match="hashing:64 gives other vectors than when"):
            library.ingest([str(folder)], collection="c")
        library.reembed("c")
        assert library.ingest([str(folder)], collection="c").documents == 3
        assert library.search("Copper melts", mode="dense", collection="c")[0].text.startswith("Copper")
        assert library.verify() == []


def test_what_is_removed_from_a_full_disk_finds_room_in_the_vectors_file(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest([str(folder)], collection="c")
    drop = DocStore.drop_collection

    def drop_where_there_is_room(docstore: DocStore, collection: str) -> None:
        if list((library.folder / "vectors").iterdir()):
            raise DatabaseFull(library.folder / "library.sqlite")
        drop(docstore, collection)

    monkeypatch.setattr(DocStore, "drop_collection", drop_where_there_is_room)
    with library.writing():
        library.drop_collection("c")
    assert library.sources() == []
    monkeypatch.undo()
    library.ingest([str(folder)], collection="c")
    assert library.verify() == []


@pytest.mark.usefixtures("lists")
def test_a_store_that_cannot_be_closed_costs_nobody_anything(
    home: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: ListStore) -> None:
        raise OSError("the server is away")

    monkeypatch.setattr(ListStore, "close", refuse)
    with Library.open(home, embedder, store="lists", scan_below=0) as library:
        assert nearest(library, "copper")
    assert "could not be closed" in caplog.text
