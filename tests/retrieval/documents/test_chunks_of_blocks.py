"""What blocks say of a text decides where it is cut, what goes with a chunk, and what is in none."""

import re
from collections.abc import Sequence

from ayllu.retrieval.docstore import ChunkRecord
from ayllu.retrieval.documents import Parsed, cut_chunks
from ayllu.retrieval.documents.parsers import BlockKind
from ayllu.retrieval.documents.parsers.builder import TextBuilder


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def cut(parsed: Parsed, most: int, window: int | None = None) -> Sequence[ChunkRecord]:
    chunks = cut_chunks(parsed, max_tokens=most, token_offsets=words, window=window)
    assert all(chunk.text == parsed.text[chunk.start : chunk.end] for chunk in chunks)
    return chunks


def test_furniture_is_in_no_chunk_and_divides_what_stands_around_it() -> None:
    builder = TextBuilder()
    builder.add("Kilns", BlockKind.HEADING, level=1)
    builder.add("Kilns ........ 3", BlockKind.FURNITURE)
    builder.add("A kiln is hot.")
    builder.add("12 Handbook 2024", BlockKind.FURNITURE)
    builder.add("It cools slowly.")
    chunks = cut(builder.build("text/plain"), 50)
    assert [chunk.text for chunk in chunks] == ["Kilns", "A kiln is hot.", "It cools slowly."]
    assert [chunk.weight < 1 for chunk in chunks] == [True, False, False]  # a heading alone says nothing
    assert [chunk.heading for chunk in chunks] == ["", "Kilns", "Kilns"]


def test_a_term_stays_with_its_definition_and_goes_with_what_of_it_is_cut_off() -> None:
    builder = TextBuilder()
    for name, words_of_it in (("--depth=N", 6), ("--size=N", 30)):
        text = " ".join(f"{name} says {number}." for number in range(words_of_it // 3))
        builder.add(f"{name}\nThis {text}", BlockKind.DEFINITION)
    chunks = cut(builder.build("text/plain"), 40)
    assert chunks[0].text.startswith("--depth=N\nThis")
    assert "--size" not in chunks[0].text
    assert all(chunk.context == "--size=N" for chunk in chunks[2:])
    assert len(chunks) > 2
    assert chunks[1].text.startswith("--size=N")
    assert not chunks[1].context


def test_a_heading_stays_with_what_follows_it() -> None:
    builder = TextBuilder()
    builder.add("One two three four five six seven.")
    builder.add("Water", BlockKind.HEADING, level=1)
    builder.add("Alpha beta gamma delta epsilon zeta eta. Theta iota kappa lambda my ny xi.")
    chunks = cut(builder.build("text/plain"), 12)
    assert [chunk.text.split()[0] for chunk in chunks] == ["One", "Water", "Theta"]
    assert "eta." in chunks[1].text
    assert chunks[2].heading == "Water"


def test_code_is_cut_between_lines() -> None:
    builder = TextBuilder()
    builder.add("\n".join(f"    call({number}, {number})" for number in range(12)), BlockKind.CODE)
    chunks = cut(builder.build("text/plain"), 20)
    assert len(chunks) > 1
    assert all(line.startswith("    call(") and line.endswith(")") for chunk in chunks for line in chunk.text.splitlines())


def test_rows_carry_their_columns_and_a_wide_row_is_cut_between_cells_that_carry_its_key() -> None:
    builder = TextBuilder()
    builder.add("Oak | 12 | 30", BlockKind.TABLE_ROW, context="Wood | Width | Height", after="\n")
    builder.add("Ash | 9 | 20", BlockKind.TABLE_ROW, context="Wood | Width | Height")
    builder.add(
        " | ".join(["P7", *(f"note {number} of it" for number in range(8))]),
        BlockKind.TABLE_ROW,
        context=" | ".join(["Planer", *(f"Month{number}" for number in range(8))]),
    )
    narrow, *wide = cut(builder.build("text/csv"), 20, window=60)
    assert (narrow.text, narrow.context) == ("Oak | 12 | 30\nAsh | 9 | 20", "Wood | Width | Height")
    assert wide[0].text.startswith("P7 | note 0")
    sixth = next(chunk for chunk in wide if "note 6" in chunk.text)
    assert sixth.context.startswith("Planer: P7\n")
    assert "Month6" in sixth.context
    assert "Month0" not in sixth.context


def test_a_list_goes_with_what_introduces_it() -> None:
    builder = TextBuilder()
    builder.add("Bees like it warm. The following may not be borrowed:")
    for number in range(8):
        builder.add(f"- the big saw of bench {number}", BlockKind.LIST_ITEM, after="\n")
    chunks = cut(builder.build("text/plain"), 26, window=60)
    assert "borrowed:" in chunks[0].text
    assert "bench 0" in chunks[0].text
    assert {chunk.context for chunk in chunks[1:]} == {"The following may not be borrowed:"}


def test_a_paragraph_that_runs_over_a_pages_end_stays_whole() -> None:
    builder = TextBuilder()
    builder.begin_page("iv")
    builder.add("The kiln is fired for")
    builder.begin_page("v")
    builder.add("nine hours. Then it rests.")
    builder.begin_page("vi")
    builder.add("Glazes are mixed cold.")
    chunks = cut(builder.build("application/pdf"), 30)
    assert [(chunk.page, chunk.page_label) for chunk in chunks] == [(1, "iv"), (3, "vi")]
    assert chunks[0].text.split()[4:7] == ["for", "nine", "hours."]


def test_what_goes_with_a_chunk_takes_of_its_room() -> None:
    builder = TextBuilder()
    builder.add("word " * 20, BlockKind.HEADING, level=1)
    builder.add("Alpha beta. " * 60)
    chunks = cut(builder.build("text/plain"), 40, window=50)
    assert all(len(words(f"{chunk.heading} {chunk.text}")) <= 50 for chunk in chunks)


def test_a_chunk_says_what_its_parts_are() -> None:
    builder = TextBuilder()
    builder.add("Water", BlockKind.HEADING, level=2)
    builder.add("It is wet.")
    builder.add("- cold", BlockKind.LIST_ITEM, level=1)
    (chunk,) = cut(builder.build("text/plain"), 40)
    marks = [(mark.kind, chunk.text[mark.start : mark.end], mark.level) for mark in chunk.marks]
    assert marks == [("heading", "Water", 2), ("list item", "- cold", 1)]


def test_a_heading_of_any_length_is_cut() -> None:
    builder = TextBuilder()
    builder.add("Kilns", BlockKind.HEADING, level=1)
    builder.add("fired " * 500, BlockKind.HEADING, level=2)
    builder.add("They are hot.")
    parsed = builder.build("text/plain")
    chunks = cut(parsed, 40)
    assert max(len(chunk.text.split()) for chunk in chunks) <= 40
    assert sum(chunk.text.count("fired") for chunk in chunks) == 500
    assert "They are hot." in chunks[-1].text
