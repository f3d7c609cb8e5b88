"""Word documents: all that a reader of the printed page sees is in the text, and in its place."""

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, Unreadable, parse

from .packing import SPACES, docx, packed, paragraph, relations, word_cells, word_table

HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="h{level}"><w:name w:val="heading {level}"/></w:style>' for level in (1, 2)
)
LISTS = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>'
)


def read(body: str, **parts: str) -> Parsed:
    return parse("a.docx", docx(body, parts))


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def item(text: str, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="7"/></w:numPr>')


def test_insertions_are_kept_and_deletions_are_gone() -> None:
    parsed = read(
        "<w:p><w:r><w:t>Notice is </w:t></w:r><w:del><w:r><w:delText>thirty</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>ninety</w:t></w:r></w:ins><w:r><w:t> days.</w:t></w:r></w:p>"
        f"<w:ins>{paragraph('A deposit is due.')}</w:ins>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>kept</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>struck</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert blocks(parsed) == ["Notice is ninety days.", "A deposit is due.", "kept"]


def test_headings_are_known_by_style_or_outline_and_give_the_title() -> None:
    styles = f'{HEADINGS}<w:style w:styleId="t"><w:name w:val="Title"/></w:style>'
    parsed = read(
        paragraph("Kilns", '<w:pStyle w:val="t"/>')
        + paragraph("Firing", '<w:pStyle w:val="h2"/>')
        + paragraph("Cooling", '<w:outlineLvl w:val="2"/>'),
        styles=styles,
    )
    assert parsed.title == "Kilns"
    assert [(block.kind, block.level) for block in parsed.blocks] == [(BlockKind.HEADING, level) for level in (1, 2, 3)]


def test_lists_and_headings_keep_their_numbers() -> None:
    numbered = '<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="7"/></w:numPr>'
    parsed = read(
        item("open") + item("left", 1) + item("right", 1) + item("close") + paragraph("After", numbered),
        styles=HEADINGS,
        numbering=LISTS,
    )
    assert blocks(parsed) == ["1. open", "1.a) left", "1.b) right", "2. close", "3. After"]
    assert [block.level for block in parsed.blocks[:2]] == [0, 1]


def test_equal_blank_and_merged_cells_keep_their_columns() -> None:
    span = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("closed")}</w:tc>'
    down = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + paragraph("Hall") + "</w:tc>"
    below = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}</w:tc>"
    parsed = read(
        word_table(
            word_cells("Stall", "2022", "2023"),
            word_cells("North", "500", "500"),
            word_cells("Loft", "", "300"),
            down + word_cells("1", "2"),
            below + word_cells("3", "4"),
            word_cells("Yard") + span,
        )
    )
    assert blocks(parsed) == [
        "Stall: North; 2022: 500; 2023: 500.",
        "Stall: Loft; 2022: –; 2023: 300.",
        "Stall: Hall; 2022: 1; 2023: 2.",
        "Stall: Hall; 2022: 3; 2023: 4.",
        "Stall: Yard; 2022, 2023: closed.",
    ]


def test_tables_within_tables_are_read_with_the_row_that_they_stand_in() -> None:
    inner = word_table(word_cells("Part", "Price"), word_cells("Seal", "4"))
    parsed = read(word_table(word_cells("Pump", "Parts"), word_cells("P1") + f"<w:tc>{inner}{paragraph('see list')}</w:tc>"))
    (row,) = [block for block in parsed.blocks if "Seal" in parsed.text[block.start : block.end]]
    assert parsed.text[row.start : row.end] == "Part: Seal; Price: 4."
    assert "P1 | see list" in row.context


