"""SQLite files are private, versioned, migrated once, and refused by name where they cannot be read."""

import errno
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from ayllu.conversations import Conversations
from ayllu.errors import AylluError
from ayllu.feedback import FeedbackLog
from ayllu.retrieval.docstore import DocStore
from ayllu.storage import (
    Database,
    DatabaseDamaged,
    DatabaseNewer,
    DatabaseUnavailable,
    Schema,
    execute_script,
    make_private_folder,
    opener,
)

OPEN_TOGETHER = """
import sys, time
from pathlib import Path
import sqlite3
from ayllu.storage import Database, Schema, execute_script

def make(sql):
    sql.execute("CREATE TABLE notes (text TEXT)")
    sql.execute("INSERT INTO notes VALUES ('first')")

def add_author(sql):
    time.sleep(0.05)
    sql.execute("ALTER TABLE notes ADD COLUMN author TEXT")
    sql.execute("UPDATE notes SET text = text || ', migrated'")

print("ready", flush=True)
sys.stdin.readline()
database = Database.open(Path(sys.argv[1]), Schema((make, add_author)))
print(database.rows("SELECT text FROM notes"), flush=True)
"""


def make_notes(sql: sqlite3.Connection) -> None:
    execute_script(sql, "CREATE TABLE notes (text TEXT);\nCREATE INDEX notes_by_text ON notes (text);\n")


def add_author(sql: sqlite3.Connection) -> None:
    sql.execute("ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'")


def fail(sql: sqlite3.Connection) -> None:
    sql.execute("DELETE FROM notes")
    raise RuntimeError("power cut")


