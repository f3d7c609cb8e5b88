"""A short answer stands, letter by letter, in the sentence that is quoted beneath it."""

import pytest
from ayllu.agents.writing.span.ranking import Ranked
from ayllu.agents.writing.span.writer import in_their_sentences
from ayllu.retrieval import Passage, Sentence

TEXTS = ["The forest lost rose from 415,000 to\n587,000 square kilometres.", "This basin has 7,000,000 square kilometres."]
SENTENCES = [
    Sentence(Passage("c1", "amazon.txt", None, text, 0, len(text), 1.0, 1.0), text, 0, len(text), 1.0, 0.5, 0.5, False)
    for text in TEXTS
]


def candidate(text: str, sentence: int) -> Ranked:
    return Ranked(text, 1.0, 0.5, (), sentence)


@pytest.mark.parametrize(("text", "place"), [("7,000,000", 1), ("587,000", 0), ("to 587,000", 0), ("square kilometres", 0)])
def test_a_phrase_goes_with_a_sentence_that_has_it(text: str, place: int) -> None:
    (anchored,) = in_their_sentences([candidate(text, 0)], SENTENCES, tuned=False)
    assert (anchored.text, anchored.sentence) == (text, place)


def test_a_phrase_that_no_sentence_has_is_no_answer_unless_the_whole_passage_was_read() -> None:
    made_up = [candidate("7,000,587", 0), candidate("7,000,000", 1)]
    assert [each.text for each in in_their_sentences(made_up, SENTENCES, tuned=False)] == ["7,000,000"]
    assert len(in_their_sentences(made_up, SENTENCES, tuned=True)) == 2
