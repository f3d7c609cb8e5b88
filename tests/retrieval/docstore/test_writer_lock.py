"""Writers take turns: who waits is told for whom, for as long as they like, and may leave."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from ayllu.retrieval import LibraryBusy, StoppedWaiting, Turn
from ayllu.retrieval.docstore import writer_lock
from ayllu.storage import DatabaseUnavailable


def test_the_next_waits_its_turn_and_is_told_once_for_whom(tmp_path: Path) -> None:
    notices: list[str] = []
    with ExitStack() as first:
        first.enter_context(writer_lock(tmp_path, Turn("ingest of /docs\x1b[31m, http://ana:secret@x.org/")))

        def notify(text: str) -> None:
            notices.append(text)
            first.close()

        with writer_lock(tmp_path, Turn(wait_s=None, notify=notify)):
            pass
    (notice,) = notices
    assert notice.startswith("Waiting until another ayllu (ingest of /docs, http://")
    assert f"process {os.getpid()}, since " in notice
    assert "secret" not in notice
    assert notice.endswith(") is done with the library. Ctrl-C leaves.")
    assert not (tmp_path / "writer.json").exists()


def test_a_wait_has_its_bound_and_names_who_writes(tmp_path: Path) -> None:
    with writer_lock(tmp_path, Turn("sources repair")):
        with pytest.raises(LibraryBusy, match=r"Another ayllu \(sources repair, process"):
            writer_lock(tmp_path, Turn(wait_s=0)).__enter__()
        with pytest.raises(StoppedWaiting):
            writer_lock(tmp_path, Turn(wait_s=None, should_stop=lambda: True)).__enter__()


@pytest.mark.parametrize("left", ["", "{", '{"pid": 1}', "[]", "\x00"])
def test_what_a_killed_writer_left_stops_nobody(tmp_path: Path, left: str) -> None:
    (tmp_path / "writer.json").write_text(left)
    with writer_lock(tmp_path, Turn(wait_s=0)):
        (tmp_path / "writer.json").write_text(left)
        with pytest.raises(LibraryBusy, match=r"^Another ayllu is writing to"):
            writer_lock(tmp_path, Turn(wait_s=0)).__enter__()


def test_the_lock_is_the_persons_alone(tmp_path: Path) -> None:
    with writer_lock(tmp_path, Turn()):
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"writer.lock": 0o600, "writer.json": 0o600}


def test_a_folder_where_nothing_can_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "writer.lock").mkdir()
    with pytest.raises(DatabaseUnavailable, match=r"writer\.lock"):
        writer_lock(tmp_path, Turn()).__enter__()
