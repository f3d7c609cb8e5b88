"""Each member of an archive is a document of its own, for as long as it is there."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.documents import archives
from ayllu.retrieval.documents.archives import is_archive
from ayllu.retrieval.documents.parsers import Unreadable, compressed, parse
from ayllu.retrieval.documents.parsing import Task, perform_quickly


def write_zip(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def write_tar(path: Path, members: dict[str, str], mode: str) -> None:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("link.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)


MEMBERS = {"inner/a.md": "# Tin\n\nTin melts early.", "b.txt": "Basil likes warmth.", ".hidden.md": "Nothing."}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.bz2"])
def test_members_are_found_by_their_own_names(library: Library, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    if name.endswith(".zip"):
        write_zip(folder / name, MEMBERS)
    else:
        write_tar(
            folder / name, MEMBERS, {"gz": "w:gz", "xz": "w:xz", "z2": "w:bz2", "ar": "w"}[name.replace("tgz", "gz")[-2:]]
        )
    report = library.ingest([str(folder)], collection="c")
    assert (report.documents, report.failed) == (2, [])
    assert set(library.known_sources("c")) == {f"{folder / name}/inner/a.md", f"{folder / name}/b.txt"}
    assert library.search("tin melts", mode="keyword", collection="c")[0].source == f"{folder / name}/inner/a.md"
    assert library.ingest([str(folder)], collection="c").unchanged == 2


def test_members_of_an_unchanged_archive_are_not_read_again(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_zip(tmp_path / "a.zip", MEMBERS)
    library.ingest([str(tmp_path / "a.zip")], collection="c")
    monkeypatch.setattr(archives, "read_member", lambda *_: pytest.fail("it was read"))
    assert library.ingest([str(tmp_path / "a.zip")], collection="c").unchanged == 2


def test_members_that_are_not_in_the_library_yet_are_read(library: Library, tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {**MEMBERS, "c.md": "\x00\x01\x02\x03" * 99})
    for _ in range(2):  # as after an ingest that was stopped amid the members
        report = library.ingest([str(tmp_path / "a.zip")], collection="c")
        assert [failure["source"] for failure in report.failed] == [f"{tmp_path}/a.zip/c.md"]
    assert report.unchanged == 2


def test_a_tar_archive_is_not_unpacked_past_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_BYTES", 100_000)
    write_tar(tmp_path / "a.tar.gz", {"small.md": "Tin.", "large.md": "x" * 3_000_000, "late.md": "Zinc."}, "w:gz")
    assert list(archives._sizes(str(tmp_path / "a.tar.gz"), 0, 0) or {}) == ["small.md", "large.md"]


@pytest.mark.parametrize("named", ["folder", "archive"])
def test_what_is_gone_from_an_archive_goes(library: Library, tmp_path: Path, named: str) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    path = folder / "a.zip"
    names = [str(folder if named == "folder" else path)]
    write_zip(path, MEMBERS)
    (folder / "keep.md").write_text("Kept.")
    library.ingest(names, collection="c")
    write_zip(path, {"inner/a.md": "# Tin\n\nTin melts late."})
    os.utime(path, ns=(1, 1))
    report = library.ingest(names, collection="c")
    assert (report.updated, report.removed) == (1, 1)
    path.write_bytes(b"PK\x03\x04 and no more")
    report = library.ingest(names, collection="c")
    assert report.removed == 0
    assert report.failed[0]["source"] == str(path)
    assert "damaged archive" in report.failed[0]["error"]
    if named == "folder":
        path.unlink()
        assert library.ingest(names, collection="c").removed == 1
        assert set(library.known_sources("c")) == {str(folder / "keep.md")}


def test_names_that_lead_elsewhere_lead_nowhere(library: Library, tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"../../etc/x.md": "Up.", "/abs.md": "Root.", "C:\\win.md": "Windows."})
    library.ingest([str(tmp_path / "a.zip")], collection="c")
    assert set(library.known_sources("c")) == {f"{tmp_path}/a.zip/{name}" for name in ("etc/x.md", "abs.md", "C:/win.md")}


def test_an_archive_has_bounds(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 2)
    write_zip(tmp_path / "a.zip", {f"{number}.md": f"Herb {number}." for number in range(5)})
    report = library.ingest([str(tmp_path / "a.zip")], collection="c")
    assert report.documents == 2
    assert "holds more than is read" in report.failed[0]["error"]
    assert not is_archive("a.docx")


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_a_compressed_file_is_read_as_what_is_in_it(ending: str, pack: object) -> None:
    assert callable(pack)
    parsed = parse(f"a.md{ending}", pack(b"# Tin\n\nIt melts."))
    assert (parsed.media_type, parsed.text) == ("text/markdown", "# Tin\n\nIt melts.")
    assert parse("a", pack(b"Tin.")).text == "Tin."
    with pytest.raises(Unreadable, match="damaged, or cut off"):
        parse(f"a.md{ending}", pack(b"# Tin\n\nIt melts." * 99)[:-9])


def test_a_file_that_is_compressed_twice_is_unpacked_once() -> None:
    with pytest.raises(Unreadable, match="it is a gzip archive"):
        parse("a.txt.gz.gz", gzip.compress(gzip.compress(b"Tin.")))


def test_a_small_compressed_file_is_unpacked_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"Tin."))
    assert perform_quickly(Task(str(path), 1_000_000), path.stat().st_size) is None


def test_a_compressed_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_MOST_BYTES", 3_000_000)
    with pytest.raises(Unreadable, match="unpacks to more than 3 MB"):
        parse("a.txt.gz", gzip.compress(bytes(9_000_000)))
