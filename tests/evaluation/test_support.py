"""A sentence is supported by a passage that has its numbers and most of its words, and a mark is right where that one is."""

from ayllu.evaluation.support import measure_support
from ayllu.retrieval import Document, Library, Parsed

PASSAGES = ["The ferry to Amantani leaves at 7:45 from pier 3.", "The bakery sells barley bread on Thursdays for 4 soles."]


OTHERS = ["The mill grinds at night.", "Nobody swims in the lake."]
ANSWERS = {
    "The ferry leaves at 7:45.": (1.0, None),
    "The ferry leaves at 8:45.": (0.0, None),
    "The bakery sells barley bread. The king of Spain owns a zeppelin.": (0.5, None),
    "The ferry leaves at 7:45 [1]. The bakery sells bread. [1]": (1.0, 0.5),
    "The ferry leaves from pier 3 [2][1].": (1.0, 1.0),
    "> “The bakery sells barley bread on Thursdays for 4 soles.” [2]": (1.0, 1.0),
    "The bakery sells bread [7].": (1.0, 0.0),
    "[1]": (None, None),
    "": (None, None),
}


def test_sentences_and_marks_are_judged_by_what_the_passages_hold(library: Library) -> None:
    library.add([Document("c", str(n), "t", Parsed(text, "text/plain")) for n, text in enumerate((*PASSAGES, *OTHERS))])
    measured = {answer: measure_support(library, answer, PASSAGES) for answer in ANSWERS}
    assert {answer: (each.supported, each.citation_support) for answer, each in measured.items()} == ANSWERS
