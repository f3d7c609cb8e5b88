"""What a vector store was filled with is noted, and known of a library that an older version wrote."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval.docstore import ChunkRecord, DocStore, Filling, SourceRecord
from ayllu.tests.retrieval.earlier import take_back

VECTORS = np.array([[1, 0]], np.float32)


def write(docstore: DocStore, collection: str) -> None:
    source = SourceRecord("metals.txt", "", "", "text/plain", "Copper melts.")
    docstore.write_source(collection, source, [ChunkRecord("Copper melts.", 0, 13)], VECTORS, embedder="first")


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    """A library as it was before anything was noted, with one collection."""
    docstore = DocStore(tmp_path)
    write(docstore, "c")
    docstore.close()
    take_back(tmp_path / "library.sqlite", version=2)
    return tmp_path


def test_what_an_older_version_left_in_step_is_believed_and_what_it_left_dirty_is_not(version_2: Path) -> None:
    before = (version_2 / "library.sqlite").read_bytes()
    with closing(DocStore(version_2)) as docstore:
        number = docstore.vectors.number("c")
        assert docstore.projections.get("chroma", number) == Filling("first", docstore.vectors.generation("c"))
        assert docstore.projections.get("chroma+http://127.0.0.1:8000", number) is None
    (version_2 / "library.sqlite").write_bytes(before)
    (version_2 / "projection.dirty").touch()
    with closing(DocStore(version_2)) as docstore:
        assert docstore.projections.get("chroma", number) is None


def test_every_library_has_a_name_of_its_own_that_stays(tmp_path: Path, version_2: Path) -> None:
    names: list[str] = []
    for folder in (version_2, version_2, tmp_path / "other"):
        with closing(DocStore(folder)) as docstore:
            names.append(docstore.projections.namespace)
    assert names[0] == names[1] != names[2]
    assert all(name.isalnum() for name in names)


def test_vectors_that_are_replaced_are_in_no_store(tmp_path: Path) -> None:
    with closing(DocStore(tmp_path)) as docstore:
        write(docstore, "c")
        write(docstore, "other")
        for number in docstore.vectors.names():
            docstore.projections.note("chroma", number, Filling("first", 1))
        docstore.projections.forget("chroma", 2)
        assert (docstore.projections.get("chroma", 1), docstore.projections.get("chroma", 2)) == (Filling("first", 1), None)
        docstore.vectors.replace([1], VECTORS, embedder="second")
        assert docstore.projections.get("chroma", 1) is None
