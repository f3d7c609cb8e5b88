"""What is gone from a folder is out of the library, by whatever path it was read; what only cannot be seen stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval import IngestOptions, Library, SourceInfo
from ayllu.retrieval.docstore import Reading
from ayllu.retrieval.documents import volumes
from ayllu.retrieval.documents.removal import find_gone


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "sub" / "gate.txt").write_text("The new gate code is 2222.")
    (docs / "other.txt").write_text("The ferry leaves at 7:45.")
    return docs


def names(library: Library) -> set[str]:
    return {Path(info.source).name for info in library.sources("c")}


def known(root: Path, *files: Path) -> dict[str, SourceInfo]:
    reading = Reading("text/plain 1", 200, "hashing")
    return {str(file): SourceInfo(str(file), "c", str(root), 1, "", "text/plain", "", 0, 0, "", reading) for file in files}


@pytest.mark.parametrize("before", ["", "sub", "sub/gate.txt"])
@pytest.mark.parametrize("now", ["", "**/*", "sub/..", "sub/*.txt", "*/gate.*"])
def test_what_is_gone_is_removed_by_whatever_path_it_was_read(docs: Path, before: str, now: str) -> None:
    gate = docs / "sub" / "gate.txt"
    (docs / "sub" / "kept.txt").touch()
    gate.unlink()
    assert find_gone(known(docs / before, gate), [f"{docs}/{now}"], [], []) == ([str(gate)], [])


def test_a_document_that_is_gone_is_not_cited_where_it_was_read_from_a_subfolder(library: Library, docs: Path) -> None:
    library.ingest([str(docs / "sub")], collection="c")
    (docs / "sub" / "gate.txt").unlink()
    assert library.ingest([str(docs)], collection="c").removed == 1
    assert library.search("gate", mode="keyword", collection="c") == []


def test_a_folder_that_was_read_through_a_link_owns_its_documents_by_both_names(library: Library, docs: Path) -> None:
    link = docs.with_name("link")
    link.symlink_to(docs)
    library.ingest([str(link)], collection="c")
    (docs / "sub" / "gate.txt").unlink()
    assert library.ingest([str(docs)], collection="c").removed == 1


def test_what_lies_elsewhere_or_matches_no_pattern_stays(library: Library, docs: Path) -> None:
    library.ingest([str(docs)], collection="c")
    (docs / "sub" / "gate.txt").unlink()
    (docs / "sub" / "new.md").write_text("The gate is closed.")
    for named in (docs / "*.txt", docs / "sub" / "*.md", docs / "other.txt"):
        assert library.ingest([str(named)], collection="c").removed == 0
    assert "gate.txt" in names(library)


def test_a_file_that_is_named_and_missing_stays_and_that_is_said(library: Library, docs: Path) -> None:
    library.ingest([str(docs)], collection="c")
    gate = docs / "sub" / "gate.txt"
    gate.unlink()
    (failure,) = library.ingest([str(gate)], collection="c").failed
    assert failure["error"].endswith("; what was read of it before is kept")
    assert "gate.txt" in names(library)


@pytest.mark.parametrize("named", ["", "**/*.txt"])
def test_an_empty_folder_removes_nothing_and_says_so(library: Library, docs: Path, named: str) -> None:
    library.ingest([str(docs)], collection="c")
    docs.rename(docs.with_name("elsewhere"))
    docs.mkdir()
    (docs / ".hidden").touch()
    report = library.ingest([str(docs / named)], collection="c")
    assert (report.documents, report.removed) == (0, 0)
    assert report.failed[-1] == {
        "source": str(docs),
        "error": f"the folder is empty, and 2 documents read there before are kept; "
        f"`ayllu sources remove {docs}` takes them out",
    }
    assert names(library) == {"gate.txt", "other.txt"}


def test_a_volume_that_is_not_mounted_removes_nothing_of_it(
    library: Library, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = {str(docs / "sub")}
    is_mount = Path.is_mount
    monkeypatch.setattr(Path, "is_mount", lambda path: str(path) in mounted or is_mount(path))
    (docs / "gone.txt").write_text("Bread costs 4 soles.")
    library.ingest([str(docs)], collection="c")
    mounted.clear()
    (docs / "sub" / "gate.txt").unlink()
    (docs / "gone.txt").unlink()
    report = library.ingest([str(docs)], collection="c")
    assert report.removed == 1
    assert names(library) == {"gate.txt", "other.txt"}
    assert report.failed[-1]["source"] == str(docs / "sub")
    assert report.failed[-1]["error"].startswith("no volume is mounted there now, and 1 document read there before is kept")


def test_a_volume_is_noted_of_what_an_earlier_version_read(
    library: Library, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest([str(docs)], collection="c")
    with closing(sqlite3.connect(library.folder / "library.sqlite")) as sql, sql:
        sql.execute("UPDATE sources SET volume = ''")
    mounted = {str(docs / "sub")}
    is_mount = Path.is_mount
    monkeypatch.setattr(Path, "is_mount", lambda path: str(path) in mounted or is_mount(path))
    assert library.ingest([str(docs)], collection="c").unchanged == 2
    mounted.clear()
    (docs / "sub" / "gate.txt").unlink()
    assert library.ingest([str(docs)], collection="c").removed == 0
    assert names(library) == {"gate.txt", "other.txt"}


def test_a_folder_that_cannot_be_read_removes_nothing_below_it(
    library: Library, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest([str(docs)], collection="c")
    stat = Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> object:
        if path.name == "gate.txt":
            raise PermissionError(13, "Permission denied")
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    report = library.ingest([str(docs)], collection="c")
    assert (report.unchanged, report.removed) == (1, 0)
    assert report.failed[0]["error"] == "permission denied; what was read of it before is kept"
    assert "gate.txt" in names(library)


def test_what_a_link_led_to_goes_when_its_file_goes_and_not_with_its_drive(
    library: Library, docs: Path, tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    for name in ("a.txt", "b.txt"):
        (drive / name).write_text(f"{name} is far away.")
    (docs / "link").symlink_to(drive)
    options = IngestOptions(follow_links=True)
    library.ingest([str(docs)], collection="c", options=options)
    (drive / "a.txt").unlink()
    assert library.ingest([str(docs)], collection="c", options=options).removed == 1
    drive.rename(tmp_path / "unplugged")
    assert library.ingest([str(docs)], collection="c", options=options).removed == 0
    assert "b.txt" in names(library)


def test_a_volume_is_the_nearest_mount_point_above(tmp_path: Path) -> None:
    volume = volumes.Volumes().of(tmp_path / "a" / "b.txt")
    assert tmp_path.is_relative_to(volume)
    assert volumes.is_mounted(volume)
    assert not volumes.is_mounted(str(tmp_path))
    assert volumes.is_mounted("")  # read by an older version: nothing is known
