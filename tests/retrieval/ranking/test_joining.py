"""Hits are read with their neighbours, as a stretch of their source, and nothing twice."""

from pathlib import Path

from ayllu.retrieval import Document, Library, Passage
from ayllu.retrieval.docstore import DocStore
from ayllu.retrieval.documents import IngestOptions, Parsed
from ayllu.retrieval.documents.parsers import BlockKind, TextBuilder
from ayllu.retrieval.ranking import join_neighbours

LONG = "Clay is dug in spring and left to rest. " * 8


def kept(library: Library, parsed: Parsed, most: int = 30) -> list[Passage]:
    """The chunks of a document, in their order, once it is in the library."""
    with library.writing():
        library.add([Document("c", "kiln.txt", "kiln.txt", parsed)], chunk_tokens=most)
    hits = library.search("kiln clay oak glaze hours", k=50, mode="dense", collection="c", merge=False)
    return sorted(hits, key=lambda hit: hit.start)


def test_a_small_hit_takes_in_what_stands_next_to_it_in_its_section(library: Library) -> None:
    builder = TextBuilder()
    builder.add("Kilns", BlockKind.HEADING, level=1)
    for text in (
        "The kiln is made of oak and clay, as it was in the beginning.",
        "It is fired for nine hours, twice a year.",
    ):
        builder.add(text)
    builder.add("Glazes", BlockKind.HEADING, level=1)
    builder.add("Glazes are mixed cold, by hand, in a bowl made for that alone.")
    parsed = builder.build("text/plain")
    first, second, third = kept(library, parsed, most=20)
    docstore = DocStore(library.folder)
    (joined,) = join_neighbours([second], 1, docstore)
    assert joined.text == parsed.text[joined.start : joined.end]
    assert (joined.start, joined.end) == (first.start, second.end)
    assert joined.chunk_id == second.chunk_id
    assert [parsed.text[joined.start :][mark.start : mark.end] for mark in joined.marks] == ["Kilns"]
    assert [each.text for each in join_neighbours([third], 1, docstore)] == [third.text]
    assert len(join_neighbours([second, first, third], 3, docstore)) == 2  # the first is shown with the second
    docstore.close()


def test_furniture_and_pages_part_neighbours_but_for_what_runs_on(library: Library) -> None:
    builder = TextBuilder()
    builder.begin_page("iv")
    builder.add("The kiln is made of oak and clay, as it was in the beginning of it.")
    builder.add("12 Handbook of kilns", BlockKind.FURNITURE)
    builder.add("It is fired for nine hours, twice a year, by the oldest of the potters.")
    builder.begin_page("v")
    builder.add("Glazes are mixed cold, by hand, in a bowl that was made for that alone.")
    parsed = builder.build("text/plain")
    first, second, third = kept(library, parsed, most=20)
    docstore = DocStore(library.folder)
    assert join_neighbours([first], 1, docstore)[0].text == first.text
    assert join_neighbours([third], 1, docstore)[0].text == third.text  # a page is not named before the hit's own
    (joined,) = join_neighbours([second], 1, docstore)
    assert joined.end == third.end
    assert (joined.page, joined.marks[-1].level, joined.marks[-1].label) == (1, 2, "v")
    docstore.close()


def test_a_hit_of_usual_size_stays_alone_and_neighbours_that_are_both_hits_are_one(library: Library) -> None:
    builder = TextBuilder()
    builder.add(LONG * 6)
    parsed = builder.build("text/plain")
    first, second, *_ = kept(library, parsed, most=160)
    docstore = DocStore(library.folder)
    assert [each.text for each in join_neighbours([first], 1, docstore)] == [first.text]
    (both,) = join_neighbours([second, first], 2, docstore)
    assert (both.start, both.end) == (first.start, second.end)
    docstore.close()


def test_evidence_names_the_page_and_the_line_that_it_stands_at(library: Library, tmp_path: Path) -> None:
    (tmp_path / "kiln.md").write_text("# Kilns\n\nOne line.\nThe kiln is fired for nine hours.\n", "utf-8")
    library.ingest([str(tmp_path / "kiln.md")], collection="c", options=IngestOptions())
    best = library.retrieve("For how many hours is the kiln fired?", collection="c").sentences[0]
    assert best.place is not None
    assert (best.text, best.place.line, best.path) == ("The kiln is fired for nine hours.", 4, "Kilns")


def test_a_sentence_over_a_page_s_end_stands_on_the_page_that_has_most_of_it(library: Library) -> None:
    builder = TextBuilder()
    builder.begin_page()
    builder.add("The oldest kiln stands by the river, and", after=" ")
    builder.begin_page(before="")
    builder.add("it was built of oak and clay by seven brothers in a single dry summer, as the chronicle says.")
    builder.add("Glazes are mixed cold.")
    with library.writing():
        library.add([Document("c", "kiln.txt", "kiln.txt", builder.build("text/plain"))])
    sentences = library.retrieve("Who built the oldest kiln by the river of oak?", collection="c").sentences
    pages = {sentence.text.split()[0]: sentence.place.page for sentence in sentences if sentence.place}
    assert pages == {"The": 2, "Glazes": 2}
