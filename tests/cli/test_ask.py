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
