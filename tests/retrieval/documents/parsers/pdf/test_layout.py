"""The words of a page come in the order in which they are read, in paragraphs, lists, code and tables."""

from __future__ import annotations

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, parse

from .sheets import Sheet, pdf


def read(*sheets: Sheet, catalog: str = "") -> Parsed:
    return parse("a.pdf", pdf(sheets, catalog=catalog))


def blocks(parsed: Parsed, kind: BlockKind) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind is kind]


LEFT = (
    "The bell tower was built in",
    "1873 by the mason Aldous",
    "Finch. It holds three bells",
    "of bronze, and the largest",
)
RIGHT = ("was cast in winter by the", "firm of Tarrant and Sons.", "It must be wound on every", "Friday by the keeper.")


@pytest.mark.parametrize("row_by_row", [False, True])
def test_columns_are_read_from_top_to_bottom_however_the_file_has_them(row_by_row: bool) -> None:
    sheet = Sheet().text(72, 80, "On the tower of the harbour and on the clock that was put into it in 1901", size=11)
    if row_by_row:
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            sheet.text(72, 120 + 13 * number, left).text(300, 120 + 13 * number, right)
    else:
        sheet.lines(72, 120, LEFT).lines(300, 120, RIGHT)
    text = read(sheet).text
    assert "three bells of bronze, and the largest was cast in winter by the firm" in text
    assert text.index("On the tower") < text.index("The bell") < text.index("It must be wound on every Friday")


def test_lines_become_paragraphs_and_divided_words_whole() -> None:
    sheet = Sheet().lines(
        72, 100, ["The regulation of the water-", "ways is the duty of the har-", "bour and of well-", "known men."]
    )
    sheet.lines(72, 170, ["A second paragraph stands apart from", "the first."])
    assert blocks(read(sheet), BlockKind.PARAGRAPH) == [
        "The regulation of the waterways is the duty of the harbour and of well-known men.",
        "A second paragraph stands apart from the first.",
    ]


def test_what_the_document_writes_elsewhere_decides_on_a_hyphen() -> None:
    sheet = Sheet().lines(72, 100, ["The coffee-house is old.", "He met them in the coffee-", "house."])
    assert read(sheet).text.endswith("in the coffee-house.")


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    first = Sheet().lines(72, 100, ["The keeper must trim the lamp every evening before"])
    second = Sheet().lines(72, 100, ["sunset, and log the oil.", "It is green."])
    parsed = read(first, second)
    assert "every evening before sunset, and log the oil." in parsed.text
    assert parsed.text[parsed.pages[1].start :].startswith("sunset")


def test_text_that_runs_upwards_and_pages_that_are_turned_are_read() -> None:
    assert read(Sheet().text(300, 500, "The drawbridge timetable", upwards=True)).text == "The drawbridge timetable"
    turned = Sheet(rotation=90).text(100, 300, "Speaks of marmalade.")
    assert read(turned).text == "Speaks of marmalade."


def _fees(sheet: Sheet, rows: list[tuple[str, ...]], top: float = 100) -> Sheet:
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                sheet.text(80 + 110 * column, top + 18 * number, cell)
    return sheet


FEES = [("Ticket", "Adult", "Child"), ("Single", "6.00", "3.00"), ("Ten visits", "", "25.00"), ("Season", "80.00", "")]
FEE_ROWS = [
    "Ticket: Single; Adult: 6.00; Child: 3.00.",
    "Ticket: Ten visits; Adult: –; Child: 25.00.",
    "Ticket: Season; Adult: 80.00; Child: –.",
]


def test_a_table_without_lines_keeps_its_columns_where_cells_are_blank() -> None:
    assert blocks(read(_fees(Sheet(), FEES)), BlockKind.TABLE_ROW) == FEE_ROWS


def test_a_table_with_lines_keeps_its_columns_and_joins_the_lines_of_a_cell() -> None:
    sheet = _fees(Sheet(), [*FEES, ("Group of ten and", "40.00", "20.00")]).text(80, 184, "more", size=11)
    for y in (86, 104, 122, 140, 158, 194):
        sheet.rule(75, y, 400, y)
    for x in (75, 185, 295, 400):
        sheet.rule(x, 86, x, 194)
    assert blocks(read(sheet), BlockKind.TABLE_ROW) == [
        *FEE_ROWS,
        "Ticket: Group of ten and more; Adult: 40.00; Child: 20.00.",
    ]


def test_two_rows_of_amounts_under_one_rule_are_two_rows() -> None:
    sheet = _fees(Sheet(), FEES)
    for y in (86, 104, 140, 176):
        sheet.rule(75, y, 400, y)
    for x in (75, 185, 295, 400):
        sheet.rule(x, 86, x, 176)
    assert blocks(read(sheet), BlockKind.TABLE_ROW) == FEE_ROWS


