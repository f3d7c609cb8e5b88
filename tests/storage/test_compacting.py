"""Room given back to the disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval import HashingEmbedder, Library
from ayllu.storage import Database, compacting
from ayllu.storage.opener import Schema

ROWS, ROW_BYTES = 120, 40_000
SCHEMA = Schema((lambda sql: sql.execute("CREATE TABLE notes (text BLOB)"),))


def test_a_file_is_as_large_as_what_it_holds_and_holds_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    with closing(Database.open(file, SCHEMA)) as database:
        with database.transaction() as sql:
            sql.executemany("INSERT INTO notes VALUES (?)", [(bytes([row % 256]) * ROW_BYTES,) for row in range(ROWS)])
        assert database.give_back() == 0  # nothing is free
        with database.transaction() as sql:
            sql.execute("DELETE FROM notes WHERE rowid % 3")
        database.empty_journal()
        before = file.stat().st_size
        with closing(sqlite3.connect(file)) as reader:  # who reads meanwhile reads on
            cursor = reader.execute("SELECT length(text) FROM notes")
            assert cursor.fetchone() == (ROW_BYTES,)
            assert database.give_back() > ROWS * ROW_BYTES / 2
            assert len(cursor.fetchall()) == ROWS // 3 - 1
        database.empty_journal()
        assert file.stat().st_size < before / 2
        assert database.give_back() == 0
        assert database.rows("SELECT count(*), max(length(text)) FROM notes") == [(ROWS // 3, ROW_BYTES)]
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_large_file_is_not_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database.open(tmp_path / "notes.sqlite", SCHEMA)) as database:
        with database.transaction() as sql:
            sql.executemany("INSERT INTO notes VALUES (?)", [(bytes(ROW_BYTES),) for _ in range(ROWS)])
            sql.execute("DELETE FROM notes WHERE rowid % 3")
        monkeypatch.setattr(compacting, "_MOST_REWRITTEN", 1_000_000)
        assert database.give_back() == 0


def test_removing_documents_makes_the_library_smaller_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "_LEAST_BYTES", 100_000)
    notices: list[str] = []
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(6):
        (docs / f"{number}.txt").write_text("\n\n".join(f"Lot {number} {part} is of tin. " * 50 for part in range(40)))
    with Library.open(tmp_path / "library", HashingEmbedder(), notify=notices.append) as library:
        library.ingest([str(docs)], collection="c")
        for number in range(5):
            (docs / f"{number}.txt").unlink()
        assert library.ingest([str(docs)], collection="c").removed == 5
        assert library.verify() == []
    assert any("of the disk are free again" in notice for notice in notices)
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] < 10
