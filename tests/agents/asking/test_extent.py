"""Which questions ask for all of a document, and for what of it."""

import pytest
from ayllu.agents.asking import Extent, wanted_extent


@pytest.mark.parametrize(
    ("question", "form", "topic", "document", "refers"),
    [
        ("Summarise this document", "summary", "", "", "this"),
        ("What is this document about?", "summary", "", "", "this"),
        ("Fasse dieses Dokument zusammen", "summary", "", "", "this"),
        ("Riassumi questo documento", "summary", "", "", "this"),
        ("TL;DR", "summary", "", "", "this"),
        ("Summarise all documents", "summary", "", "", "all"),
        ("summarize handbook.pdf", "summary", "", "handbook.pdf", ""),
        ("Give me a short summary of the minutes, please", "summary", "", "the minutes", ""),
        ("Summarise the fees in handbook.pdf", "summary", "the fees", "handbook.pdf", ""),
        ("Summarise this document (the handbook)", "summary", "", "the handbook", ""),
        ("list every fee", "list", "fee", "", ""),
        ("List all the courses", "list", "courses", "", ""),
        ("Nenne alle Kurse", "list", "Kurse", "", ""),
        ("list every date in the minutes", "list", "date", "the minutes", ""),
        ("Find all dates in the file", "list", "dates", "", "this"),
    ],
)
def test_what_is_wanted_of_which_document(question: str, form: str, topic: str, document: str, refers: str) -> None:
    extent = wanted_extent(question)
    assert isinstance(extent, Extent)
    assert (extent.form, extent.topic, extent.document, extent.refers) == (form, topic, document, refers)


@pytest.mark.parametrize(
    "question",
    [
        "Who founded the library?",
        "Compare the drill and the saw",
        "List the fees",
        "Tell me about fees",
        "What is it about?",
        "What is a chainsaw about?",
        "Show me the way",
    ],
)
def test_what_passages_answer_is_left_to_them(question: str) -> None:
    assert wanted_extent(question) is None
