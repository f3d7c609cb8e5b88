"""`ayllu ask` over some of the documents."""

from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


def test_a_question_is_answered_from_the_documents_that_the_filters_let_through(ayllu: Ayllu, handbook: Path) -> None:
    assert ayllu("ingest", handbook).code == 0

    def read(*filters: object) -> set[str]:
        answer = ayllu("ask", "When does the ferry leave?", *filters, "--json").json
        return {Path(passage["source"]).name for passage in answer["passages"]}

    assert read() == {"ferry.md", "bread.txt"}
    assert read("--source", "bread.*") == {"bread.txt"}
    assert read("--type", "markdown") == {"ferry.md"}
    assert read("--folder", handbook, "--source", "*.md") == {"ferry.md"}
    assert read("--since", "2999-01-01") == set()


def test_a_question_about_several_collections_is_answered_from_all_of_these(ayllu: Ayllu, handbook: Path) -> None:
    for collection, document in (("sea", "ferry.md"), ("kitchen", "bread.txt")):
        assert ayllu("ingest", handbook / document, "--collection", collection).code == 0

    def read(*collections: str) -> set[str]:
        named = [word for collection in collections for word in ("--collection", collection)]
        answer = ayllu("ask", "When does the ferry leave?", *named, "--json").json
        return {Path(passage["source"]).name for passage in answer["passages"]}

    assert read("kitchen", "sea") == {"ferry.md", "bread.txt"}
    assert read("kitchen") == {"bread.txt"}
    missing = ayllu("ask", "When does the ferry leave?", "--collection", "sea", "--collection", "sae", "--json")
    assert missing.code == 1
    assert "`sae`" in missing.json["error"]
    chat = ayllu("chat", "--collection", "kitchen", "--collection", "sea", "--source", "ferry.*", "--json", stdin="When?\n")
    assert {Path(passage["source"]).name for passage in chat.json["answers"][0]["passages"]} == {"ferry.md"}