def test_a_table_of_a_single_column_only_arranges_what_is_in_it() -> None:
    heading = paragraph("Firing", '<w:outlineLvl w:val="0"/>')
    parsed = read(word_table(f"<w:tc>{heading}{paragraph('Slowly.')}</w:tc>"))
    assert [block.kind for block in parsed.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


def test_controls_boxes_links_and_breaks_lose_no_word() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    parsed = read(
        f"<w:sdt><w:sdtPr><w:alias w:val='not text'/></w:sdtPr><w:sdtContent>{paragraph('Chosen.')}</w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>See</w:t><w:tab/></w:r><w:hyperlink><w:r><w:t>the manual</w:t></w:r></w:hyperlink></w:p>"
        f"<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        "<w:p><w:r><w:t>Beside it.</w:t><w:pict>"
        f"<v:textbox>{box.replace('the box', 'the old')}</v:textbox></w:pict></w:r></w:p>"
    )
    assert blocks(parsed) == ["Chosen.", "See the manual", "In the box.", "Beside it.", "In the old."]


def test_notes_comments_headers_and_footers_are_read_once() -> None:
    parsed = read(
        '<w:p><w:r><w:t>Two tonnes.</w:t><w:footnoteReference w:id="2"/><w:commentReference w:id="0"/></w:r></w:p>',
        footnotes=f'<w:footnote w:id="0" w:type="separator"/><w:footnote w:id="2">{paragraph("Dry.")}</w:footnote>',
        comments=f'<w:comment w:id="0" w:author="Ada">{paragraph("Sure?")}</w:comment>',
        header=paragraph("Document HX-7719"),
        footer=paragraph("Page 1 of 2"),
    )
    assert blocks(parsed) == ["Two tonnes.", "Footnote: Dry.", "Comment by Ada: Sure?", "Page header: Document HX-7719"]


@pytest.mark.parametrize(
    ("omml", "line"),
    [
        ("<m:r><m:t>F=7.5kN</m:t></m:r>", "F=7.5kN"),
        (
            "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e>"
            "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f>",
            "(a+b)/c^2",
        ),
        ("<m:rad><m:deg/><m:e><m:r><m:t>x</m:t></m:r></m:e></m:rad>", "√(x)"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub><m:r><m:t>i=1</m:t></m:r></m:sub>'
            "<m:sup><m:r><m:t>n</m:t></m:r></m:sup><m:e><m:r><m:t>i</m:t></m:r></m:e></m:nary>",
            "∑_(i=1)^n i",
        ),
    ],
)
def test_equations_are_read_as_a_line(omml: str, line: str) -> None:
    assert read(f"<w:p><m:oMath>{omml}</m:oMath></w:p>").text == line


def test_the_pages_are_those_that_word_has_laid_out() -> None:
    turn = "<w:lastRenderedPageBreak/>"
    parsed = read(f"{paragraph('First.')}<w:p><w:r>{turn}<w:t>Second.</w:t></w:r></w:p>{paragraph('Still second.')}")
    assert [parsed.text[page.start : page.end].split() for page in parsed.pages] == [
        ["First."],
        ["Second.", "Still", "second."],
    ]


def test_breaks_set_by_hand_give_pages_only_where_nothing_can_have_run_over() -> None:
    turn = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    assert len(read(paragraph("First.") + turn + paragraph("Second.")).pages) == 2
    assert not read(paragraph("First. " * 1000) + turn + paragraph("Which page?")).pages


def test_contents_and_code_are_known_by_their_styles() -> None:
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("t", "toc 1"), ("c", "Source Code"))
    )
    code = paragraph("if hot:", '<w:pStyle w:val="c"/>') + paragraph("    wait()", '<w:pStyle w:val="c"/>').replace(
        "<w:t>", '<w:t xml:space="preserve">'
    )
    parsed = read(paragraph("Kilns 7", '<w:pStyle w:val="t"/>') + code, styles=styles)
    assert [block.kind for block in parsed.blocks] == [BlockKind.FURNITURE, BlockKind.CODE]
    assert parsed.text.endswith("if hot:\n    wait()")


def test_what_is_left_out_is_told() -> None:
    picture = '<w:drawing><wp:docPr descr=""/><a:blip/></w:drawing>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    described = '<w:drawing><wp:docPr descr="A kiln"/><a:blip/></w:drawing>'
    parsed = read(f"<w:p><w:r><w:t>Seen.</w:t>{picture}{described}</w:r>{hidden}</w:p>")
    assert blocks(parsed) == ["Seen.", "Picture: A kiln"]
    assert parsed.notes == ["1 picture is not read", "hidden text is left out"]


def test_a_chart_is_read_as_its_numbers() -> None:
    def cache(kind: str, *values: str) -> str:
        points = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values))
        return f"<c:{kind}Cache>{points}</c:{kind}Cache>"

    series = (
        f"<c:ser><c:tx>{cache('str', 'Rent')}</c:tx><c:cat>{cache('str', 'North', 'South')}</c:cat>"
        f"<c:val>{cache('num', '500', '0.30000000000000004')}</c:val></c:ser>"
    )
    title = "<c:title><a:p><a:r><a:t>Rents</a:t></a:r></a:p></c:title>"
    chart = f"<c:chartSpace {SPACES}><c:chart>{title}{series}</c:chart></c:chartSpace>"
    body = '<w:p><w:r><w:drawing><c:chart r:id="p-chart"/></w:drawing></w:r></w:p>'
    assert blocks(read(body, chart=chart)) == ["Chart: Rents", "North: Rent: 500.", "South: Rent: 0.3."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed({"word/document.xml": "<!DOCTYPE w [<!ENTITY a 'aaaa'>]><w>&a;</w>"}), "declares entities"),
        (packed({"word/document.xml": "<w>" + "<a/>" * 5_100_000 + "</w>"}), "more elements than"),
        (packed({"word/document.xml": "<w>" * 300}), "damaged, or cut off"),
        (packed({"word/document.xml": "<?xml version='1.0' encoding='IBM037'?><w/>"}), "encoding that is not read"),
        (packed({f"word/{number}": "" for number in range(20_001)}), "more than 20,000 files"),
        (packed({"word/other.xml": "<w/>"}), "damaged, or cut off"),
        (docx(paragraph("whole"))[:-30], "damaged, or cut off"),
    ],
    ids=["entities", "elements", "depth", "encoding", "members", "no text part", "cut off"],
)
def test_a_hostile_document_is_refused_in_a_line(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse("a.docx", content)


def test_a_cell_that_claims_to_cover_a_billion_columns_costs_nothing() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph("wide")}</w:tc>'
    parsed = read(word_table(*[wide * 3] * 300, word_cells("a", "b")))
    assert len(parsed.text) < 10_000


def test_links_between_parts_lead_nowhere_else() -> None:
    members = {
        "_rels/.rels": relations({"r1": ("officeDocument", "../../etc/passwd")}),
        "word/document.xml": f"<w:document {SPACES}><w:body>{paragraph('Here.')}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations({"s": ("styles", "../../../etc/passwd"), "h": ("header", "document.xml")}),
    }
    assert parse("a.docx", packed(members)).text.startswith("Here.")
