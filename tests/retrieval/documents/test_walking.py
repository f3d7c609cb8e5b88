"""What a person names, as documents: each real file once, and a reason for what is none."""

import inspect
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from ayllu.retrieval.documents.walking import Item, Missing, walk


def sources(entries: Sequence[Item | Missing], below: Path) -> list[str]:
    return [os.path.relpath(entry.source, below) for entry in entries if isinstance(entry, Item)]


def errors(entries: Sequence[Item | Missing]) -> dict[str, str]:
    return {Path(entry.source).name: entry.error for entry in entries if isinstance(entry, Missing)}


def write(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.name)


def test_a_walk_survives_loops_pipes_and_missing_things(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "again.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden").write_text("h")
    os.mkfifo(tmp_path / "pipe")
    entries = list(walk([str(tmp_path), str(tmp_path / "none"), str(tmp_path / "*.zip"), "~nosuchuser/x", "a\x00b", ""]))
    assert sources(entries, tmp_path) == ["a.txt"]
    assert errors(entries).keys() == {"broken", "itself", "pipe", "none", "*.zip", "x", "a\ufffdb", ""}


@pytest.mark.parametrize("name", ["", "**/*.txt"])
def test_folders_that_link_to_each_other_are_walked_once(tmp_path: Path, name: str) -> None:
    """Seven of them had 13,700 ways through, nine would take hours."""
    for folder in range(9):
        write(tmp_path / f"f{folder}" / "a.txt")
        for other in range(9):
            (tmp_path / f"f{folder}" / f"to{other}").symlink_to(tmp_path / f"f{other}")
    began = time.monotonic()
    for follow_links in (False, True):
        entries = list(walk([str(tmp_path / name)], follow_links=follow_links))
        assert sorted(sources(entries, tmp_path)) == [f"f{folder}/a.txt" for folder in range(9)]
        assert errors(entries) == {}
    assert time.monotonic() - began < 30


def test_a_tree_deeper_than_python_recurses_is_walked(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(400):
        folder = folder / "d"
        folder.mkdir()
    write(folder / "a.txt")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 200)
    try:
        entries = list(walk([str(tmp_path)]))
    finally:
        sys.setrecursionlimit(usual)
    assert len(sources(entries, tmp_path)) == 1


def test_links_out_of_the_folder_are_followed_only_when_that_is_wanted(tmp_path: Path) -> None:
    docs, outside = tmp_path / "docs", tmp_path / "outside"
    write(docs / "a.txt", outside / "passwd", outside / "deep" / "b.txt")
    (docs / "file").symlink_to(outside / "passwd")
    (docs / "folder").symlink_to(outside / "deep")
    for name in (docs, docs / "*", docs / "**" / "*", docs / "*" / "*.txt"):
        entries = list(walk([str(name)]))
        assert set(sources(entries, tmp_path)) <= {"docs/a.txt"}
        assert all("leads out of the folder; `--follow-links`" in error for error in errors(entries).values())
    assert errors(list(walk([str(docs)]))).keys() == {"file", "folder"}
    followed = list(walk([str(docs)], follow_links=True))
    assert sorted(sources(followed, tmp_path)) == ["docs/a.txt", "outside/deep/b.txt", "outside/passwd"]
    assert errors(followed) == {}
    assert sources(list(walk([str(docs / "file")])), tmp_path) == ["outside/passwd"]  # it was named


def test_a_folder_that_may_not_be_read_is_a_single_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.txt", tmp_path / "closed" / "b.txt", tmp_path / "z.txt")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root, who runs some of these tests, may read everything
    for name in (tmp_path, tmp_path / "**" / "*.txt"):
        entries = list(walk([str(name)]))
        assert sources(entries, tmp_path) == ["a.txt", "z.txt"]
        assert errors(entries) == {"closed": "permission denied"}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("*.md", {"a.md"}),
        ("**/*.md", {"a.md", "x/b.md", "x/y/c.md"}),
        ("x/**", {"x/b.md", "x/y/c.md", "x/y/d.txt"}),
        ("**/**/y/*", {"x/y/c.md", "x/y/d.txt"}),
        ("x/[yz]/?.md", {"x/y/c.md"}),
        ("**/.h/*", {".h/e.md"}),
        ("*/b.md", {"x/b.md"}),
    ],
)
def test_patterns_mean_what_they_mean_elsewhere(tmp_path: Path, pattern: str, matches: set[str]) -> None:
    write(*(tmp_path / name for name in ("a.md", "x/b.md", "x/y/c.md", "x/y/d.txt", ".h/e.md")))
    assert set(sources(list(walk([str(tmp_path / pattern)])), tmp_path)) == matches
