"""Longer questions get the sentences that belong together."""

from pathlib import Path

import pytest
from ayllu.agents.writing import excerpt, with_antecedents
from ayllu.retrieval import Library, load_sample

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("How do I borrow a tool?", "1. Look the tool up", "The loan lasts seven days"),
        ("Why is the library closed on Mondays?", "It is closed on Mondays", "It is closed on Mondays"),
        ("What should I wear when using the chainsaw?", "The chainsaw is lent", "The chainsaw runs on"),
        ("How can I have a tool delivered to my home?", "Members who cannot carry", "Members who cannot carry"),
        ("How can I return a tool when the library is closed?", "Between 24 December", "Small items can be returned"),
        ("Why are seeds kept cold?", "Seeds are kept in glass jars", "Seeds are kept in glass jars"),
        ("Summarise the house rules.", "Treat every tool as if", "Do not lend a borrowed tool"),
        ("Compare electric and hand tools.", "Electric tools are faster", "For work on a Sunday"),
    ],
)
def test_the_quotation_begins_and_ends_where_it_should(real_library: Library, question: str, first: str, last: str) -> None:
    retrieved = real_library.retrieve(question, k=3, collection=load_sample(real_library))
    quoted = [sentence.text for sentence in excerpt(question, retrieved, real_library)]
    assert quoted[0].startswith(first)
    assert quoted[-1].startswith(last)


def test_without_evidence_there_is_nothing_to_quote(real_library: Library) -> None:
    retrieved = real_library.retrieve("Why?", k=3, collection="empty")
    assert excerpt("Why?", retrieved, real_library) == []


def test_a_sentence_that_points_back_brings_the_one_before_it_along(real_library: Library, tmp_path: Path) -> None:
    page = tmp_path / "people.md"
    page.write_text("- Ana Rojas is the treasurer. She keeps the key of the safe.\n- They meet in the attic.\n", "utf-8")
    real_library.ingest([str(page)], collection="c")
    retrieved = real_library.retrieve("Who keeps the key of the safe?", collection="c")
    safe = next(sentence for sentence in retrieved.sentences if "safe" in sentence.text)
    (longer,) = with_antecedents([safe], retrieved)
    assert longer.text == "Ana Rojas is the treasurer. She keeps the key of the safe."
    assert real_library.source_text(str(page), "c")[longer.start : longer.end] == longer.text
    both = [sentence for sentence in retrieved.sentences if sentence.text.startswith(("Ana", "She"))]
    assert with_antecedents(both, retrieved) == both  # what is quoted anyway is not quoted twice
    attic = next(sentence for sentence in retrieved.sentences if "attic" in sentence.text)
    assert with_antecedents([attic], retrieved) == [attic]  # another list item is not what "they" points to