@contextmanager
def opened(file: Path, *migrations: object, **options: bool) -> Iterator[Database]:
    database = Database.open(file, Schema(migrations, **options))
    try:
        yield database
    finally:
        database.close()


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A file of version 1 with one note, closed."""
    file = tmp_path / "notes.sqlite"
    with opened(file, make_notes) as database, database.transaction() as sql:
        sql.execute("INSERT INTO notes VALUES ('kept')")
    return file


@pytest.fixture
def _generous_umask() -> Iterator[None]:
    previous = os.umask(0)
    yield
    os.umask(previous)


@pytest.mark.usefixtures("_generous_umask")
def test_a_new_file_its_journal_and_the_folders_made_for_it_are_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "library" / "notes.sqlite"
    with opened(file, make_notes) as database, database.transaction() as sql:
        sql.execute("INSERT INTO notes VALUES ('secret')")
        assert modes(file.parent) == dict.fromkeys(("notes.sqlite", "notes.sqlite-wal", "notes.sqlite-shm"), 0o600)
    assert modes(tmp_path) == {"home": 0o700}
    assert modes(tmp_path / "home") == {"library": 0o700}


@pytest.mark.usefixtures("_generous_umask")
def test_what_an_older_version_left_readable_for_all_is_tightened(old_file: Path) -> None:
    with opened(old_file, make_notes) as first:  # its journal lies there meanwhile
        for path in old_file.parent.iterdir():
            path.chmod(0o644)
        with opened(old_file, make_notes):
            assert set(modes(old_file.parent).values()) == {0o600}
        assert first.rows("SELECT text FROM notes") == [("kept",)]


def test_a_medium_that_takes_no_changes_of_mode_is_no_error(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", refuse)
    with opened(old_file, make_notes) as database:
        assert database.rows("SELECT count(*) FROM notes")


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    make_private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert modes(tmp_path) == {"a": 0o700}


def test_writes_wait_for_the_disk_and_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    with opened(tmp_path / "notes.sqlite", make_notes, secure_delete=True) as database:
        settings = {name: database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert database.rows("PRAGMA secure_delete") == [(1,)]
        assert database.rows("PRAGMA busy_timeout")[0][0] >= 10_000
        with opened(tmp_path / "notes.sqlite", make_notes) as reader, database.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES ('not yet')")
            assert reader.rows("SELECT * FROM notes") == []


def test_an_older_file_is_copied_then_migrated_and_goes_on(old_file: Path) -> None:
    with opened(old_file, make_notes, add_author) as database:
        assert database.rows("SELECT text, author FROM notes") == [("kept", "nobody")]
        assert database.rows("PRAGMA user_version") == [(2,)]
    copy = old_file.with_name("notes.v1.sqlite")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with opened(copy, make_notes) as database:
        assert database.rows("SELECT * FROM notes") == [("kept",)]
    assert sorted(path.name for path in old_file.parent.glob("*.sqlite")) == ["notes.sqlite", "notes.v1.sqlite"]


def test_the_copy_holds_what_was_still_in_the_journal(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    with opened(file, make_notes) as writer:
        with writer.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES ('just now')")
        assert b"just now" not in file.read_bytes()
        opened_again = Database.open(file, Schema((make_notes, add_author)))
        opened_again.close()
    with opened(tmp_path / "notes.v1.sqlite", make_notes) as copy:
        assert copy.rows("SELECT text FROM notes") == [("just now",)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(old_file: Path) -> None:
    with pytest.raises(RuntimeError, match="power cut"), opened(old_file, make_notes, add_author, fail):
        pytest.fail("it opened")
    with opened(old_file, make_notes) as database:
        assert database.rows("SELECT * FROM notes") == [("kept",)]


def test_a_newer_file_is_refused_by_name_and_not_a_byte_of_it_changes(old_file: Path) -> None:
    with opened(old_file, make_notes, add_author):
        pass
    before = old_file.read_bytes()
    old_file.chmod(0o644)
    with pytest.raises(DatabaseNewer, match=r"notes\.sqlite has schema version 2; this ayllu knows versions up to 1\."):
        Database.open(old_file, Schema((make_notes,)))
    assert old_file.read_bytes() == before
    assert stat.S_IMODE(old_file.stat().st_mode) == 0o644


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_called_damaged_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.sqlite"
    file.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match=r"notes\.sqlite is damaged"):
        Database.open(file, Schema((make_notes,)))
    assert file.read_bytes() == content


def test_a_file_of_other_tables_than_its_version_says_is_called_damaged(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "notes.sqlite") as sql:
        sql.execute("PRAGMA user_version = 1")
    sql.close()
    with pytest.raises(DatabaseDamaged, match="no such table: notes"):
        Database.open(tmp_path / "notes.sqlite", Schema((make_notes, add_author)))


def test_a_place_that_cannot_be_written_to_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.sqlite").mkdir()
    for place in (tmp_path / "file" / "notes.sqlite", tmp_path / "folder.sqlite"):
        with pytest.raises(DatabaseUnavailable, match=rf"{place.name} cannot be opened"):
            Database.open(place, Schema((make_notes,)))


def test_a_drive_that_knows_no_locks_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("locking protocol")
        error.sqlite_errorcode = sqlite3.SQLITE_PROTOCOL
        raise error

    monkeypatch.setattr("ayllu.storage.opener._write_ahead", refuse)
    with pytest.raises(DatabaseUnavailable, match="locking protocol"):
        Database.open(tmp_path / "notes.sqlite", Schema((make_notes,)))


def test_a_file_that_another_process_is_making_at_this_moment_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = ["file is not a database", "no such table: notes"]
    prepare = opener._prepare

    def fail_at_first(*arguments: object) -> None:
        if failures:
            raise sqlite3.DatabaseError(failures.pop())
        prepare(*arguments)

    monkeypatch.setattr(opener, "_prepare", fail_at_first)
    with opened(tmp_path / "notes.sqlite", make_notes) as database:
        assert database.rows("SELECT * FROM notes") == []
    assert failures == []


def test_a_damaged_character_costs_itself_alone(old_file: Path) -> None:
    with closing(sqlite3.connect(old_file)) as sql, sql:
        sql.execute("INSERT INTO notes VALUES (CAST(x'63616665ff' AS TEXT))")
    with opened(old_file, make_notes) as database:
        assert database.rows("SELECT text FROM notes ORDER BY rowid") == [("kept",), ("cafe\ufffd",)]


@pytest.mark.parametrize("version", [0, 1])
def test_processes_that_open_at_once_migrate_once(tmp_path: Path, version: int) -> None:
    file = tmp_path / "notes.sqlite"
    if version:
        with opened(file, make_notes) as database, database.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES ('first')")
    command = [sys.executable, "-c", OPEN_TOGETHER, str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert outputs == ["[('first, migrated',)]\n"] * 4


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with opened(tmp_path / "notes.sqlite", make_notes) as database:
        with pytest.raises(sqlite3.IntegrityError), database.transaction() as sql:
            sql.executemany("INSERT INTO notes (rowid, text) VALUES (?, ?)", [(1, "half"), (1, "the same row")])
        with database.transaction() as sql:
            sql.execute("INSERT INTO notes VALUES ('whole')")
        assert database.rows("SELECT * FROM notes") == [("whole",)]


def open_library(file: Path) -> DocStore:
    return DocStore(file.parent)


@pytest.mark.parametrize(
    ("open_file", "name"), [(Conversations.open, "conversations"), (FeedbackLog.open, "feedback"), (open_library, "library")]
)
def test_each_room_names_its_own_file_when_it_is_newer_or_damaged(tmp_path: Path, open_file: object, name: str) -> None:
    file = tmp_path / f"{name}.sqlite"
    open_file(file).close()
    with sqlite3.connect(file) as sql:
        sql.execute("PRAGMA user_version = 99")
    sql.close()
    for ending in ("newer", "damaged"):
        with pytest.raises(AylluError) as caught:
            open_file(file)
        assert caught.value.kind == f"{name}_{ending}"
        assert str(file) in caught.value.message
        file.write_bytes(b"no database" * 100)
