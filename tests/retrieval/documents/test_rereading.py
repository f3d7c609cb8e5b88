"""What was read before is read anew where it would be read otherwise now, and only there."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from ayllu.retrieval import EmbedderFailed, HashingEmbedder, IngestOptions, Library, Vectors
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


class CountingEmbedder(HashingEmbedder):
    embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().embed_documents(texts)


def test_another_embedder_reads_anew_what_is_named_and_embeds_each_chunk_once(tmp_path: Path, folder: Path) -> None:
    with Library.open(tmp_path / "library", HashingEmbedder(64), store="plain") as library:
        library.ingest([str(folder)], collection="c")
    embedder = CountingEmbedder(128)
    with Library.open(tmp_path / "library", embedder, store="plain") as library:
        report = library.ingest([str(folder / "herbs.md")], collection="c")
        assert (report.documents, report.updated, report.obstacle) == (1, 1, None)
        assert embedder.embedded == library.count()
        assert not any("another embedder" in problem for problem in library.verify())
        assert library.ingest([str(folder)], collection="c").updated == 1  # the other was cut by the old embedder's tokens


class RefusingEmbedder(HashingEmbedder):
    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if any("tin" in text.lower() for text in texts):
            raise EmbedderFailed("The text is refused.", hint="Change it.")
        return super().embed_documents(texts)


def test_a_chunk_that_another_embedder_refuses_keeps_no_other_from_being_embedded_anew(tmp_path: Path, folder: Path) -> None:
    with Library.open(tmp_path / "library", HashingEmbedder(64), store="plain") as library:
        library.ingest([str(folder)], collection="c")
    with Library.open(tmp_path / "library", RefusingEmbedder(128), store="plain") as library:
        with pytest.raises(EmbedderFailed, match="refused"):
            library.repair()
        assert library.verify()[0].startswith("1 chunks were embedded by another embedder")
        assert library.search("mint", mode="dense", collection="c")[0].source.endswith("herbs.md")
        assert library.search("tin", mode="keyword", collection="c")[0].source.endswith("metals.txt")
