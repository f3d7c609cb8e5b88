"""A search: limited to some documents, over several collections, each text once, and explained."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from ayllu.retrieval import Document, Filters, HashingEmbedder, Library, Parsed, SearchMode, SearchRequest

RULE = "A visitor who loses the locker key pays nine euros for the key and waits for the keeper of the hall."


def document(collection: str, source: str, text: str, *, kind: str = "text/markdown", day: int = 1_600_000_000) -> Document:
    return Document(collection, f"/docs/{source}", "/docs", Parsed(text, kind), mtime_ns=day * 1_000_000_000)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), HashingEmbedder()) as library:
        with library.writing():
            library.add(document("notes", f"notes/rules-{copy}.md", RULE) for copy in range(60))
            fees = document("papers", "papers/fees.md", "The locker key of a member costs four euros.", day=1_500_000_000)
            library.add([fees, document("papers", "papers/bike.csv", "bike: red; price: 90", kind="text/csv")])
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
    long = f"{RULE} It is kept at the desk beside the door, behind the plant, in the third drawer, under the old map."
    texts = [f"{long} It opens at nine.", f"{long} They open at nine.", f"{long} It opens at 10."]
    with Library.open(tmp_path, HashingEmbedder()) as library:
        with library.writing():
            library.add(document("c", f"{at}.md", text) for at, text in enumerate(texts))
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


def test_a_folder_limits_too_and_a_collection_is_looked_at_only_where_it_is_named(library: Library) -> None:
    assert "rules" not in names(library, "notes", "papers", filters=Filters(folders=["/docs/papers"]))
    assert names(library, "notes") == {"rules"}
    assert names(library, "elsewhere") == set()


def test_each_stage_says_where_it_placed_a_hit(library: Library) -> None:
    request = SearchRequest("locker key", 2, SearchMode.HYBRID, ["notes", "papers"], diversity=0.1)
    hits = library.explain(request)
    assert len(hits) == 2
    assert {"keyword", "dense", "fused", "diversity"} <= set(hits[0].stages)
    assert hits[0].stages["diversity"].rank == 1
    assert hits[0].passage.score == hits[0].stages["diversity"].score


def test_two_wordings_of_a_question_are_searched_for_together(library: Library) -> None:
    def sources_of(query: str, also: str = "") -> list[str]:
        passages = library.search(query, also=also, k=3, mode="keyword", collection=["notes", "papers"])
        return [Path(passage.source).name.partition("-")[0] for passage in passages]

    assert sources_of("red bike") == ["bike.csv"]
    assert set(sources_of("red bike", "fees of a member")) == {"bike.csv", "fees.md"}
    assert sources_of("red bike", "nothing like it") == ["bike.csv"]
