"""What was read before is read anew where it would be read otherwise now, and only there."""

from dataclasses import replace
from pathlib import Path

import pytest
from ayllu.retrieval import IngestOptions, Library
from ayllu.retrieval.documents.parsers import FORMATS, registry


@pytest.fixture
def long(folder: Path) -> Path:
    (folder / "long.md").write_text("Basil likes warmth and light. " * 30)
    return folder


def test_another_size_of_chunks_reaches_what_is_there_already(library: Library, long: Path) -> None:
    library.ingest([str(long)], collection="c")
    before = library.count("c")
    report = library.ingest([str(long)], collection="c", options=IngestOptions(chunk_tokens=32))
    assert (report.documents, report.updated, report.unchanged) == (3, 3, 0)
    assert library.count("c") > before
    assert library.ingest([str(long)], collection="c", options=IngestOptions(chunk_tokens=32)).unchanged == 3


def test_a_size_beyond_what_the_embedder_sees_changes_nothing(library: Library, folder: Path) -> None:
    most = library.embedder.max_tokens
    library.ingest([str(folder)], collection="c", options=IngestOptions(chunk_tokens=most))
    assert library.ingest([str(folder)], collection="c", options=IngestOptions(chunk_tokens=most + 1)).unchanged == 2


def test_a_later_version_of_a_parser_reads_its_own_documents_anew(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest([str(folder)], collection="c")
    monkeypatch.setitem(registry._BY_ENDING, ".md", replace(FORMATS["text/markdown"], version=99))
    report = library.ingest([str(folder)], collection="c")
    assert (report.updated, report.unchanged) == (1, 1)


def test_force_reads_everything_anew(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    report = library.ingest([str(folder)], collection="c", options=IngestOptions(force=True))
    assert (report.documents, report.updated, report.unchanged) == (2, 2, 0)
    assert library.verify() == []