def test_a_title_within_a_table_is_kept_and_known_to_its_rows() -> None:
    sheet = _fees(Sheet(), [("Fees of the bath",), *FEES])
    for y in (86, 104, 122, 140, 158, 176):
        sheet.rule(75, y, 400, y)
    for x in (75, 185, 295, 400):
        sheet.rule(x, 86, x, 176)
    parsed = read(sheet)
    rows = [block for block in parsed.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [parsed.text[row.start : row.end] for row in rows] == ["Fees of the bath", *FEE_ROWS]
    assert {row.context for row in rows[1:]} == {"Fees of the bath"}


def test_code_keeps_its_lines_and_indents() -> None:
    sheet = (
        Sheet()
        .lines(72, 100, ["Run it so:"])
        .lines(90, 130, ["for pier in piers:"], "C")
        .lines(116.4, 143, ["ring(pier)"], "C")
    )
    assert blocks(read(sheet), BlockKind.CODE) == ["for pier in piers:\n    ring(pier)"]


def test_a_term_stays_with_what_is_said_of_it() -> None:
    sheet = (
        Sheet()
        .text(72, 100, "--max-ppsize=N", "C")
        .lines(108, 114, ["Specify the maximum size of the stack.", "It is 10000."])
    )
    sheet.text(72, 150, "--quiet", "C").lines(108, 164, ["Say nothing at all."])
    sheet.lines(72, 200, ["A line of text that stands at the margin again and goes on to the right."])
    assert blocks(read(sheet), BlockKind.DEFINITION) == [
        "--max-ppsize=N\n    Specify the maximum size of the stack. It is 10000.",
        "--quiet\n    Say nothing at all.",
    ]


def test_a_term_stays_with_what_stands_beside_it_and_the_rest_knows_the_term() -> None:
    sheet = (
        Sheet().text(72, 100, "a").lines(130, 100, ["Sort in the order of the array; with two of them", "in reverse order."])
    )
    sheet.lines(130, 140, ["Quoting does not work here, and is left out by", "the shell."])
    sheet.text(72, 180, "b").lines(130, 180, ["Quote with backslashes what is special to a", "pattern."])
    parsed = read(sheet)
    assert blocks(parsed, BlockKind.DEFINITION) == [
        "a\n    Sort in the order of the array; with two of them in reverse order.",
        "b\n    Quote with backslashes what is special to a pattern.",
    ]
    assert [block.context for block in parsed.blocks if block.kind is BlockKind.PARAGRAPH] == ["a"]


def test_headings_have_levels_by_their_size_and_the_first_is_the_title() -> None:
    sheet = Sheet().text(72, 90, "Harbour handbook", "B", 24).lines(72, 130, ["About the harbour and its boats."] * 3)
    sheet.text(72, 200, "Lamps", "B", 16).lines(72, 230, ["They are trimmed every evening, all of them."] * 3)
    parsed = read(sheet)
    assert [(parsed.text[b.start : b.end], b.level) for b in parsed.blocks if b.kind is BlockKind.HEADING] == [
        ("Harbour handbook", 1),
        ("Lamps", 2),
    ]
    assert parsed.title == "Harbour handbook"


def test_running_heads_and_page_numbers_are_not_in_the_text_and_numbers_become_labels() -> None:
    sheets = [
        Sheet()
        .text(72, 40, f"Harbour manual: chapter {1 + number // 4}")
        .text(500, 40, str(number + 17))
        .lines(72, 100, [f"On page {number} the keeper writes of {word}."])
        for number, word in enumerate(("lamps", "oil", "ropes", "bells", "seals", "boats"))
    ]
    parsed = read(*sheets)
    assert [page.label for page in parsed.pages] == ["17", "18", "19", "20", "21", "22"]
    assert "Harbour manual" not in "".join(blocks(parsed, BlockKind.PARAGRAPH))
    assert blocks(parsed, BlockKind.PARAGRAPH)[5] == "On page 5 the keeper writes of boats."


def test_labels_of_the_file_are_those_of_the_pages() -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 1 >>] >>"
    parsed = read(*(Sheet().text(72, 200, f"Leaf {number}.") for number in range(4)), catalog=labels)
    assert [page.label for page in parsed.pages] == ["i", "ii", "1", "2"]


def test_contents_with_leaders_are_furniture() -> None:
    lines = [f"Chapter {number} {'. ' * 30}{number * 7}" for number in range(1, 9)]
    parsed = read(Sheet().text(72, 80, "Contents", "B", 16).lines(72, 120, lines), Sheet().lines(72, 100, ["Text begins."]))
    assert "Chapter 8" in blocks(parsed, BlockKind.FURNITURE)[0]
    assert blocks(parsed, BlockKind.PARAGRAPH) == ["Text begins."]
