"""Texts and spreadsheets of LibreOffice."""

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, Unreadable, parse

from .packing import open_table, opendocument, packed


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def read(body: str, styles: str = "") -> Parsed:
    return parse("a.odt", opendocument("text", body, styles=styles))


def test_headings_spaces_notes_and_comments_are_read() -> None:
    parsed = read(
        '<text:tracked-changes><text:p>struck</text:p></text:tracked-changes><text:h text:outline-level="2">Kilns</text:h>'
        '<text:p>Two<text:s text:c="2"/><text:span>tonnes</text:span><text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Dry.</text:p></text:note-body></text:note>."
        "<office:annotation><dc:creator>Ada</dc:creator><text:p>Sure?</text:p></office:annotation></text:p>"
    )
    assert blocks(parsed) == ["Kilns", "Two  tonnes.", "Footnote: Dry.", "Comment by Ada: Sure?"]
    assert (parsed.blocks[0].kind, parsed.blocks[0].level) == (BlockKind.HEADING, 2)


def test_lists_count_as_their_style_says() -> None:
    style = (
        '<text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    )
    inner = "<text:list><text:list-item><text:p>left</text:p></text:list-item></text:list>"
    parsed = read(
        f'<text:list text:style-name="L"><text:list-item><text:p>open</text:p>{inner}</text:list-item>'
        "<text:list-item><text:p>close</text:p></text:list-item></text:list>",
        style,
    )
    assert blocks(parsed) == ["1. open", "a) left", "2. close"]


def test_cells_keep_their_columns() -> None:
    row = (
        "<table:table-row><table:table-cell><text:p>Yard</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-spanned="2">'
        "<text:p>closed</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table>"
    )
    table = open_table(("Stall", "2023", "2024"), ("Loft", "", "300")).replace("</table:table>", row)
    assert blocks(read(table)) == ["Stall: Loft; 2023: –; 2024: 300.", "Stall: Yard; 2023, 2024: closed."]


def test_boxes_pictures_contents_and_equations_are_told_apart() -> None:
    parsed = read(
        "<text:table-of-content><text:index-body><text:p>Kilns 7</text:p></text:index-body></text:table-of-content>"
        "<text:p>Seen.<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
        "<draw:frame><draw:image/></draw:frame><draw:frame><draw:object><m:math xmlns:m='http://www.w3.org/1998/Math/MathML'>"
        "<m:mfrac><m:mi>a</m:mi><m:mn>2</m:mn></m:mfrac></m:math></draw:object></draw:frame></text:p>"
    )
    assert blocks(parsed) == ["Kilns 7", "Seen.a/2", "In a box."]
    assert parsed.blocks[0].kind is BlockKind.FURNITURE
    assert parsed.notes == ["1 picture is not read"]


def test_a_spreadsheet_has_its_sheets_and_names_its_columns() -> None:
    comment = "<office:annotation><text:p>Loud</text:p></office:annotation><text:p>Saw</text:p>"
    sheets = open_table(("Tool", "Rate"), ("Saw", "7.00 €")).replace("<text:p>Saw</text:p>", comment)
    parsed = parse("a.ods", opendocument("spreadsheet", sheets + open_table(("Name", "Age"), ("Ada", "40"), name="People")))
    assert blocks(parsed) == ["Prices", "Tool: Saw; Rate: 7.00 €.", "Comment: Loud", "People", "Name: Ada; Age: 40."]
    assert [page.label for page in parsed.pages] == ["Prices", "People"]


def test_what_is_repeated_a_billion_times_costs_nothing() -> None:
    many = 'table:number-columns-repeated="999999999"'
    rows = open_table(("a", "b"), ("c", "1")).replace("<table:table-cell>", f"<table:table-cell {many}>")
    parsed = parse(
        "a.ods",
        opendocument("spreadsheet", rows.replace("<table:table-row>", '<table:table-row number-rows-repeated="99">')),
    )
    assert len(parsed.text) < 1_000_000
    assert len(parse("a.odt", opendocument("text", rows)).text) < 1_000_000
    assert len(read('<text:p>a<text:s text:c="999999999"/>b</text:p>').text) < 1000


def test_a_locked_document_is_refused() -> None:
    manifest = "<m:manifest xmlns:m='x'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    content = packed({"mimetype": "x", "content.xml": "\x01", "META-INF/manifest.xml": manifest})
    with pytest.raises(Unreadable, match="encrypted"):
        parse("a.odt", content)


def test_what_is_not_shown_is_left_out_and_said() -> None:
    style = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="P" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    )
    parsed = read(
        '<text:p>Seen <text:span text:style-name="H">unseen</text:span></text:p>'
        '<text:p text:style-name="P">nor this</text:p>',
        style,
    )
    assert blocks(parsed) == ["Seen"]
    assert "hidden text is left out" in parsed.notes
