"""Longer questions get the sentences that belong together."""

import pytest
from ayllu.agents.excerpts import excerpt
from ayllu.retrieval import Library, load_sample

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("How do I borrow a tool?", "1. Look the tool up", "The loan lasts seven days"),
        ("Why are seeds kept cold?", "Seeds are kept in glass jars", "Seeds are kept in glass jars"),
        ("Summarise the house rules.", "Treat every tool as if", "Do not lend a borrowed tool"),
        ("Compare electric and hand tools.", "Electric tools are faster", "For work on a Sunday"),
    ],
)
def test_the_quotation_begins_and_ends_where_it_should(library: Library, question: str, first: str, last: str) -> None:
    found = library.find(question, k=3, collection=load_sample(library))
    quoted = [one.text for one in excerpt(question, found)]
    assert quoted[0].startswith(first)
    assert quoted[-1].startswith(last)


def test_without_evidence_there_is_nothing_to_quote(library: Library) -> None:
    found = library.find("Why?", k=3, collection="empty")
    assert excerpt("Why?", found) == []
