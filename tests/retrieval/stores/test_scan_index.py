"""The files that exact scans read: in step with the library whatever becomes of them, else not believed."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval import Document, Embedder, HashingEmbedder, Library, Parsed, Vectors
from ayllu.retrieval.stores import vector_file
from ayllu.retrieval.stores.scan_table import ScanTable


@pytest.fixture
def place(tmp_path: Path, embedder: Embedder) -> Path:
    with Library.open(tmp_path / "library", embedder) as library:
        add(library, *(f"Metal {number} melts at {number * 37} degrees." for number in range(30)))
    return tmp_path / "library"


def add(library: Library, *texts: str) -> None:
    with library.writing():
        library.add(Document("c", text, "", Parsed(text, "text/plain")) for text in texts)


def remove(library: Library, *texts: str) -> None:
    with library.writing():
        for text in texts:
            library.remove_source("c", text)


def file_of(place: Path) -> Path:
    (file,) = (place / "vectors").iterdir()
    return file


def header(place: Path) -> vector_file.Header:
    stored = vector_file.read(file_of(place))
    assert stored is not None
    return stored[0]


def check(library: Library, text: str = "Metal 7 melts") -> None:
    """A search gives what comparing all that SQLite holds gives."""
    with closing(sqlite3.connect(library.folder / "library.sqlite")) as connection:
        rows = connection.execute("SELECT id, vector FROM chunks ORDER BY id").fetchall()
    vector = library.embed_query(text).astype(np.float64)
    cosines = [(int(chunk), float(np.frombuffer(blob, np.float32) @ vector)) for chunk, blob in rows]
    expected = sorted(cosines, key=lambda scored: (-round(scored[1], 6), scored[0]))[:12]
    nearest = library.vector_search(library.embed_query(text), 12, "c")
    assert [(chunk, round(cosine, 6)) for chunk, cosine in nearest] == [
        (chunk, round(cosine, 6)) for chunk, cosine in expected
    ]


def test_what_is_added_and_removed_changes_the_file_in_place_until_much_is_gone(place: Path, embedder: Embedder) -> None:
    with Library.open(place, embedder) as library:
        number = file_of(place).stat().st_ino
        add(library, "Bread costs 4 soles.")
        remove(library, "Metal 3 melts at 111 degrees.")
        check(library)
        check(library, "Metal 3 melts")
        assert (header(place).records, header(place).gone, file_of(place).stat().st_ino) == (31, 1, number)
        remove(library, *(f"Metal {at} melts at {at * 37} degrees." for at in range(10, 20)))
        check(library)
        assert (header(place).records, header(place).gone) == (20, 0)
        assert library.verify() == []
        with library.writing():
            library.drop_collection("c")
        assert list((place / "vectors").iterdir()) == []
        assert library.search("bread", mode="dense", collection="c") == []


def tear_header(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:40] + b"torn" + file.read_bytes()[44:])


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def leave_records_behind(file: Path) -> None:
    """As a writer that was killed before it counted them."""
    file.write_bytes(file.read_bytes() + b"\x01" * 3000)


def put_something_else(file: Path) -> None:
    file.write_bytes(b"something else")


def put_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def put_anothers(file: Path) -> None:
    """Of another library, whose collection has the same number and as many changes."""
    with Library.open(file.parents[2] / "other", HashingEmbedder()) as library:
        add(library, *(f"Fish {number} swims." for number in range(30)))
    shutil.copy(file_of(file.parents[2] / "other"), file)


HARMS: list[Callable[[Path], None]] = [
    Path.unlink,
    tear_header,
    cut_short,
    leave_records_behind,
    put_something_else,
    put_a_folder,
    put_anothers,
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_is_missing_torn_or_foreign_is_not_believed(
    place: Path, embedder: Embedder, harm: Callable[[Path], None]
) -> None:
    harm(file_of(place))
    with Library.open(place, embedder) as library:
        check(library)
        assert library.verify() == []
        add(library, "Bread costs 4 soles.")
        check(library)
    with Library.open(place, embedder) as library:
        check(library, "bread")


def test_what_another_process_writes_meanwhile_is_seen_before_the_file_holds_it(place: Path, embedder: Embedder) -> None:
    with Library.open(place, embedder) as reader, Library.open(place, embedder) as writer:
        with writer.writing():
            writer.remove_source("c", "Metal 7 melts at 259 degrees.")
            writer.add([Document("c", "bread", "", Parsed("Bread costs 4 soles.", "text/plain"))])
            check(reader)
            check(reader, "bread")
        check(reader)


def test_a_library_put_back_from_a_copy_is_searched_as_it_was_then(place: Path, embedder: Embedder) -> None:
    """Its ids and generations count on from the copy: the same numbers mean other texts."""
    copy = place.parent / "copy.sqlite"
    shutil.copy(place / "library.sqlite", copy)
    with Library.open(place, embedder) as library:
        add(library, "Bread costs 4 soles.")
    shutil.copy(copy, place / "library.sqlite")
    with Library.open(place, embedder) as library:
        check(library, "bread")
        add(library, "Fish costs 9 soles.")
        check(library, "bread")
        assert library.verify() == []


def test_numbers_that_differ_in_the_file_are_seen_and_mended(place: Path, embedder: Embedder) -> None:
    stored = vector_file.read(file_of(place))
    assert stored is not None
    with file_of(place).open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"\0\0\0?" * 2)
    with Library.open(place, embedder) as library:
        assert library.verify() == ["1 vectors of c differ in the file that is searched; `ayllu sources repair` mends that"]
        library.repair()
        assert library.verify() == []
        check(library)


def test_where_the_file_cannot_be_written_sqlite_is_searched(
    place: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(place / "vectors")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vector_file, "write", refuse)
    with Library.open(place, embedder) as library:
        check(library)
        add(library, "Bread costs 4 soles.")
        check(library, "bread")
        assert library.verify() == []


def unit_rows(count: int) -> Vectors:
    rows = np.random.default_rng(count).normal(size=(count, 16)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("k", [1, 7, 100, 500])
def test_a_scan_in_parts_with_blanks_gives_what_sorting_all_gives(k: int) -> None:
    rows = np.concatenate([unit_rows(200), unit_rows(200)[:50]])  # some are equal
    ids = np.arange(1, 251)
    ids[::9] = -1
    rows[::9] = 0
    vector = unit_rows(201)[0]
    table = ScanTable([(ids[:90], rows[:90]), (ids[90:], rows[90:])], gone=28)
    kept = ids >= 0
    exact = (rows[kept] * vector.astype(np.float64)).sum(axis=1)
    order = np.lexsort((ids[kept], -exact))[:k]
    assert table.nearest(vector, k) == list(zip(ids[kept][order].tolist(), exact[order].tolist(), strict=True))
