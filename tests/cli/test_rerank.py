"""A reranker that the settings name, as a search on the command line shows it."""

from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


def test_search_explains_how_the_model_in_use_placed_what_it_looked_at(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_RETRIEVAL__RERANKER", "model")
    monkeypatch.setenv("AYLLU_RETRIEVAL__RERANK_PASSAGES", "1")
    assert ayllu("ingest", handbook).code == 0
    results = ayllu("search", "bread", "--explain", "--json").json["results"]
    assert [result["explain"].get("reranked", {}).get("rank") for result in results] == [1, *[None] * (len(results) - 1)]
    assert "reranked: place 1" in ayllu("search", "bread", "--explain").out


def test_what_names_no_reranker_is_one_line_with_what_would(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_RETRIEVAL__RERANKER", "fancy")
    result = ayllu("search", "bread", "--json")
    assert result.code == 1
    assert result.json["kind"] == "config"
    assert "sentence-transformers:HUB_ID" in result.json["hint"]
