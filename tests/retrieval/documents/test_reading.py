"""Files read as they are at one moment, and nothing waited for."""

import os
import stat
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.documents import reading
from ayllu.retrieval.documents.parsers import Unreadable
from ayllu.retrieval.documents.reading import FileState, look_at, read


def test_a_file_that_is_no_longer_as_it_was_looked_at_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("Monday.")
    state = look_at(str(file))
    assert state is not None
    assert read(str(file), state, 1_000)[0] == b"Monday."
    for other in (FileState(state.mtime_ns + 1, state.size), FileState(state.mtime_ns, 3), FileState(state.mtime_ns, 30)):
        with pytest.raises(Unreadable, match="it changes while it is read"):
            read(str(file), other, 1_000)


def test_a_document_that_is_written_all_the_time_has_its_line(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_read(file: str, state: FileState) -> bytes:
        Path(file).write_bytes(Path(file).read_bytes() + b"More. ")
        return content(file, state)

    content = reading._content
    monkeypatch.setattr(reading, "_content", write_and_read)
    report = library.ingest([str(folder / "metals.txt")], collection="c")
    assert [failure["error"] for failure in report.failed] == ["it changes while it is read; the next ingest tries again"]
    monkeypatch.undo()
    assert library.ingest([str(folder / "metals.txt")], collection="c").documents == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes have names on POSIX alone")
def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path, library: Library) -> None:
    pipe = tmp_path / "docs" / "pipe.txt"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(Unreadable, match="it is not a regular file"):
        read(str(pipe), FileState(0, 10), 1_000)
    report = library.ingest([str(pipe.parent)], collection="c")
    assert [failure["error"] for failure in report.failed] == ["it is not a regular file"]


def test_a_gigabyte_is_refused_by_its_size(tmp_path: Path, library: Library) -> None:
    file = tmp_path / "dump.txt"
    with file.open("wb") as stream:
        stream.truncate(1_000_000_000)
    report = library.ingest([str(file)], collection="c")
    assert report.failed[0]["error"].startswith("it has 1.0 GB, and files above 50 MB are left out")
