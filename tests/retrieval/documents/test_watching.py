"""Changes of documents are told soon, also those that come while the last are being read; a stop ends the wait."""

import importlib
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.documents.walking import folders_below
from ayllu.retrieval.documents.watching import watch

SOON_S = 10.0  # far more than it takes, and far less than the minute after which all is looked at again


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    yield stop
    stop.set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "ferry.txt").write_text("The ferry leaves at 7.")
    return folder


def later(change: Callable[[], object], after_s: float = 0.3) -> threading.Timer:
    timer = threading.Timer(after_s, change)
    timer.start()
    return timer


def tells(changes: Iterator[None], change: Callable[[], object], stop: threading.Event, within_s: float = SOON_S) -> bool:
    """Whether `change`, made while `changes` waits, is told."""
    timer, end = later(change), later(stop.set, within_s)
    seen = next(changes, stop) is None
    timer.join()
    end.cancel()
    return seen


def test_a_changed_file_is_read_again_and_a_new_one_with_it(folder: Path, library: Library, stop: threading.Event) -> None:
    changes = watch([str(folder)], stop)
    next(changes)
    assert library.ingest([str(folder)], collection="c").documents == 1
    assert tells(changes, lambda: (folder / "ferry.txt").write_text("The ferry leaves at 8."), stop)
    assert library.ingest([str(folder)], collection="c").updated == 1
    (folder / "new").mkdir()
    assert tells(changes, lambda: (folder / "new" / "bread.txt").write_text("Bread costs 4 soles."), stop)
    assert library.ingest([str(folder)], collection="c").documents == 2
    assert library.search("ferry", collection="c")[0].text == "The ferry leaves at 8."


def test_what_changes_while_the_last_is_being_read_is_not_lost(folder: Path, stop: threading.Event) -> None:
    changes = watch([str(folder)], stop)
    next(changes)
    (folder / "ferry.txt").write_text("The ferry leaves at 9.")
    assert tells(changes, lambda: None, stop)


@pytest.mark.parametrize("name", ["ferry.txt", "*.txt", "**/*.txt"])
def test_a_file_that_is_replaced_goes_on_being_watched(folder: Path, stop: threading.Event, name: str) -> None:
    changes = watch([str(folder / name)], stop)
    next(changes)
    for hour in (8, 9):
        (folder / "draft").write_text(f"The ferry leaves at {hour}.")
        assert tells(changes, lambda: (folder / "draft").replace(folder / "ferry.txt"), stop)


def test_what_was_missing_is_told_when_it_is_there(folder: Path, tmp_path: Path, stop: threading.Event) -> None:
    changes = watch([str(tmp_path / "drive")], stop)
    next(changes)
    assert tells(changes, lambda: folder.rename(tmp_path / "drive"), stop)


def test_hidden_entries_other_files_and_the_librarys_own_say_nothing(
    folder: Path, tmp_path: Path, stop: threading.Event
) -> None:
    own = folder / "home" / "library"
    own.mkdir(parents=True)
    (tmp_path / "page.txt").write_text("A page.")
    changes = watch([str(folder), str(tmp_path / "page.txt")], stop, ignored=[own])
    next(changes)

    def change() -> None:
        (folder / ".hidden").write_text("hidden")
        (own / "library.sqlite").write_text("own")
        (tmp_path / "other.txt").write_text("other")

    assert not tells(changes, change, stop, within_s=1.5)


def test_a_stop_ends_the_wait_at_once(folder: Path, stop: threading.Event) -> None:
    for names in ([str(folder)], ["https://example.org/page"]):
        stop.clear()
        changes = watch(names, stop)
        next(changes)
        later(stop.set)
        began = time.monotonic()
        assert list(changes) == []
        assert time.monotonic() - began < 2.0


def test_where_the_system_has_no_watch_to_give_all_is_looked_at_again_soon(folder: Path, stop: threading.Event) -> None:
    importlib.import_module("watchfiles")  # no file can be opened below
    changes = watch([str(folder)], stop)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, allowed[1]))
        next(changes)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    assert tells(changes, lambda: None, stop)


def test_folders_that_link_to_each_other_are_watched_once_each(folder: Path, stop: threading.Event) -> None:
    for number in range(9):
        (folder / f"f{number}").mkdir()
        for other in range(9):
            (folder / f"f{number}" / f"to{other}").symlink_to(folder / f"f{other}")
    assert len(list(folders_below(folder))) == 10
    changes = watch([str(folder)], stop)
    next(changes)
    assert tells(changes, lambda: (folder / "f5" / "a.txt").write_text("Changed."), stop)
