"""What an ingest would do, looked at before it does it."""

import os
from pathlib import Path

import pytest
from ayllu.retrieval import Action, IngestOptions, Library


def actions(library: Library, folder: Path, options: IngestOptions | None = None) -> dict[str, Action]:
    planned = library.plan([str(folder)], collection="c", options=options)
    return {os.path.relpath(entry.source, folder): entry.action for entry in planned}


def test_a_plan_says_what_the_ingest_then_does(library: Library, folder: Path) -> None:
    assert actions(library, folder) == {"herbs.md": Action.NEW, "metals.txt": Action.NEW}
    assert library.count() == 0
    library.ingest([str(folder)], collection="c")
    (folder / "metals.txt").write_text("Copper melts at 1085 degrees.")
    (folder / "herbs.md").touch()
    (folder / "new.md").write_text("Sage.")
    (folder / ".aylluignore").write_text("herbs.md\n")
    (folder / "huge.md").write_text("x" * 2_000)
    options = IngestOptions(max_file_bytes=1_000)
    planned = library.plan([str(folder)], collection="c", options=options)
    assert {os.path.relpath(entry.source, folder): (entry.action, entry.reason) for entry in planned if entry.reason} == {
        "huge.md": (Action.FAIL, "it has more than 1 kB"),
        ".aylluignore": (Action.OMIT, "it is hidden"),
        "herbs.md": (Action.OMIT, f"{folder} has a rule that leaves it out"),
    }
    assert {entry.action for entry in planned} == {Action.NEW, Action.CHANGED, Action.REMOVE, Action.OMIT, Action.FAIL}
    report = library.ingest([str(folder)], collection="c", options=options)
    assert (report.documents, report.updated, report.removed, len(report.failed)) == (2, 1, 1, 1)


def test_a_new_time_alone_changes_nothing_but_a_new_way_of_reading_does(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    os.utime(folder / "herbs.md", (1, 1))
    assert set(actions(library, folder).values()) == {Action.UNCHANGED}
    assert set(actions(library, folder, IngestOptions(chunk_tokens=40)).values()) == {Action.CHANGED}
    assert set(actions(library, folder, IngestOptions(force=True)).values()) == {Action.CHANGED}


def test_a_plan_follows_a_file_that_has_moved(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    (folder / "shelf").mkdir()
    (folder / "herbs.md").rename(folder / "shelf" / "sage.md")
    (folder / "metals.txt").rename(folder / "shelf" / "metals.md")  # which is read otherwise
    planned = {entry.source: entry for entry in library.plan([str(folder)], collection="c")}
    moved = planned.pop(str(folder / "shelf" / "sage.md"))
    assert (moved.action, moved.reason) == (Action.MOVED, f"it was {folder / 'herbs.md'}")
    assert sorted(entry.action for entry in planned.values()) == [Action.NEW, Action.REMOVE]
    report = library.ingest([str(folder)], collection="c")
    assert (report.documents, report.moved, report.removed) == (2, 1, 1)


@pytest.mark.parametrize("name", ["", "~nosuchuser", "none"])
def test_what_is_not_there_would_fail(library: Library, tmp_path: Path, name: str) -> None:
    (entry,) = library.plan([str(tmp_path / name) if name == "none" else name], collection="c")
    assert entry.action is Action.FAIL
    assert entry.reason
