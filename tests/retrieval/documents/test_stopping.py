"""An ingest that is cut off, and one that is asked while it runs."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ayllu.retrieval import HashingEmbedder, Library, Vectors


class WatchedEmbedder(HashingEmbedder):
    """Calls `meanwhile` before it embeds its second lot of texts."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = meanwhile
        self._calls = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self._calls += 1
        if self._calls == 2:
            self._meanwhile()
        return super().embed_documents(texts)


class Stop:
    """Pressed in the middle of the work, which goes on when the one who asks has heard of it."""

    def __init__(self) -> None:
        self._pressed = threading.Event()
        self._heard = threading.Event()

    def press(self) -> None:
        self._pressed.set()
        assert self._heard.wait(30)

    def is_pressed(self) -> bool:
        if self._pressed.is_set():
            self._heard.set()
        return self._pressed.is_set()


@pytest.fixture(autouse=True)
def small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty texts are embedded at once, whatever the machine."""
    monkeypatch.setattr("ayllu.retrieval.documents.embedding_lane.usable_cores", lambda: 1)
    monkeypatch.setattr("ayllu.retrieval.documents.embedding_lane._SLICE", 40)
    monkeypatch.setattr("ayllu.retrieval.documents.ingest.BATCH_CHUNKS", 40)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(150):
        (docs / f"{number:03}.txt").write_text(f"Lot {number} is of tin and weighs {number * 7} pounds.")
    return docs


def rows(folder: Path) -> list[Any]:
    """All that the library holds of its documents, but for ids and times."""
    with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
        return connection.execute(
            "SELECT sources.source, sources.sha256, sources.text, sources.mtime_ns, chunks.start, chunks.text, chunks.terms,"
            " chunks.digest FROM sources LEFT JOIN chunks ON chunks.source = sources.id ORDER BY 1, 5"
        ).fetchall()


def test_a_run_that_was_stopped_and_gone_on_with_leaves_what_an_undisturbed_one_does(tmp_path: Path, docs: Path) -> None:
    with Library.open(tmp_path / "undisturbed", HashingEmbedder()) as library:
        library.ingest([str(docs)], collection="c")
    stop = Stop()
    with Library.open(tmp_path / "stopped", WatchedEmbedder(stop.press)) as library:
        first = library.ingest([str(docs)], collection="c", should_stop=stop.is_pressed)
        assert first.interrupted
        assert 0 < first.documents == library.count("c") < 150
    with Library.open(tmp_path / "stopped", HashingEmbedder()) as library:
        second = library.ingest([str(docs)], collection="c")
        assert (second.documents, second.unchanged) == (150, first.documents)
        assert library.verify() == []
    assert rows(tmp_path / "stopped") == rows(tmp_path / "undisturbed")


def test_a_long_document_that_was_cut_off_is_absent(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("\n\n".join(f"Chapter {number} tells of lot {number}. " * 30 for number in range(60)))
    stop, steps = Stop(), []
    with Library.open(tmp_path / "library", WatchedEmbedder(stop.press)) as library:
        report = library.ingest(
            [str(book)], collection="c", should_stop=stop.is_pressed, progress=lambda *step: steps.append(step[0])
        )
        assert "done" not in steps
        assert (report.interrupted, library.sources("c"), library.count("c")) == (True, [], 0)
        assert library.ingest([str(book)], collection="c").documents == 1
        assert library.count("c") > 50


def test_what_is_read_can_be_asked_about_while_the_rest_is_read(tmp_path: Path, docs: Path) -> None:
    seen: list[str] = []

    def ask() -> None:
        with Library.open(tmp_path / "library", HashingEmbedder()) as reader:
            seen.extend(passage.text for passage in reader.search("How heavy is lot 0?", collection="c", mode="keyword"))

    (docs / "000.txt").write_text("\n\n".join(f"Lot 0, part {number}, is of zinc. " * 40 for number in range(50)))
    with Library.open(tmp_path / "library", WatchedEmbedder(lambda: None)) as library:
        library.ingest([str(docs / "000.txt")], collection="c")
    with Library.open(tmp_path / "library", WatchedEmbedder(ask)) as library:
        assert library.ingest([str(docs)], collection="c").documents == 150
    assert any("zinc" in text for text in seen)


def test_progress_moves_within_a_document_never_back_and_to_its_end(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("\n\n".join(f"Chapter {number} tells of lot {number}. " * 30 for number in range(130)))
    steps: list[tuple[str, int, int | None]] = []

    class Slow(HashingEmbedder):
        def embed_documents(self, texts: Sequence[str]) -> Vectors:
            rows = super().embed_documents(texts)
            seen = len(steps)
            for _ in range(100):
                if len(steps) > seen + 1:
                    break
                threading.Event().wait(0.05)
            return rows

    with Library.open(tmp_path / "library", Slow()) as library:
        library.ingest([str(book)], collection="c", progress=lambda *step: steps.append(step))
    shares = [done for _, done, _ in steps]
    assert shares == sorted(shares)
    assert len({share for share in shares if 0 < share < 1000}) >= 2
    assert steps[-1] == ("done", 1000, 1000)
    assert "book.txt" in steps[len(steps) // 2][0]
