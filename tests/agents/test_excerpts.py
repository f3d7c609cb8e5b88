"""Longer questions get the sentences that belong together."""

from pathlib import Path

import pytest
from ayllu.agents.asking.questions import with_history
from ayllu.agents.judging import answerable as critic
from ayllu.agents.writing.quotation import excerpt, led_in
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
def test_the_quotation_begins_and_ends_where_it_should(library: Library, question: str, first: str, last: str) -> None:
    found = library.retrieve(question, k=3, collection=load_sample(library))
    quoted = [one.text for one in excerpt(question, found, library)]
    assert quoted[0].startswith(first)
    assert quoted[-1].startswith(last)


def test_without_evidence_there_is_nothing_to_quote(library: Library) -> None:
    found = library.retrieve("Why?", k=3, collection="empty")
    assert excerpt("Why?", found, library) == []


def test_a_sentence_that_points_back_brings_the_one_before_it_along(library: Library, tmp_path: Path) -> None:
    page = tmp_path / "people.md"
    page.write_text("- Ana Rojas is the treasurer. She keeps the key of the safe.\n- They meet in the attic.\n", "utf-8")
    library.ingest([str(page)], collection="c")
    found = library.retrieve("Who keeps the key of the safe?", collection="c")
    safe = next(one for one in found.sentences if "safe" in one.text)
    (longer,) = led_in([safe], found)
    assert longer.text == "Ana Rojas is the treasurer. She keeps the key of the safe."
    assert library.source_text(str(page), "c")[longer.start : longer.end] == longer.text
    both = [one for one in found.sentences if one.text.startswith(("Ana", "She"))]
    assert led_in(both, found) == both  # what is quoted anyway is not quoted twice
    attic = next(one for one in found.sentences if "attic" in one.text)
    assert led_in([attic], found) == [attic]  # another list item is not what "they" points to


def test_a_few_documents_about_one_thing_answer_as_surely_as_among_many_others(library: Library, tmp_path: Path) -> None:
    (tmp_path / "herbs.md").write_text("Basil is a herb. The herb basil likes warmth.")
    (tmp_path / "mint.md").write_text("Basil and mint are herbs. This herb is no basil.")
    question = "Which warmth does the herb basil favour?"

    def seen() -> critic.Signals:
        library.ingest([str(tmp_path)], collection="c")
        return critic.signals(library, question, library.retrieve(question, collection="c"))

    alone = seen()
    for one in range(150):
        (tmp_path / f"{one}.md").write_text(f"Notes of number {one}.")
    among_many = seen()
    assert 0.5 < alone.passage_coverage == pytest.approx(among_many.passage_coverage, abs=0.05)
    assert 0.5 < alone.pair_coverage == pytest.approx(among_many.pair_coverage, abs=0.05)


def test_a_follow_up_is_not_answered_by_the_words_of_the_turn_before(library: Library) -> None:
    where = load_sample(library)

    def chance(second: str) -> float:
        query = with_history(second, [("How old must members be to borrow the chainsaw?", "21")])
        return critic.answerable(critic.signals(library, query, library.retrieve(query, collection=where), second))

    assert chance("Which petrol does it run on?") > critic.CALIBRATION.threshold > chance("What colour is it?")
