"""Each document is in the library or in the report's `failed`, with the reason: none is lost, and none is counted twice."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval import Document, EmbedderFailed, HashingEmbedder, IngestReport, Library, Parsed, Vectors
from ayllu.retrieval.stores import Projection, ScanIndex
from ayllu.storage import DatabaseFull


class PickyEmbedder(HashingEmbedder):
    """Refuses texts with certain words, or all, as a server may."""

    refused = "arsenic"
    away = False
    calls = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.away or any(self.refused in text for text in texts):
            raise EmbedderFailed("The server answers 500.", hint="Start it.")
        return super().embed_documents(texts)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Three batches of documents, three of which are refused."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(150):
        metal = "arsenic" if number in (3, 40, 149) else "tin"
        (docs / f"{number:03}.txt").write_text(f"The {metal} of lot {number} weighs {number} pounds.")
    return docs


def names(report: IngestReport) -> list[str]:
    return [Path(failure["source"]).stem for failure in report.failed]


def test_a_document_that_the_embedder_refuses_costs_no_other(tmp_path: Path, docs: Path) -> None:
    with Library.open(tmp_path / "library", PickyEmbedder(), store="plain") as library:
        report = library.ingest([str(docs)], collection="c")
        assert (report.documents, report.chunks, len(library.sources())) == (147, 147, 147)
        assert names(report) == ["003", "040", "149"]
        assert report.failed[0]["error"] == "it could not be embedded: The server answers 500."
        assert report.obstacle is None
        (docs / "003.txt").write_text("The zinc of lot 3 weighs 3 pounds.")
        again = library.ingest([str(docs)], collection="c")
        assert (again.documents, again.unchanged, again.updated) == (148, 147, 0)


def test_an_embedder_that_is_away_is_not_asked_for_each_document_and_all_are_named(tmp_path: Path, docs: Path) -> None:
    embedder = PickyEmbedder()
    with Library.open(tmp_path / "library", embedder, store="plain") as library:
        library.ingest([str(docs / "000.txt")], collection="c")
        embedder.away, embedder.calls = True, 0
        report = library.ingest([str(docs)], collection="c")
        assert (report.documents, report.unchanged, report.chunks) == (1, 1, 0)
        assert len(report.failed) == 149
        assert embedder.calls < 5
        assert isinstance(report.obstacle, EmbedderFailed)
        embedder.away = False
        assert library.ingest([str(docs)], collection="c").documents == 147


def test_a_document_that_cannot_be_written_is_named_and_counts_nowhere(tmp_path: Path, docs: Path) -> None:
    with Library.open(tmp_path / "library", HashingEmbedder(), store="plain") as library:
        with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE INSERT ON sources WHEN new.source LIKE '%/077.txt'"
                " BEGIN SELECT raise(ABORT, 'no room for it'); END"
            )
        report = library.ingest([str(docs)], collection="c")
        assert (report.documents, report.chunks, len(library.sources())) == (149, 149, 149)
        assert report.failed == [
            {"source": str(docs / "077.txt"), "error": "it could not be written: no room for it"},
        ]


def test_documents_that_are_added_without_a_report_are_in_or_the_error_comes_out(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", PickyEmbedder(), store="plain") as library, library.writing():
        with pytest.raises(EmbedderFailed):
            library.add([Document("c", "a.txt", "", Parsed("Some arsenic.", "text/plain"))])
        assert library.add([Document("c", "b.txt", "", Parsed("Some tin.", "text/plain"))]) == 1
    deadline = time.monotonic() + 30
    while any(thread.name == "embedding" for thread in threading.enumerate()):  # none stays behind
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_whatever_an_embedder_raises_is_told_of_the_embedding(tmp_path: Path, docs: Path) -> None:
    class Broken(PickyEmbedder):
        def embed_documents(self, texts: Sequence[str]) -> Vectors:
            raise RuntimeError("no memory")

    with Library.open(tmp_path / "library", Broken()) as library:
        report = library.ingest([str(docs / "000.txt")], collection="c")
    assert report.failed[0]["error"] == "it could not be embedded: no memory"


def test_a_disk_that_fills_up_costs_what_did_not_fit_and_nothing_of_the_report(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "library"
    with Library.open(place, HashingEmbedder()) as library:
        library.ingest([str(docs / "000.txt")], collection="c")
    with closing(sqlite3.connect(place / "library.sqlite")) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connect = sqlite3.connect

    def limited(*words: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*words, **options)  # type: ignore[call-overload]
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", limited)
        with Library.open(place, HashingEmbedder()) as library:
            report = library.ingest([str(docs)], collection="c")
            assert 1 < report.documents < 150
            assert (len(library.sources()), len(report.failed)) == (report.documents, 150 - report.documents)
            assert "it could not be written: There is no room left on the disk" in report.failed[0]["error"]
            assert isinstance(report.obstacle, DatabaseFull)
            assert library.search("tin", collection="c")
    with Library.open(place, HashingEmbedder()) as library:
        again = library.ingest([str(docs)], collection="c")
        assert (again.documents, again.unchanged, again.failed) == (150, report.documents, [])
        assert library.verify() == []


def test_a_disk_that_is_full_when_the_stores_are_brought_up_to_date_costs_nothing_of_the_report(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseFull(tmp_path)

    notices: list[str] = []
    with Library.open(tmp_path / "library", HashingEmbedder(), notify=notices.append) as library:
        with monkeypatch.context() as patch:
            patch.setattr(ScanIndex, "sync", refuse)
            patch.setattr(Projection, "sync", refuse)
            report = library.ingest([str(docs / "001.txt")], collection="c")
        assert (report.documents, report.failed, report.obstacle) == (1, [], None)
        assert ["There is no room left on the disk" in notice for notice in notices] == [True]
        assert library.search("tin", collection="c")
