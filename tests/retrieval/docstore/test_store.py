"""Sources and chunks as they are kept: replaced whole, taken away whole, and what is wrong with them is seen."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ayllu.errors import NotFound
from ayllu.retrieval import LibraryNewer
from ayllu.retrieval.docstore import ChunkRecord, DocStore, Moved, SourceRecord
from ayllu.tests.retrieval.earlier import take_back

TEXT = "Copper melts. Tin melts."


@pytest.fixture
def docstore(tmp_path: Path) -> Iterator[DocStore]:
    docstore = DocStore(tmp_path)
    write(docstore)
    yield docstore
    docstore.close()


def write(docstore: DocStore, chunks: int = 2) -> None:
    records = [ChunkRecord("Copper melts.", 0, 13), ChunkRecord("Tin melts.", 14, 24)][:chunks]
    source = SourceRecord("metals.txt", "/docs", "digest", "text/plain", TEXT, 1, 24)
    vectors = np.eye(2, dtype=np.float32)[:chunks]
    docstore.write_source("c", source, records, vectors, embedder="first")


def test_a_source_written_again_replaces_its_chunks(docstore: DocStore) -> None:
    before = docstore.vectors.generation("c")
    write(docstore, chunks=1)
    assert docstore.vectors.generation("c") > before
    assert (docstore.count("c"), docstore.count()) == (1, 1)
    assert docstore.keywords.search("tin", 5, "c") == []
    assert [info.chunks for info in docstore.sources()] == [1]


def test_a_source_is_known_by_its_collection(docstore: DocStore) -> None:
    assert docstore.known_sources("c").keys() == {"metals.txt"}
    assert docstore.known_sources("elsewhere") == {}
    docstore.touch_source("c", "metals.txt", mtime_ns=2, volume="/")
    assert docstore.known_sources("c")["metals.txt"].mtime_ns == 2
    for act in (docstore.source_text, lambda source, collection: docstore.remove_source(collection, source)):
        with pytest.raises(NotFound, match="'herbs'"):
            act("herbs", "c")


def test_passages_come_in_the_order_that_was_scored_without_what_is_gone(docstore: DocStore) -> None:
    passages = docstore.passages([(2, 0.9, 0.5), (99, 0.8, 0.4), (1, 0.7, 0.3)])
    assert [(passage.text, passage.score, passage.cosine) for passage in passages] == [
        ("Tin melts.", 0.9, 0.5),
        ("Copper melts.", 0.7, 0.3),
    ]


def test_vectors_belong_to_their_embedder(docstore: DocStore) -> None:
    space = docstore.spaces.all()["c"]
    assert (space.embedder, docstore.vectors.count_foreign()) == ("first", 0)
    docstore.vectors.replace([2], np.array([[1, 0]], np.float32), embedder="second")
    assert docstore.vectors.foreign(space) == [(2, "Tin melts.")]
    assert docstore.vectors.entries(space)[0].tolist() == [1]
    assert docstore.vectors.equals([1]) == [(1, 1)]  # the same numbers mean nothing in another space
    docstore.vectors.replace([2], np.array([[1, 0, 0]], np.float32), embedder="first")
    assert [chunk for chunk, _ in docstore.vectors.foreign(space)] == [1]  # another length than was written last
    docstore.vectors.replace([2], np.array([[1, 0]], np.float32), embedder="first")
    assert docstore.vectors.foreign(space) == []
    assert sorted(docstore.vectors.equals([1])) == [(1, 1), (1, 2)]


def test_a_collection_is_in_another_state_after_every_change(docstore: DocStore) -> None:
    states = [docstore.spaces.all()["c"].state]
    docstore.vectors.replace([2], np.array([[0, 1]], np.float32), embedder="first")
    states.append(docstore.spaces.all()["c"].state)
    docstore.remove_source("c", "metals.txt")
    states.append(docstore.spaces.all()["c"].state)
    assert len({*states, b""}) == 4


def test_a_chunk_that_is_not_what_stands_in_its_place_is_seen(docstore: DocStore, tmp_path: Path) -> None:
    assert docstore.mismatched_sources() == []
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection:
        connection.execute("UPDATE sources SET text = 'Lead melts. Tin melts.'")
        connection.commit()
    assert docstore.mismatched_sources() == ["metals.txt"]
    assert docstore.damage() is None


def test_a_newer_library_is_refused_by_name_and_left_alone(docstore: DocStore, tmp_path: Path) -> None:
    docstore.close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / "library.sqlite").read_bytes()
    with pytest.raises(LibraryNewer, match="99"):
        DocStore(tmp_path)
    assert (tmp_path / "library.sqlite").read_bytes() == before


def test_an_address_that_an_earlier_version_kept_with_its_login_is_known_without(tmp_path: Path) -> None:
    docstore = DocStore(tmp_path)
    embedder = "openai:http://ana:hunter2@host/v1#e"
    for page in ("http://ana:hunter2@host/a", "http://host/a", "http://ana:hunter2@host/b", "/docs/http:/me@host"):
        record = SourceRecord(page, page, "digest", "text/html", page, 0, 0)
        docstore.write_source("c", record, [ChunkRecord(page, 0, len(page))], np.eye(1, dtype=np.float32), embedder=embedder)
    docstore.close()
    take_back(tmp_path / "library.sqlite", version=4)
    docstore = DocStore(tmp_path)
    assert docstore.known_sources("c").keys() == {"http://host/a", "http://host/b", "/docs/http:/me@host"}
    assert docstore.source_text("http://host/a", "c") == "http://host/a"  # what was read last
    assert (docstore.count("c"), docstore.vectors.count_foreign()) == (3, 0)
    assert docstore.spaces.all()["c"].embedder == "openai:http://•••@host/v1#e"
    assert docstore.damage() is None
    docstore.close()


def test_what_an_earlier_version_read_is_found_as_before_and_read_anew(tmp_path: Path) -> None:
    docstore = DocStore(tmp_path)
    record = SourceRecord("/a", "/a", "digest", "text/plain", "The smelters melted copper.", parser="text/plain 1")
    docstore.write_source("c", record, [ChunkRecord(record.text, 0, 27)], np.eye(1, dtype=np.float32), embedder="e")
    docstore.close()
    take_back(tmp_path / "library.sqlite", version=5)
    docstore = DocStore(tmp_path)
    assert [chunk for chunk, _ in docstore.keywords.search("a melting smelter", 5, "c")] == [1]
    assert docstore.known_sources("c")["/a"].reading.parser == ""
    docstore.close()


def test_a_chunk_is_found_by_its_headings_and_handed_out_with_them(docstore: DocStore) -> None:
    chunk = ChunkRecord("40 litres.", 0, 10, 3, "iii", 7, "Kilns > Water", "tank | size")
    record = SourceRecord("/m", "/m", "digest", "text/plain", "40 litres.", title="Manual")
    docstore.write_source("m", record, [chunk], np.eye(1, dtype=np.float32), embedder="e")
    for query in ("water", "manual", "tank"):
        ((chunk_id, _),) = docstore.keywords.search(query, 5, "m")
        (passage,) = docstore.passages([(chunk_id, 1.0, 1.0)])
        assert (passage.heading, passage.context, passage.title) == ("Kilns > Water", "tank | size", "Manual")
        assert (passage.page, passage.page_label, passage.line) == (3, "iii", 7)


def test_a_document_that_moves_keeps_its_chunks_and_one_that_is_copied_gets_its_own(docstore: DocStore) -> None:
    for name in ("old", "in the way"):
        record = SourceRecord(name, "/root", "digest", "text/plain", "Copper melts.", title="Metals", notes=("a note",))
        docstore.write_source("m", record, [ChunkRecord("Copper melts.", 0, 13)], np.eye(1, dtype=np.float32), embedder="e")
    ((chunk, _),) = docstore.keywords.search("copper", 1, "m")
    docstore.move_source("m", "old", Moved("in the way", "/new", 7, "/drive"))
    (info,) = docstore.sources("m")
    assert (info.source, info.root, info.mtime_ns, info.volume, info.title) == ("in the way", "/new", 7, "/drive", "Metals")
    assert [chunk_id for chunk_id, _ in docstore.keywords.search("copper", 5, "m")] == [chunk]
    assert docstore.copy_source("m", "in the way", Moved("copy", "/new", 8, "")) == 1
    original, copy = docstore.sources("m")[1], docstore.sources("m")[0]
    assert (copy.source, copy.mtime_ns, copy.notes, copy.reading) == ("copy", 8, ("a note",), original.reading)
    assert len(docstore.keywords.search("copper", 5, "m")) == 2
    assert docstore.mismatched_sources() == []
    for change in (docstore.move_source, docstore.copy_source):
        with pytest.raises(NotFound):
            change("m", "none", Moved("copy", "", 0, ""))
    assert len(docstore.sources("m")) == 2
