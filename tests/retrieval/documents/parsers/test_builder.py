"""Text put together block by block."""

from ayllu.retrieval.documents.parsers import BlockKind, TextBuilder


def test_blocks_and_pages_stand_where_their_text_stands() -> None:
    builder = TextBuilder()
    builder.title = "A \n title"
    builder.begin_page("iv")
    builder.add(" Kilns ", BlockKind.HEADING, level=1)
    builder.add("  if hot:\n    wait\n", BlockKind.CODE)
    builder.begin_page()
    builder.add("   ")
    builder.add("1200 | dear", BlockKind.TABLE_ROW, context="degrees | price", after="\n")
    parsed = builder.build("text/x")
    assert parsed.title == "A title"
    assert [parsed.text[block.start : block.end] for block in parsed.blocks] == [
        "Kilns",
        "  if hot:\n    wait",
        "1200 | dear",
    ]
    assert parsed.blocks[2].context == "degrees | price"
    assert [page.label for page in parsed.pages] == ["iv", None]
    assert parsed.text[parsed.pages[1].start : parsed.pages[1].end] == "1200 | dear"


def test_a_document_without_a_word_has_no_blocks() -> None:
    builder = TextBuilder()
    builder.begin_page()
    builder.begin_page()
    parsed = builder.build("text/x")
    assert (parsed.text, parsed.blocks) == ("", [])
    assert all((page.start, page.end) == (0, 0) for page in parsed.pages)
