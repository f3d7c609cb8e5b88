"""Each member of an archive is a document of its own, for as long as it is there."""

import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.documents import archives
from ayllu.retrieval.documents.parsers import Unreadable, compressed, packed, parse
from ayllu.retrieval.documents.parsers.archive_names import is_archive
from ayllu.retrieval.documents.parsers.packed import open_packed
from ayllu.retrieval.documents.parsing import Task, perform_quickly

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


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


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.bz2", "a.tar.zst"])
def test_members_are_found_by_their_own_names(library: Library, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    if name.endswith(".zip"):
        write_zip(folder / name, MEMBERS)
    else:
        modes = {"gz": "w:gz", "xz": "w:xz", "z2": "w:bz2", "ar": "w", "st": "w"}
        write_tar(folder / name, MEMBERS, modes[name.replace("tgz", "gz")[-2:]])
        if name.endswith(".zst"):
            (folder / name).write_bytes(zstd.compress((folder / name).read_bytes()))
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
    monkeypatch.setattr(packed, "MOST_BYTES", 100_000)
    write_tar(tmp_path / "a.tar.gz", {"small.md": "Tin.", "large.md": "x" * 3_000_000, "late.md": "Zinc."}, "w:gz")
    with (tmp_path / "a.tar.gz").open("rb") as stream:
        archive = open_packed("a.tar.gz", stream)
        assert archive is not None
        assert list(archive.sizes) == ["small.md", "large.md"]


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_archives_within_archives_are_read_to_a_depth(library: Library, tmp_path: Path) -> None:
    deepest = zipped({"deepest.md": b"Gold is deepest."})
    third = zipped({"c.md": b"Zinc is in the third.", "fourth.zip": deepest})
    write_tar(tmp_path / "second.tar", {"b.md": "Lead is in the second."}, "w")
    members = {"a.md": b"Tin is outside.", "x/second.tar": (tmp_path / "second.tar").read_bytes()}
    outer = tmp_path / "docs" / "outer.zip"
    outer.parent.mkdir()
    outer.write_bytes(zipped(members | {"second.zip": zipped({"third.zip": third}), "torn.zip": third[:60]}))
    report = library.ingest([str(outer.parent)], collection="c")
    inner = {name.removeprefix(f"{outer}/") for name in library.known_sources("c")}
    assert inner == {"a.md", "x/second.tar/b.md", "second.zip/third.zip/c.md"}
    assert {failure["source"].removeprefix(f"{outer}/"): failure["error"] for failure in report.failed} == {
        "second.zip/third.zip/fourth.zip": "it is an archive within 3 others; so deep none is read",
        "torn.zip": "it is a damaged archive, or cut off",
    }
    assert library.search("zinc", mode="keyword", collection="c")[0].text == "Zinc is in the third."
    assert library.ingest([str(outer.parent)], collection="c").unchanged == 3
    outer.write_bytes(zipped(members))
    assert library.ingest([str(outer.parent)], collection="c").removed == 1


def test_all_archives_within_another_share_its_bounds(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    inner = zipped({f"{number}.md": f"Herb {number}.".encode() for number in range(2)})
    (tmp_path / "a.zip").write_bytes(zipped({f"{name}.zip": inner for name in "abc"}))
    report = library.ingest([str(tmp_path / "a.zip")], collection="c")
    assert report.documents == 3
    assert "more than is read of an archive" in report.failed[0]["error"]


def test_a_tar_header_without_end_is_not_read_into_memory(library: Library, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("long")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 50_000_000
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    report = library.ingest([str(tmp_path / "a.tar.gz")], collection="c")
    assert report.failed[0]["error"] == "it is a damaged archive, or cut off"


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


def test_an_archive_without_documents_is_said_to_be(library: Library, tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {".hidden": "Nothing."})
    report = library.ingest([str(tmp_path / "a.zip")], collection="c")
    assert [entry["error"] for entry in report.failed] == ["it is an archive without documents"]


def test_an_archive_has_bounds(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    write_zip(tmp_path / "a.zip", {f"{number}.md": f"Herb {number}." for number in range(5)})
    report = library.ingest([str(tmp_path / "a.zip")], collection="c")
    assert report.documents == 2
    assert "holds more than is read" in report.failed[0]["error"]
    assert not is_archive("a.docx")


PACKERS = [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd.compress)]


@pytest.mark.parametrize(("ending", "pack"), PACKERS)
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
