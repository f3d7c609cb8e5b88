"""A search: limited to some documents, over several collections, each text once, and explained."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from ayllu.retrieval import Filters, HashingEmbedder, Library, SearchMode, SearchRequest

RULE = "A visitor who loses the locker key pays nine euros for the key and waits for the keeper of the hall."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    notes, papers = tmp_path / "docs" / "notes", tmp_path / "docs" / "papers"
    for folder in (notes, papers):
        folder.mkdir(parents=True)
    for copy in range(60):
        (notes / f"rules-{copy}.md").write_text(f"# Rules\n\n{RULE}\n")
    (papers / "fees.md").write_text("# Fees\n\nThe locker key of a member costs four euros.\n")
    (papers / "bike.csv").write_text("bike,price\nred,90\n")
    os.utime(papers / "fees.md", (1_500_000_000, 1_500_000_000))
    with Library.open(tmp_path / "library", HashingEmbedder()) as library:
        library.ingest([str(notes)], collection="notes")
        library.ingest([str(papers)], collection="papers")
        yield library


def names(library: Library, *collections: str, mode: str = "hybrid", filters: Filters | None = None) -> set[str]:
    passages = library.search("locker key", mode=mode, collection=collections, filters=filters)
    return {Path(passage.source).name.partition("-")[0] for passage in passages}


@pytest.mark.parametrize("mode", list(SearchMode))
def test_copies_are_a_single_hit_that_names_the_others_and_crowd_nothing_out(library: Library, mode: SearchMode) -> None:
    passages = library.search("locker key", k=5, mode=mode, collection=["notes", "papers"])
    copies = [passage for passage in passages if "visitor" in passage.text]
    assert len(copies) == 1
    assert len(copies[0].also_in) >= 20
    assert copies[0].source not in {place.source for place in copies[0].also_in}
    assert any("member" in passage.text for passage in passages)


def test_nearly_equal_texts_are_a_single_hit_unless_a_figure_differs(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    long = f"{RULE} It is kept at the desk beside the door, behind the plant, in the third drawer, under the old map."
    (folder / "a.md").write_text(f"{long} It opens at nine.")
    (folder / "b.md").write_text(f"{long} They open at nine.")
    (folder / "c.md").write_text(f"{long} It opens at 10.")
    with Library.open(tmp_path / "library", HashingEmbedder()) as library:
        library.ingest([str(folder)], collection="c")
        first, second = library.search("locker key", collection="c")
        assert {len(first.also_in), len(second.also_in)} == {0, 1}


@pytest.mark.parametrize("mode", list(SearchMode))
@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(sources=["fees.md"]), {"fees.md"}),
        (Filters(sources=["*/notes/*"]), {"rules"}),
        (Filters(types=["text/csv"]), {"bike.csv"}),
        (Filters(types=["markdown"], until=date(2017, 12, 31)), {"fees.md"}),
        (Filters(sources=["*.md"], since=date(2018, 1, 1)), {"rules"}),
        (Filters(sources=["nothing*"]), set()),
    ],
)
def test_a_search_is_limited_to_what_the_filters_let_through(
    library: Library, mode: SearchMode, filters: Filters, left: set[str]
) -> None:
    names_left = names(library, "notes", "papers", mode=mode, filters=filters)
    assert names_left == left or (mode is SearchMode.KEYWORD and names_left == left - {"bike.csv"})


def test_a_folder_limits_too_and_a_collection_is_looked_at_only_where_it_is_named(library: Library, tmp_path: Path) -> None:
    folder = str(tmp_path / "docs" / "papers")
    assert "rules" not in names(library, "notes", "papers", filters=Filters(folders=[folder]))
    assert names(library, "notes") == {"rules"}
    assert names(library, "elsewhere") == set()


def test_each_stage_says_where_it_placed_a_hit(library: Library) -> None:
    request = SearchRequest("locker key", 2, SearchMode.HYBRID, ["notes", "papers"], diversity=0.1)
    hits = library.explain(request)
    assert len(hits) == 2
    assert {"keyword", "dense", "fused", "diversity"} <= set(hits[0].stages)
    assert hits[0].stages["diversity"].rank == 1
    assert hits[0].passage.score == hits[0].stages["diversity"].score
