"""Marks and the quotations that carry them."""

from ayllu.agents.writing import render_quotations
from ayllu.retrieval import Passage, Sentence

TEXT = "The ferry leaves at 7:45."


def quoted(source: str) -> Sentence:
    passage = Passage(source, f"{source}.md", None, TEXT, 0, len(TEXT), 0.5, 0.75)
    return Sentence(passage, TEXT, 0, len(TEXT), 1.0, 0.75, 0.5, False)


def test_a_sentence_that_several_passages_have_is_quoted_once_with_the_marks_of_all() -> None:
    answer, cited = render_quotations("7:45", [quoted("a"), quoted("b"), quoted("a")])
    assert answer == "7:45 [1]\n\n> “The ferry leaves at 7:45.” [1][2]"
    assert [passage.source for passage in cited] == ["a.md", "b.md"]
