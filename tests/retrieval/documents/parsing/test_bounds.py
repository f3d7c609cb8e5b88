"""Parsers in processes of their own: what hangs, crashes or eats memory costs its file, with a line, and nothing else.

The parsers here misbehave by command: a `sitecustomize` that the child alone imports puts them in the place of the one for
CSV, for what their file's first word says.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest
from ayllu.retrieval import Bounds, IngestOptions, Library
from ayllu.retrieval.documents.parsing import ParsingPool, Task

from .misbehaving import MODULE

SMALL = Bounds(seconds=2, memory_bytes=200_000_000)


@pytest.fixture(autouse=True)
def misbehaving_parsers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ["PYTHONPATH"]]))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    return docs


def write(folder: Path, *words: str) -> None:
    for at, word in enumerate(words):
        (folder / f"{at}-{word}.csv").write_text(f"{word},rest\n1,2\n")


def errors(library: Library, docs: Path, bounds: Bounds = SMALL) -> dict[str, str]:
    report = library.ingest([str(docs)], collection="c", options=IngestOptions(bounds=bounds))
    return {Path(failure["source"]).stem.split("-")[1]: failure["error"] for failure in report.failed}


def children() -> list[psutil.Process]:
    workers = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # others of this process may have ended unseen
            if "parsing.worker" in " ".join(child.cmdline()):
                workers.append(child)
    return workers


def test_each_that_goes_beyond_its_bounds_has_its_line_and_the_others_are_read(library: Library, docs: Path) -> None:
    write(docs, "hang", "eat", "crash", "leave", "fail", "good", "deep")
    shown = errors(library, docs)
    assert shown["hang"] == "its parser took more than 2 s (`retrieval.parse_seconds`)"
    assert shown["eat"] == "its parser took more than 200 MB of memory (`retrieval.parse_memory_bytes`)"
    assert shown["crash"] == "its parser crashed (SIGSEGV)"
    assert shown["leave"] == "its parser crashed (it ended with 3)"
    assert shown["fail"] == "its parser failed: the table has no legs"
    assert shown["deep"] == "it is nested too deeply"
    assert [Path(source.source).stem for source in library.sources("c")] == ["5-good"]
    assert children() == []


def test_who_says_that_pages_or_lines_are_read_has_more_time(library: Library, docs: Path) -> None:
    write(docs, "pages", "lines")  # more than the bound in all, and less for each
    assert errors(library, docs) == {}
    assert library.search("page", collection="c")


def test_a_stop_is_heard_within_a_document(library: Library, docs: Path) -> None:
    write(docs, "hang")
    began = time.monotonic()
    report = library.ingest(
        [str(docs)],
        collection="c",
        options=IngestOptions(bounds=Bounds(seconds=600)),
        should_stop=lambda: time.monotonic() > began + 1,
    )
    assert report.interrupted
    assert time.monotonic() - began < 60
    assert children() == []


@pytest.fixture
def parent(docs: Path) -> Iterator[int]:
    """A process that has a document parsed that hangs."""
    write(docs, "hang")
    ours = os.fork()
    if ours == 0:
        try:
            with ParsingPool(Bounds(seconds=600)) as pool:
                pool.submit(Task(str(docs / "0-hang.csv"), 1_000)).future.result()
        finally:
            os._exit(0)
    yield ours
    os.waitpid(ours, 0)


def test_a_child_does_not_outlive_its_parent(parent: int) -> None:
    waited = time.monotonic() + 60
    while not (born := psutil.Process(parent).children()):
        assert time.monotonic() < waited
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(parent, signal.SIGKILL)
    _, alive = psutil.wait_procs(born, timeout=60)
    assert alive == []


@pytest.mark.slow
def test_an_attachment_that_its_parser_dies_of_costs_itself_alone(library: Library, docs: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@example.org", "Tables"
    mail.set_content("Here is a quagga.\n")
    for word in ("good", "leave", "eat", "fine"):
        mail.add_attachment(f"{word},rest\n1,2\n".encode(), "text", "csv", filename=f"{word}.csv")
    (docs / "mail.eml").write_bytes(mail.as_bytes())
    report = library.ingest([str(docs)], collection="c", options=IngestOptions(bounds=Bounds(60, 300_000_000)))
    assert (report.documents, report.failed) == (1, [])
    for word in ("quagga", "good", "fine"):
        assert library.search(word, mode="keyword", collection="c")
    left, eaten = sorted(note["note"] for note in report.notes)[::-1]
    assert left.startswith('the attachment "leave.csv"')
    assert "ended with 3" in left
    assert eaten.startswith('the attachment "eat.csv"')
    assert "of memory" in eaten
