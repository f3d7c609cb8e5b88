"""What the surroundings do to a file is never told as damage: a full disk, another program, no right to write."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.storage import (
    Database,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnavailable,
    Schema,
    opener,
)


def make_notes(sql: sqlite3.Connection) -> None:
    sql.execute("CREATE TABLE notes (text TEXT)")
    sql.execute("INSERT INTO notes VALUES ('kept')")


def add_author(sql: sqlite3.Connection) -> None:
    sql.execute("ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'")


NOTES = Schema((make_notes,))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.sqlite"
    Database.open(file, NOTES).close()
    return file


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    database = Database.open(file, NOTES)
    yield database
    database.close()


@pytest.fixture
def _no_right_to_write(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a drive that is mounted read-only, also for a person who may do everything."""

    def refuse(file: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(opener, "make_private_file", refuse)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "_BUSY_S", 0.05)


def test_a_disk_that_fills_up_is_said_and_what_was_written_stays(database: Database) -> None:
    pages = database.rows("PRAGMA page_count")[0][0]
    database.rows(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(DatabaseFull, match=r"no room left on the disk for .*notes\.sqlite"), database.transaction() as sql:
        sql.execute("INSERT INTO notes VALUES (?)", ("x" * 100_000,))
    assert database.rows("SELECT text FROM notes") == [("kept",)]
    with database.transaction() as sql:
        sql.execute("DELETE FROM notes")


class StuckConnection(sqlite3.Connection):
    """Cannot take back what it began, as where the drive is gone."""

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        if statement == "ROLLBACK":
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(statement, *values)


def test_a_rollback_that_fails_or_was_done_by_sqlite_does_not_hide_why(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, factory=StuckConnection)) as connection:
        database = Database(connection, file, DatabaseDamaged)
        database.rows(f"PRAGMA max_page_count = {database.rows('PRAGMA page_count')[0][0]}")
        with pytest.raises(DatabaseFull), database.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES (?)", ("x" * 100_000,))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        database = Database(connection, file, DatabaseDamaged)
        database.rows(f"PRAGMA max_page_count = {database.rows('PRAGMA page_count')[0][0]}")
        with pytest.raises(DatabaseFull), database.transaction() as sql:
            sql.execute("INSERT OR ROLLBACK INTO notes VALUES (?)", ("x" * 100_000,))
        assert database.rows("SELECT text FROM notes") == [("kept",)]


@pytest.mark.usefixtures("impatient")
def test_a_file_that_another_program_holds_is_locked_when_it_is_opened_and_when_it_is_written(file: Path) -> None:
    open_before = Database.open(file, NOTES)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked, match="locked by another program"), open_before.transaction():
            pytest.fail("both write")
        other.execute("ROLLBACK")
    open_before.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseLocked, match=r"notes\.sqlite is locked"):
            Database.open(file, NOTES)
    Database.open(file, NOTES).close()


@pytest.mark.usefixtures("_no_right_to_write")
def test_a_file_that_cannot_be_written_is_read_and_a_write_says_why_not(file: Path) -> None:
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}
    with closing(Database.open(file, NOTES)) as database:
        assert database.rows("SELECT text FROM notes") == [("kept",)]
        with pytest.raises(DatabaseReadOnly, match="cannot be written to"), database.transaction() as sql:
            sql.execute("DELETE FROM notes")
    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before


@pytest.mark.usefixtures("_no_right_to_write")
def test_an_older_file_that_cannot_be_written_is_read_as_if_it_were_migrated(file: Path) -> None:
    with closing(Database.open(file, Schema((make_notes, add_author)))) as database:
        assert database.rows("SELECT text, author FROM notes") == [("kept", "nobody")]
        with pytest.raises(DatabaseReadOnly), database.transaction() as sql:
            sql.execute("DELETE FROM notes")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_what_a_killed_process_left_in_its_journal_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    with closing(Database.open(tmp_path / "notes.sqlite", NOTES)) as writer:
        with writer.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES ('just now')")
        for ending in ("", "-wal"):
            (folder / f"notes.sqlite{ending}").write_bytes((tmp_path / f"notes.sqlite{ending}").read_bytes())
    monkeypatch.setattr(opener, "make_private_file", lambda file: os.close(os.open("/proc/version", os.O_WRONLY)))
    with closing(Database.open(folder / "notes.sqlite", NOTES)) as database:
        assert database.rows("SELECT text FROM notes") == [("kept",), ("just now",)]


@pytest.mark.usefixtures("_no_right_to_write")
def test_what_is_damaged_or_not_there_is_not_made_up(tmp_path: Path) -> None:
    with pytest.raises(DatabaseReadOnly):
        Database.open(tmp_path / "none.sqlite", NOTES)
    (tmp_path / "torn.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseDamaged, match=r"torn\.sqlite is damaged"):
        Database.open(tmp_path / "torn.sqlite", NOTES)


def test_damage_that_shows_only_when_a_page_is_read_is_named(file: Path) -> None:
    with closing(sqlite3.connect(file)) as sql:
        sql.executemany("INSERT INTO notes VALUES (?)", [("x" * 500,)] * 200)
        sql.commit()
    with file.open("r+b") as torn:
        torn.seek(8192)
        torn.write(b"\xff" * 40_000)
    with closing(Database.open(file, NOTES)) as database, pytest.raises(DatabaseDamaged, match=r"notes\.sqlite is damaged"):
        database.rows("SELECT sum(length(text)) FROM notes")


def test_a_mistake_in_a_statement_is_no_state_of_the_disk(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.rows("SELECT * FROM absent")


def test_a_folder_for_which_there_is_no_room_or_no_right_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, kind in ((errno.ENOSPC, DatabaseFull), (errno.EACCES, DatabaseReadOnly), (errno.EIO, DatabaseUnavailable)):

        def refuse(folder: Path, number: int = number) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(opener, "make_private_folder", refuse)
        with pytest.raises(kind):
            Database.open(tmp_path / "new" / "notes.sqlite", NOTES)
