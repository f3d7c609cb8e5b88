"""The library: searched in every mode, written by a single process at a time, whole after whatever happens."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ayllu.retrieval import (
    Document,
    Embedder,
    HashingEmbedder,
    Library,
    LibraryBusy,
    Parsed,
    Turn,
    load_sample,
)

QUESTION = "At how many degrees does copper melt?"


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
def test_every_mode_finds_the_passage_with_exact_offsets(library: Library, folder: Path, mode: str) -> None:
    library.ingest([str(folder)], collection="c")
    best = library.search(QUESTION, mode=mode, collection="c")[0]
    assert best.source == str(folder / "metals.txt")
    assert library.source_text(best.source, "c")[best.start : best.end] == best.text


def test_the_sentences_of_what_is_retrieved_stand_in_their_source_best_first(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    retrieved = library.retrieve(QUESTION, collection="c")
    best = retrieved.sentences[0]
    assert best.text == "Copper melts at 1085 degrees Celsius."
    assert library.source_text(best.passage.source, "c")[best.start : best.end] == best.text
    assert [sentence.score for sentence in retrieved.sentences] == sorted(
        (sentence.score for sentence in retrieved.sentences), reverse=True
    )


@pytest.mark.parametrize(
    "query", ['"', "a AND OR NOT (", "NEAR/3 *", "'; DROP TABLE chunks; --", "\x00", "🦙", "?" * 5000, " "]
)
def test_no_query_is_syntax(library: Library, folder: Path, query: str) -> None:
    library.ingest([str(folder)], collection="c")
    library.search(query, collection="c")
    assert library.count("c") > 0


def test_collections_do_not_see_each_other(library: Library) -> None:
    with library.writing():
        for collection, text in (("metals", "Copper melts."), ("herbs", "Mint spreads.")):
            library.add([Document(collection, "page.txt", "", Parsed(text, "text/plain"))])
    assert library.collections() == ["herbs", "metals"]
    for mode in ("hybrid", "dense", "keyword"):
        texts = [passage.text for passage in library.search("copper", mode=mode, collection="herbs")]
        assert "Copper melts." not in texts
    with library.writing():
        library.drop_collection("metals")
    assert library.collections() == ["herbs"]
    assert library.verify() == []


def test_the_sample_is_loaded_once(library: Library) -> None:
    collection = load_sample(library)
    first = library.known_sources(collection)
    assert load_sample(library) == collection
    assert library.known_sources(collection) == first
    best = library.search("When is the library open on Sundays?", collection=collection)[0]
    assert best.source == "sample/opening-hours.md"


def test_the_sample_is_loaded_anew_for_another_embedder(tmp_path: Path) -> None:
    for dimensions in (64, 128):
        with Library.open(tmp_path / "library", HashingEmbedder(dimensions)) as library:
            collection = load_sample(library)
            best = library.search("When is the library open on Sundays?", mode="dense", collection=collection)[0]
            assert best.source == "sample/opening-hours.md"


def test_a_single_process_writes_while_others_read(tmp_path: Path, embedder: Embedder, folder: Path) -> None:
    with Library.open(tmp_path / "l", embedder) as first, Library.open(tmp_path / "l", embedder) as second:
        with first.writing(), pytest.raises(LibraryBusy), second.writing(Turn(wait_s=0.1)):
            pytest.fail("both write")
        first.ingest([str(folder)], collection="c")
        assert second.search("copper", collection="c")  # a reader sees it at once


@pytest.mark.slow
def test_a_killed_ingest_leaves_a_whole_library(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "many"
    docs.mkdir()
    for lot in range(60):
        (docs / f"{lot}.txt").write_text(f"Lot {lot} of the auction is a chair from {1700 + lot}.")
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
    with Library.open(tmp_path / "l", HashingEmbedder()) as library:
        report = library.ingest([str(docs)], collection="c")
        assert report.documents == 60
        assert library.verify() == []
        assert library.search("Which lot is from 1707?", collection="c")[0].text.startswith("Lot 7 ")
