"""The library: one truth, a projection that can always be rebuilt, and documents kept in step with their files."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval import Embedder, Library, LibraryBusy, LibraryNewer, Vectors

HERBS = "Basil likes warmth and light.\n\nMint spreads by runners and needs a pot of its own."
METALS = "Copper melts at 1085 degrees Celsius. Tin melts at 232 degrees."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "herbs.md").write_text(HERBS)
    (folder / "metals.txt").write_text(METALS)
    return folder


def test_a_second_run_does_nothing_a_change_replaces_and_a_deletion_removes(library: Library, folder: Path) -> None:
    first = library.ingest([str(folder)], collection="c")
    assert (first.documents, first.updated, first.failed) == (2, 0, [])
    second = library.ingest([str(folder)], collection="c")
    assert (second.unchanged, second.chunks) == (2, 0)
    (folder / "metals.txt").write_text("Lead melts at 327 degrees.")
    (folder / "herbs.md").unlink()
    third = library.ingest([str(folder)], collection="c")
    assert (third.updated, third.removed) == (1, 1)
    assert [one.text for one in library.search("melting point", collection="c")] == ["Lead melts at 327 degrees."]
    assert library.verify() == []


def test_a_missing_folder_removes_nothing(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    folder.rename(folder.with_name("unmounted"))
    report = library.ingest([str(folder)], collection="c")
    assert (report.documents, report.removed) == (0, 0)
    assert report.failed[0]["error"] == "there is no such file or folder"
    assert library.count("c") > 0


def test_every_mode_finds_the_passage_with_exact_offsets(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    for mode in ("hybrid", "dense", "keyword"):
        best = library.search("At how many degrees does copper melt?", mode=mode, collection="c")[0]
        assert best.source == str(folder / "metals.txt")
        assert library.source_text(best.source, "c")[best.start : best.end] == best.text
    found = library.retrieve("At how many degrees does copper melt?", collection="c")
    assert found.sentences[0].text == "Copper melts at 1085 degrees Celsius."
    assert METALS[found.sentences[0].start : found.sentences[0].end] == found.sentences[0].text
    copper = found.passages[0].text
    assert library.coverage("At how many degrees does copper melt?", copper) > library.coverage("Who paints copper?", copper)


@pytest.mark.parametrize("query", ['"', "a AND OR NOT (", "NEAR/3 *", "'; DROP TABLE chunks; --", "\x00", "🦙", "?" * 5000])
def test_no_query_is_syntax(library: Library, folder: Path, query: str) -> None:
    library.ingest([str(folder)], collection="c")
    library.search(query, collection="c")
    assert library.count("c") > 0


def test_a_torn_vector_store_is_rebuilt_from_the_truth_and_that_is_said(
    tmp_path: Path, embedder: Embedder, folder: Path
) -> None:
    place = tmp_path / "library"
    with Library.open(place, embedder) as library:
        library.ingest([str(folder)], collection="c")
    for file in (place / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn" * 100)
    (place / "projection.dirty").touch()
    said: list[str] = []
    with Library.open(place, embedder, notify=said.append) as library:
        assert any("rebuilt" in line for line in said)
        assert library.verify() == []
        assert library.search("copper", collection="c")


class Mirrored:
    """Another embedder than the `inner` one: each vector of it turned about."""

    name, max_tokens = "mirrored", 128

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.dimensions = inner.dimensions
        self.token_offsets = inner.token_offsets

    def embed(self, texts: Sequence[str]) -> Vectors:
        return -self._inner.embed(texts)


@pytest.mark.parametrize("way", ["repair", "ingest"])
def test_another_embedder_embeds_anew_what_is_there(tmp_path: Path, embedder: Embedder, folder: Path, way: str) -> None:
    with Library.open(tmp_path / "library", embedder) as library:
        library.ingest([str(folder)], collection="c")
        chunks = library.count()
    with Library.open(tmp_path / "library", Mirrored(embedder)) as library:
        assert library.verify()[0].startswith(f"{chunks} chunks were embedded by another embedder")
        assert library.search("Which metal melts?", mode="dense", collection="c") == []
        if way == "repair":
            assert library.repair().startswith(f"{chunks} chunks were embedded anew.")
        else:
            assert library.ingest([str(folder)], collection="c").unchanged == 2
        assert library.verify() == []
        best = library.search("Which metal melts?", mode="dense", collection="c")[0]
        assert best.source.endswith("metals.txt")
        assert library.search(best.text, mode="dense", collection="c")[0].cosine > 0.97


def test_a_newer_library_is_refused_by_name_and_left_alone(tmp_path: Path, embedder: Embedder) -> None:
    import sqlite3

    Library.open(tmp_path, embedder).close()
    with sqlite3.connect(tmp_path / "library.sqlite") as sql:
        sql.execute("PRAGMA user_version = 99")
    sql.close()
    with pytest.raises(LibraryNewer, match="99"):
        Library.open(tmp_path, embedder)


def test_one_writer_at_a_time(tmp_path: Path, embedder: Embedder, folder: Path) -> None:
    with Library.open(tmp_path / "l", embedder) as first, Library.open(tmp_path / "l", embedder) as second:
        with first.writing(), pytest.raises(LibraryBusy), second.writing(wait_s=0.1):
            pytest.fail("two writers")
        first.ingest([str(folder)], collection="c")
        assert second.search("copper", collection="c")  # a reader sees it at once


def test_a_killed_ingest_leaves_a_whole_library(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "many"
    docs.mkdir()
    for at in range(60):
        (docs / f"{at}.txt").write_text(f"Lot {at} of the auction is a chair made in {1700 + at}.")
    code = f"""
from pathlib import Path
from ayllu.retrieval import HashingEmbedder, Library
with Library.open(Path({str(tmp_path / "l")!r}), HashingEmbedder()) as library:
    library.ingest([{str(docs)!r}], collection="c")
"""
    chance = random.Random(3)
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as child:
            time.sleep(0.8 + 2 * chance.random())
            os.kill(child.pid, signal.SIGKILL)
        with Library.open(tmp_path / "l", embedder) as library:
            assert library.verify() == []
    with Library.open(tmp_path / "l", embedder) as library:
        report = library.ingest([str(docs)], collection="c")
        assert report.documents == 60
        assert library.verify() == []
        assert library.search("Which lot was made in 1707?", collection="c")[0].text.startswith("Lot 7 ")


@pytest.mark.model
def test_vectors_have_unit_length_and_order_is_kept(real_embedder: Embedder) -> None:
    texts = ["a long text about nothing " * 50, "short", "", "\ud800 lone surrogate"]
    rows = real_embedder.embed(texts)
    assert rows.shape == (4, real_embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert float(real_embedder.embed(["short"])[0] @ rows[1]) > 0.97  # int8 scales differ a little between batches
    assert real_embedder.embed([]).shape == (0, real_embedder.dimensions)


@pytest.mark.model
def test_a_heading_does_not_stand_for_what_is_under_it(real_library: Library, tmp_path: Path) -> None:
    page = tmp_path / "loans.md"
    page.write_text(
        "# Becoming a member\n\nTo join, bring a card to the desk.\n\nMembers\n\nMembers may vote in March.\n", "utf-8"
    )
    real_library.ingest([str(page)], collection="c")
    found = real_library.retrieve("How do I become a member?", k=3, collection="c")
    assert [one.text for one in found.sentences[:2]] == ["To join, bring a card to the desk.", "Members may vote in March."]
