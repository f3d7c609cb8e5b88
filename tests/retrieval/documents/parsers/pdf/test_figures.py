"""Tables of figures without lines: each amount stands with its label and with all that names its column."""

from __future__ import annotations

from collections.abc import Sequence

from ayllu.retrieval.documents.parsers import BlockKind, Parsed, parse

from .sheets import Sheet, pdf

COLUMNS = (330, 400, 470, 540)  # right edges
WIDTHS = {",": 2.5, ".": 2.5, "(": 3, ")": 3, "%": 8, "$": 5, " ": 2.5}


def width(text: str) -> float:
    """In Helvetica of 9 points, near enough for what is set at the right."""
    return sum(WIDTHS.get(letter, 5 if letter.isdigit() else 4.8) for letter in text)


def figures(sheet: Sheet, top: float, rows: Sequence[tuple[str, ...]], *, signs: bool = False) -> Sheet:
    """Labels at the left, amounts with their right edges below each other; `signs`: what is around them stands apart."""
    for number, (label, *amounts) in enumerate(rows):
        y = top + 13 * number
        sheet.text(60 + 8 * (len(label) - len(label.lstrip())), y, label.strip(), size=9)
        for right, amount in zip(COLUMNS, amounts, strict=False):
            core = amount.strip("$)")
            sheet.text(right - width(core), y, core, size=9)
            if amount.startswith("$"):
                sheet.text(right - (45 if signs else width(core) + 5), y, "$", size=9)
            if amount.endswith(")"):
                sheet.text(right + (1.5 if signs else 0), y, ")", size=9)
    return sheet


def heads(sheet: Sheet, top: float, *, ruled: bool = False) -> Sheet:
    """Periods over two columns each, and years below them."""
    for x, period in ((283, "Three Months Ended June 30,"), (425, "Six Months Ended June 30,")):
        sheet.text(x, top, period, size=9)
        if ruled:
            sheet.rule(x, top + 3, x + 120, top + 3)
    for right, year in zip(COLUMNS, ("2023", "2022", "2023", "2022"), strict=True):
        sheet.text(right - 20, top + 13, year, size=9)
    return sheet


STATEMENT = [
    ("Net sales:",),
    (" Products", "$36,443", "$40,771", "$70,443", "$72,288"),
    (" Services", "17,262", "22,331", "31,340", "42,654"),
    ("Cost of sales:",),
    (" Products", "20,405", "23,790", "43,626", "41,535"),
    ("Other income/(expense), net", "(210)", "4", "(805)", "(166)"),
]
ROWS = [
    "Net sales: Products; Three Months Ended June 30, 2023: $36,443; Three Months Ended June 30, 2022: $40,771; "
    "Six Months Ended June 30, 2023: $70,443; Six Months Ended June 30, 2022: $72,288.",
    "Cost of sales: Products; Three Months Ended June 30, 2023: 20,405; Three Months Ended June 30, 2022: 23,790; "
    "Six Months Ended June 30, 2023: 43,626; Six Months Ended June 30, 2022: 41,535.",
    "Other income/(expense), net; Three Months Ended June 30, 2023: (210); Three Months Ended June 30, 2022: 4; "
    "Six Months Ended June 30, 2023: (805); Six Months Ended June 30, 2022: (166).",
]


def read(*sheets: Sheet) -> Parsed:
    return parse("a.pdf", pdf(sheets))


def rows(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind is BlockKind.TABLE_ROW]


def statement(*, signs: bool = False, ruled: bool = False) -> Sheet:
    sheet = Sheet().text(60, 80, "STATEMENTS OF OPERATIONS", size=9).text(60, 93, "(In millions)", size=9)
    return figures(heads(sheet, 120, ruled=ruled), 146, STATEMENT, signs=signs)


def test_an_amount_stands_with_its_group_its_period_and_its_year() -> None:
    assert set(ROWS) < set(rows(read(statement())))


def test_signs_that_stand_apart_from_their_amounts_are_theirs() -> None:
    assert set(ROWS) < set(rows(read(statement(signs=True, ruled=True))))


def test_a_statement_is_no_list_of_contents_though_its_lines_end_in_numbers() -> None:
    contents = Sheet().text(60, 80, "TABLE OF CONTENTS")
    for number, title in enumerate(("Statements", "Notes", "Discussion", "Controls", "Exhibits")):
        contents.text(60, 110 + 15 * number, title).text(520, 110 + 15 * number, str(3 + number))
    assert set(ROWS) < set(rows(read(contents, statement())))


def test_rows_are_read_with_the_caption_and_the_unit_above_their_table() -> None:
    parsed = read(statement())
    contexts = {block.context for block in parsed.blocks if block.kind is BlockKind.TABLE_ROW}
    assert contexts == {"STATEMENTS OF OPERATIONS (In millions)"}


def test_a_table_that_goes_on_over_a_page_keeps_its_names_and_its_caption() -> None:
    following = figures(
        Sheet(), 80, [("Provision", "2,210", "2,943", "3,643", "6,668"), ("Net", "1,719", "7,459", "8,805", "2,574")]
    )
    parsed = read(statement(), following)
    (last,) = [block for block in parsed.blocks if parsed.text[block.start : block.end].startswith("Net;")]
    assert "Six Months Ended June 30, 2023: 8,805" in parsed.text[last.start : last.end]
    assert last.context == "STATEMENTS OF OPERATIONS (In millions)"
    assert parsed.pages[1].start <= last.start


def test_the_lines_of_a_label_are_joined_and_belong_to_their_own_amounts() -> None:
    sheet = heads(Sheet(), 120)
    for y, line in ((150, "Change in gains and losses on"), (175, "Translation of currencies,")):
        sheet.text(60, y, line, size=9)
    figures(sheet, 160, [("derivatives, net of tax", "450", "278", "727", "269")])
    figures(sheet, 185, [("net of tax", "172", "547", "366", "111")])
    labels = [row.partition(";")[0] for row in rows(read(sheet))]
    assert labels == [
        "Change in gains and losses on derivatives, net of tax",
        "Translation of currencies, net of tax",
    ]


def test_dates_of_several_lines_name_the_columns_of_a_balance() -> None:
    sheet = Sheet()
    for right, month, day in ((330, "September", "30, 2023"), (400, "December", "31, 2022")):
        sheet.text(right - width(month), 100, month, size=9).text(right - width(day), 112, day, size=9)
    figures(sheet, 126, [("ASSETS:",), ("Cash and equivalents", "$26,558", "$21,970"), ("Inventories", "5,783", "5,854")])
    assert "ASSETS: Inventories; September 30, 2023: 5,783; December 31, 2022: 5,854." in rows(read(sheet))


def test_years_and_numbers_in_prose_make_no_table() -> None:
    prose = [
        "The fund held 14 in 2021 and",
        "another 18 in the year 2022, and",
        "some 20 of them, as of June 30, 2023",
        "and 2024.",
    ]
    assert rows(read(Sheet().lines(60, 100, prose))) == []
