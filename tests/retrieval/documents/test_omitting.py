"""What a folder holds and nobody wants read."""

import os
import subprocess
from pathlib import Path

import pytest
from ayllu.retrieval import IngestOptions, Library
from ayllu.retrieval.documents.omitting import Omissions
from ayllu.retrieval.documents.walking import Item, folders_below, walk

RULES = """\
# what a program made
*.log
!keep.log
/build/
docs/**/draft-*
trailing\\ space
[a-c]?.txt
"""
FILES = (
    *("a.md", "x.log", "keep.log", "build/out.md", "sub/build/out.md", "docs/draft-1.md", "docs/deep/er/draft-2.md"),
    *("docs/final.md", "b1.txt", "d1.txt", ".hidden/h.md", ".h.md", "node_modules/m.md", "sub/.gitignore", "sub/y.md"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name in FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"This is {name}.")
    (folder / ".gitignore").write_text(RULES)
    (folder / "sub" / ".gitignore").write_text("y.md\n")
    return folder


def read(folder: Path, *names: str, omissions: Omissions | None = None) -> set[str]:
    entries = walk([str(folder / name) for name in names or ("",)], omissions=omissions)
    return {os.path.relpath(entry.source, folder) for entry in entries if isinstance(entry, Item)}


def test_the_rules_leave_out_what_git_would(folder: Path) -> None:
    assert read(folder) == {"a.md", "keep.log", "sub/build/out.md", "docs/final.md", "d1.txt"}
    assert read(folder, "**/*.md") == {"a.md", "sub/build/out.md", "docs/final.md"}
    assert read(folder, "x.log", "build/out.md") == {"x.log", "build/out.md"}  # named itself
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    listed = subprocess.run(
        ["git", "-C", str(folder), "ls-files", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout.split()
    visible = {
        name for name in listed if not any(part.startswith(".") or part == "node_modules" for part in Path(name).parts)
    }
    assert read(folder) == visible


def test_style_sheets_are_read_only_where_they_are_named(folder: Path) -> None:
    (folder / "common.css").write_text("body { color: red }")
    assert "common.css" not in read(folder)
    assert read(folder, "common.css") == {"common.css"}
    assert "common.css" in read(folder, omissions=Omissions(rules=False))


def test_within_a_repository_the_rules_above_hold_too(folder: Path) -> None:
    (folder / "sub" / "z.log").write_text("z")
    assert "sub/z.log" in read(folder, "sub")
    (folder / ".git").mkdir()
    assert "sub/z.log" not in read(folder, "sub")


def test_our_own_file_of_rules_beats_the_other(folder: Path) -> None:
    (folder / ".aylluignore").write_text("!x.log\nd1.txt\n")
    assert read(folder) == {"a.md", "x.log", "keep.log", "sub/build/out.md", "docs/final.md"}


def test_a_person_may_want_all_of_it(folder: Path) -> None:
    everything = read(folder, omissions=Omissions(hidden=True, rules=False))
    assert everything == set(FILES) - {"node_modules/m.md"} | {".gitignore"}


HOSTILE = {
    "control": "\0\x1b[31m",
    "bracket": "[",
    "mark": "!",
    "backslash": "\\",
    "stars": "*" * 5000 + "b",
    "many stars": "*a" * 100 + "b",
    "expression": "(?P<x",
    "huge": "x" * 2_000_000,
    "many": "abc\n" * 20_000,
}


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE)
def test_hostile_rules_rule_nothing(folder: Path, rules: str) -> None:
    (folder / ".gitignore").write_text(rules)
    (folder / ("a" * 200 + ".md")).write_text("long")
    assert {"a.md", "x.log", "d1.txt"} <= read(folder)


def test_a_folder_that_is_left_out_is_not_watched(folder: Path) -> None:
    below = {os.path.relpath(path, folder) for path in folders_below(folder, Omissions())}
    assert below == {".", "sub", "sub/build", "docs", "docs/deep", "docs/deep/er"}


def test_what_a_new_rule_leaves_out_leaves_the_library_but_not_what_was_named_itself(folder: Path, library: Library) -> None:
    (folder / ".notes").mkdir()
    (folder / ".notes" / "n.md").write_text("Noted.")
    for name in (".notes", "", "x.log"):
        library.ingest([str(folder / name)], collection="c")
    (folder / ".aylluignore").write_text("*.md\n*.log\n")
    report = library.ingest([str(folder)], collection="c")
    assert report.removed == 4
    kept = {os.path.relpath(info.source, folder) for info in library.sources("c")}
    assert kept == {".notes/n.md", "x.log", "d1.txt"}
    report = library.ingest([str(folder)], collection="c", options=IngestOptions(rules=False))
    assert report.removed == 0
    assert len(library.sources("c")) == 12
