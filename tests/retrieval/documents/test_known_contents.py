"""A file that has moved, or has an equal, is not embedded again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from ayllu.retrieval import HashingEmbedder, IngestReport, Library, Vectors


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed_documents(texts)


@pytest.fixture
def counting() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def library(tmp_path: Path, counting: CountingEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", counting) as library:
        yield library


def ingest(library: Library, folder: Path) -> IngestReport:
    return library.ingest([str(folder)], collection="c")


def names(library: Library, query: str) -> set[str]:
    passages = library.search(query, k=10, mode="keyword", collection="c")
    return {Path(place.source).name for passage in passages for place in (passage, *passage.also_in)}


def test_a_moved_file_keeps_its_passages(library: Library, counting: CountingEmbedder, folder: Path) -> None:
    ingest(library, folder)
    before = library.search("copper", k=1, collection="c")[0].chunk_id
    counting.texts.clear()
    (folder / "deeper").mkdir()
    (folder / "metals.txt").rename(folder / "deeper" / "ores.txt")
    report = ingest(library, folder)
    assert (report.documents, report.moved, report.removed, report.updated, report.chunks) == (2, 1, 0, 0, 0)
    assert counting.texts == []
    (passage,) = library.search("copper", k=1, collection="c")
    assert (passage.chunk_id, Path(passage.source).name) == (before, "ores.txt")
    assert ingest(library, folder).unchanged == 2
    assert library.verify() == []


def test_an_equal_file_gets_passages_of_its_own_without_being_embedded(
    library: Library, counting: CountingEmbedder, folder: Path
) -> None:
    ingest(library, folder)
    counting.texts.clear()
    (folder / "again.txt").write_bytes((folder / "metals.txt").read_bytes())
    report = ingest(library, folder)
    assert (report.documents, report.moved, report.chunks, counting.texts) == (3, 1, 1, [])
    assert names(library, "copper") == {"metals.txt", "again.txt"}
    (folder / "metals.txt").unlink()
    assert ingest(library, folder).removed == 1
    assert names(library, "copper") == {"again.txt"}
    assert library.verify() == []


def test_what_takes_the_name_of_a_moved_file_is_read(library: Library, folder: Path) -> None:
    ingest(library, folder)
    (folder / "metals.txt").rename(folder / "ores.txt")
    (folder / "metals.txt").write_text("Iron rusts.")
    report = ingest(library, folder)
    assert (report.documents, report.updated, report.removed) == (3, 1, 0)
    assert names(library, "copper") == {"ores.txt"}
    assert names(library, "iron") == {"metals.txt"}


def test_a_name_that_reads_otherwise_is_read_anew(library: Library, counting: CountingEmbedder, folder: Path) -> None:
    ingest(library, folder)
    counting.texts.clear()
    (folder / "herbs.md").rename(folder / "herbs.txt")
    report = ingest(library, folder)
    assert (report.documents, report.moved, report.removed) == (2, 0, 1)
    assert counting.texts != []
