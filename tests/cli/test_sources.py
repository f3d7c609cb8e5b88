"""`ayllu sources`: a folder with all below it, and a collection that there is not."""

from pathlib import Path

import pytest
from ayllu.cli.sources import resolve_all
from ayllu.errors import NotFound
from ayllu.retrieval import Document, HashingEmbedder, Library, Parsed, SourceInfo

from .conftest import Ayllu

OLD, OLDER, LINKED, PAGE = "/docs/old/a.txt", "/docs/older.txt", "/etc/passwd", "https://x.org/a/b"


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, SourceInfo]:
    """What is in the library of `home`."""
    monkeypatch.setenv("AYLLU_STORE", "plain")
    roots = {OLD: "/docs", OLDER: "/docs", LINKED: "/docs/links", PAGE: PAGE}
    with Library.open(home / "library", HashingEmbedder(), store="plain") as library:
        with library.writing():
            library.add(
                Document("documents", source, root, Parsed(f"This is {source}.", "text/plain"))
                for source, root in roots.items()
            )
        return library.known_sources("documents")


@pytest.mark.usefixtures("sources", "scripted_settings")
def test_a_collection_that_there_is_not_is_no_empty_library(ayllu: Ayllu) -> None:
    for command in ("list", "verify", "remove --all", "show a.txt"):
        result = ayllu("sources", *command.split(), "--collection", "nope", "--json")
        assert (result.code, result.json["kind"]) == (1, "not_found")
        assert result.json["error"] == "There is no collection `nope`."
        assert result.json["hint"] == "The nearest: `documents`."


@pytest.mark.usefixtures("sources", "scripted_settings")
def test_a_folder_is_removed_with_all_below_it_and_all_that_came_through_its_links(ayllu: Ayllu) -> None:
    removed = ayllu("sources", "remove", "/docs", "--json").json
    assert (removed["removed"], set(removed["sources"])) == (3, {OLD, OLDER, LINKED})
    left = ayllu("sources", "list", "--json").json["sources"]
    assert [source["source"] for source in left] == [PAGE]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("/docs/old/", {OLD}),
        ("/docs/old/../old", {OLD}),
        ("/docs/links", {LINKED}),
        ("/etc", {LINKED}),
        ("https://x.org/a", {PAGE}),
        ("https://x.org/a/b", {PAGE}),
        ("older.txt", {OLDER}),
        (LINKED, {LINKED}),
    ],
)
def test_a_name_stands_for_a_source_or_for_all_below_it(
    sources: dict[str, SourceInfo], named: str, expected: set[str]
) -> None:
    assert set(resolve_all(named, sources, "documents")) == expected


@pytest.mark.parametrize("named", ["/doc", "https://x.org/a/b/c", "~nosuchuser", "", "a\x00b"])
def test_a_name_that_stands_for_nothing_removes_nothing(sources: dict[str, SourceInfo], named: str) -> None:
    with pytest.raises(NotFound):
        resolve_all(named, sources, "documents")
