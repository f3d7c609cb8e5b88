"""Each file of a home damaged: whoever meets it names it, the rest goes on, and with the file back all is as it was."""

import itertools
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Run
from .home import Home, kept
from .survey import none, problems, run_all, unharmed

DATABASES = ("library/library.sqlite", "conversations.sqlite", "feedback.sqlite")
NOTES = ("adapters/active.json", "adapters/a202601050900000001/entry.json", "config.toml")


def garbage(file: Path) -> None:
    file.write_bytes(b"\x00\xffgarbage" * 200)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def holes(file: Path) -> None:
    """The header is whole, and no page behind it: found only when something is read."""
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (file.stat().st_size - 4096))


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")


def others(file: Path) -> None:
    """Somebody else's database."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE songs(title); PRAGMA user_version = 1;")


Damage = Callable[[Path], None]
OF_ANY: tuple[Damage, ...] = (garbage, cut, folder)
OF_DATABASES: tuple[Damage, ...] = (holes, newer, others)
QUICK: list[tuple[str, Damage]] = [(DATABASES[0], holes), (DATABASES[1], garbage), (DATABASES[2], newer), (NOTES[1], cut)]
MEETING = ("ask", "feedback stats", "feedback add", "sources list", "search", "adapters promote", "doctor")
CASES = [*itertools.product((*DATABASES, *NOTES), OF_ANY), *itertools.product(DATABASES, OF_DATABASES)]


def place(home: Home, name: str) -> Path:
    file = home.home / name
    if not file.exists():
        file.write_text("{}" if file.suffix == ".json" else "", "utf-8")
    return file


@pytest.mark.parametrize(("name", "damage"), QUICK)
def test_those_that_meet_a_damaged_file_name_it(home: Home, run: Run, name: str, damage: Damage) -> None:
    check(home, run, name, damage, MEETING)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "damage"), CASES)
def test_no_command_fails_of_it_without_a_word(home: Home, run: Run, name: str, damage: Damage) -> None:
    check(home, run, name, damage, None)


def check(home: Home, run: Run, name: str, damage: Damage, names: Sequence[str] | None) -> None:
    damaged = place(home, name)
    before = kept(run)
    if damaged.suffix == ".sqlite":
        settle(damaged)
    content = damaged.read_bytes()
    damage(damaged)
    shown = run_all(run, home, names=names)
    wrong = problems(shown, named=(damaged.name,))
    if damaged.is_dir():
        damaged.rmdir()
    for rest in damaged.parent.glob(f"{damaged.name}-*"):
        rest.unlink()
    damaged.write_bytes(content)
    none(wrong + unharmed(run, before))


def settle(database: Path) -> None:
    """Bring what stands in the write-ahead log into the file."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
