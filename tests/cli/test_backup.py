"""`ayllu backup` and `ayllu restore` as a person meets them."""

from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


@pytest.fixture
def kept(ayllu: Ayllu, tmp_path: Path) -> Path:
    (tmp_path / "tin.txt").write_text("Tin melts at 232 degrees.")
    assert ayllu("ingest", tmp_path / "tin.txt").code == 0
    file = tmp_path / "kept.tar.gz"
    shown = ayllu("backup", file, "--json")
    assert (shown.code, shown.json["file"], shown.json["files"]) == (0, str(file), 1)
    return file


def test_what_was_kept_is_found_after_it_was_lost(ayllu: Ayllu, home: Path, kept: Path, tmp_path: Path) -> None:
    assert ayllu("sources", "remove", tmp_path / "tin.txt").code == 0
    assert ayllu("sources", "list", "--json").json["sources"] == []
    shown = ayllu("restore", kept, "--replace", "--json")
    assert shown.code == 0
    assert Path(shown.json["aside"]).parent == home
    (result,) = ayllu("search", "tin", "--json").json["results"]
    assert result["text"] == "Tin melts at 232 degrees."


def test_a_backup_takes_no_other_file_s_place_and_a_restore_no_home_s(ayllu: Ayllu, kept: Path) -> None:
    before = kept.read_bytes()
    assert ayllu("backup", kept).code == 2
    assert kept.read_bytes() == before
    shown = ayllu("restore", kept)
    assert shown.code == 2
    assert "--replace" in shown.err
    assert ayllu("backup", kept, "--force").code == 0


def test_in_a_folder_a_backup_is_named_after_the_day(ayllu: Ayllu, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "drive").mkdir()
    file = Path(ayllu("backup", tmp_path / "drive", "--json").json["file"])
    assert file.parent == tmp_path / "drive"
    assert file.name.startswith("ayllu-2")


def test_what_is_not_there_is_named_with_a_next_step(ayllu: Ayllu, tmp_path: Path) -> None:
    for words in (("restore", tmp_path / "none.tar.gz"), ("backup", tmp_path / "none" / "kept.tar.gz")):
        shown = ayllu(*words, "--json")
        assert shown.code == 1
        assert "none" in shown.json["error"]
        assert shown.json["hint"]
