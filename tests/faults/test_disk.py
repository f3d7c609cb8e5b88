"""A disk that is full, a home that may not be written or read, a lock that another program holds, a clock set back."""

from __future__ import annotations

import datetime
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from .conftest import Run
from .home import Home, kept
from .privileges import modes
from .survey import mostly_slow, none, problems, run_all, unharmed

WRITES = ("ask", "chat", "ingest", "feedback add", "feedback import", "sources repair", "adapters promote", "config init")
READS = ("search", "sources list", "feedback list", "feedback stats", "adapters list", "config show", "doctor")

SYSTEM = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@contextmanager
def small_files(home: Home) -> Iterator[None]:
    """No file grows any more: the system says so to every write."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def full_disk(home: Home) -> Iterator[None]:
    """The home is on a disk of its own, with no byte left; where none can be mounted, no file grows any more."""
    inside = home.home.with_name("outside")
    home.home.rename(inside)
    home.home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home.home)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False, env=SYSTEM).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        home.home.rmdir()
        inside.rename(home.home)
        with small_files(home):
            yield
        return
    try:
        shutil.copytree(inside, home.home, dirs_exist_ok=True)
        filler = home.home / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        yield
        filler.unlink()
        shutil.rmtree(inside)
        shutil.copytree(home.home, inside)
    finally:
        subprocess.run(["umount", "-l", str(home.home)], check=True, env=SYSTEM)
    home.home.rmdir()
    inside.rename(home.home)


@contextmanager
def full_databases(home: Home) -> Iterator[None]:
    """SQLite finds the disk full as soon as a database would grow."""
    connect = sqlite3.connect

    def limited(*words: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*words, **options)  # type: ignore[call-overload]
        if str(words[0]).startswith(str(home.home)):
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA max_page_count = 1")  # never below what it has
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", limited)
        yield


def read_only(home: Home) -> AbstractContextManager[None]:
    return modes(home.home, files=0o400, folders=0o500)


def unreadable(home: Home) -> AbstractContextManager[None]:
    return modes(home.home, files=0o000, folders=0o700)


def closed(home: Home) -> AbstractContextManager[None]:
    return modes(home.home, files=0o000, folders=0o000)


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Another program writes to every database, for longer than anybody waits."""
    files = [home.home / name for name in ("library/library.sqlite", "conversations.sqlite", "feedback.sqlite")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ayllu.storage.opener._BUSY_S", 0.05)
        others = [sqlite3.connect(file, isolation_level=None) for file in files]
        for other in others:
            other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            for other in others:
                other.execute("ROLLBACK")
                other.close()


@contextmanager
def earlier(home: Home) -> Iterator[None]:
    """The clock is a year behind what was written before."""

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return super().now(tz) - datetime.timedelta(days=365)

    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("ayllu.") and getattr(module, "datetime", None) is datetime.datetime:
                patch.setattr(module, "datetime", Clock)
        yield


Fault = Callable[[Home], AbstractContextManager[None]]
FAULTS: tuple[Fault, ...] = (full_disk, small_files, full_databases, read_only, unreadable, closed, locked, earlier)


@pytest.mark.parametrize("fault", mostly_slow(FAULTS, (full_disk, read_only, locked)))
def test_what_cannot_be_written_is_said_and_nothing_is_lost(home: Home, run: Run, fault: Fault) -> None:
    before = kept(run)
    (home.scratch / "new.md").write_text("The boat leaves at 8:30 from the new pier.\n", "utf-8")
    with fault(home):
        shown = {**run_all(run, home, names=[*WRITES, *READS])}
        read = run("ingest", home.scratch, "--json")
    wrong = problems(shown | {"ingest anew": read})
    none(wrong + unharmed(run, before))
    taken = len(kept(run)["sources"]) - len(before["sources"])
    if "documents" in read.json:
        assert taken == read.json["documents"]
    else:
        assert taken == 0
    assert run("ingest", home.scratch, "--json").json["failed"] == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_command_under_it(home: Home, run: Run, fault: Fault) -> None:
    before = kept(run)
    with fault(home):
        shown = run_all(run, home)
    none(problems(shown) + unharmed(run, before))


def test_these_permissions_count(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with modes(tmp_path, files=0o400, folders=0o500):
        with pytest.raises(PermissionError):
            (tmp_path / "file").write_text("more", "utf-8")
        with pytest.raises(PermissionError):
            (tmp_path / "other").touch()
    assert os.access(tmp_path, os.W_OK)


def test_a_log_on_a_full_disk_prints_no_traceback(home: Home, run: Run) -> None:
    with small_files(home):
        shown = run("models", "pull", "nonsense", "--json")
    assert (shown.code, shown.json["kind"]) == (1, "not_found")
    assert shown.err == ""


def test_answers_keep_their_order_where_the_clock_was_set_back(home: Home, run: Run) -> None:
    with earlier(home):
        shown = run("feedback", "add", home.ferry, "--rating", "up", "--json").check()
    assert run("feedback", "list", "--json").json["events"][-1]["event_id"] == shown.json["event_id"]


def test_the_home_is_its_owners_alone(home: Home, run: Run) -> None:
    """`find -perm /077`, after every command has written what it writes."""
    previous = os.umask(0)
    try:
        run_all(run, home, names=[*WRITES, *READS])
    finally:
        os.umask(previous)
    copied = ("adapters", "plain")  # from a fixture, and by a store of the tests
    ours = [path for path in home.home.rglob("*") if not set(copied) & set(path.parts)]
    assert [path for path in ours if path.stat().st_mode & 0o077] == []
