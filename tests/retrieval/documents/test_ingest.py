"""Documents kept in step with their files: what has not changed is left alone, and what cannot be read is named."""

import http.server
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.retrieval import IngestOptions, Library


def test_a_second_run_does_nothing_a_change_replaces_and_a_deletion_removes(library: Library, folder: Path) -> None:
    first = library.ingest([str(folder)], collection="c")
    assert (first.documents, first.updated, first.failed) == (2, 0, [])
    second = library.ingest([str(folder)], collection="c")
    assert (second.unchanged, second.chunks) == (2, 0)
    (folder / "metals.txt").write_text("Lead melts at 327 degrees.")
    (folder / "herbs.md").unlink()
    third = library.ingest([str(folder)], collection="c")
    assert (third.updated, third.removed) == (1, 1)
    results = library.search("melting point", collection="c")
    assert [passage.text for passage in results] == ["Lead melts at 327 degrees."]
    assert library.verify() == []


def test_a_file_with_a_new_time_but_the_same_content_is_unchanged(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    (folder / "herbs.md").touch()
    report = library.ingest([str(folder)], collection="c")
    assert (report.unchanged, report.chunks) == (2, 0)


def test_a_missing_folder_removes_nothing(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    folder.rename(folder.with_name("unmounted"))
    report = library.ingest([str(folder)], collection="c")
    assert (report.documents, report.removed) == (0, 0)
    assert report.failed[0]["error"] == "there is no such file or folder; what was read of it before is kept"
    assert library.count("c") > 0


def test_an_icon_beside_documents_is_no_failure(library: Library, folder: Path) -> None:
    from PIL import Image

    for number in range(3):
        Image.new("RGB", (16 + number, 16)).save(folder / f"icon-{number}.png")
    report = library.ingest([str(folder)], collection="c")
    assert (report.documents, report.trifles, report.failed) == (2, 3, [])
    alone = library.ingest([str(folder / "icon-0.png")], collection="d")
    assert alone.failed[0]["error"] == "it is a PNG picture, too small to be a document's"


def test_what_cannot_be_read_is_named_and_what_was_read_of_it_before_is_kept(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    (folder / "herbs.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "long.txt").write_text("x" * 2_000)
    report = library.ingest([str(folder)], collection="c", options=IngestOptions(max_file_bytes=1_000))
    assert (report.documents, report.unchanged) == (1, 1)
    errors = {Path(failure["source"]).name: failure["error"] for failure in report.failed}
    assert errors["herbs.md"].startswith("it is a PNG picture")
    assert errors["herbs.md"].endswith("; what was read of it before is kept")
    assert "files above 1 kB are left out" in errors["long.txt"]
    assert library.search("mint", mode="keyword", collection="c")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is text")
@pytest.mark.parametrize("named", ["file", "folder"])
def test_a_name_that_is_not_text_is_said_and_ends_nothing(library: Library, folder: Path, named: str) -> None:
    if named == "file":
        (folder / os.fsdecode(b"\xff.txt")).write_text("Tin melts at 232 degrees.")
    else:
        folder = folder.rename(folder.with_name(os.fsdecode(b"\xff")))
    report = library.ingest([str(folder)], collection="c")
    assert {failure["error"] for failure in report.failed} == {"its name is not UTF-8; rename it"}
    assert report.documents == (2 if named == "file" else 0)


def test_a_stop_keeps_what_was_read_and_removes_nothing(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    (folder / "herbs.md").unlink()
    for number in range(400):  # more than are embedded together
        (folder / f"{number:03}.txt").write_text(f"Bread {number} costs 4 soles.")

    def is_written() -> bool:
        return library.count("c") > 10

    report = library.ingest([str(folder)], collection="c", should_stop=is_written)
    assert report.interrupted
    assert 10 < report.documents < 401
    assert (report.removed, len(library.sources("c"))) == (0, report.documents + 1)
    assert library.search("bread", mode="keyword", collection="c")
    again = library.ingest([str(folder)], collection="c")
    assert (again.documents, again.unchanged, again.removed) == (401, report.documents, 1)


@pytest.fixture
def address() -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/ferry" else 404)
            self.end_headers()
            self.wfile.write(b"<html><body><p>The ferry leaves at 7:45.</p></body></html>")

        def log_message(self, *words: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_read_as_a_page_and_known_again(library: Library, address: str) -> None:
    report = library.ingest([f"{address}/ferry", f"{address}/none"], collection="c")
    assert report.documents == 1
    assert "404" in report.failed[0]["error"]
    assert library.search("ferry", collection="c")[0].text == "The ferry leaves at 7:45."
    assert library.ingest([f"{address}/ferry"], collection="c").unchanged == 1


def test_the_login_in_an_address_is_kept_nowhere(library: Library, address: str, tmp_path: Path) -> None:
    login = address.replace("//", "//ana:hunter2@")
    report = library.ingest([f"{login}/ferry", f"{login}/none"], collection="c")
    assert "hunter2" not in str(report)
    assert [source.source for source in library.sources("c")] == [f"{address}/ferry"]
    assert library.ingest([f"{login}/ferry"], collection="c").unchanged == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"hunter2" in path.read_bytes() for path in files)
