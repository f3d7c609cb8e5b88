"""What a person names, as documents: each real file once, and a reason for what is none."""

import os
from pathlib import Path

from ayllu.retrieval.documents.walking import Item, Missing, walk


def test_a_walk_survives_loops_pipes_and_missing_things(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "again.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden").write_text("h")
    os.mkfifo(tmp_path / "pipe")
    entries = list(walk([str(tmp_path), str(tmp_path / "none"), str(tmp_path / "*.zip")]))
    assert [entry.source for entry in entries if isinstance(entry, Item)] == [str(tmp_path / "a.txt")]
    errors = {Path(entry.source).name: entry.error for entry in entries if isinstance(entry, Missing)}
    assert errors.keys() == {"broken", "pipe", "none", "*.zip"}
