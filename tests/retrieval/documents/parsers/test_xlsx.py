"""Excel workbooks: a row makes sense alone, a value reads as it is shown, and nothing is left out without a word."""

from functools import partial

import pytest
from ayllu.retrieval.documents.parsers import Parsed, Unreadable, parse
from ayllu.retrieval.documents.parsers.office.sheets import Budget
from ayllu.retrieval.documents.parsers.office.sheets.formats import shown

from .packing import OFFICE, packed, sheet_rows, unpacked, xlsx

STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00 &quot;€&quot;"/></numFmts><fonts><font/><font><b/></font></fonts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf fontId="1"/></cellXfs>'
)


def read(*rows: tuple[object, ...], more: str = "") -> Parsed:
    return parse("a.xlsx", xlsx({"Prices": sheet_rows(*rows) + more}, styles=STYLES))


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks][1:]


def test_the_header_row_is_looked_for_below_titles() -> None:
    parsed = read(("Price list",), (), ("Tool", "Rate"), ("Saw", 7), ("Drill", None), (), ("Chainsaw", 12))
    assert blocks(parsed) == ["Price list", "Tool: Saw; Rate: 7.", "Tool: Drill; Rate: –.", "Tool: Chainsaw; Rate: 12."]


def test_rows_without_a_header_have_none() -> None:
    assert blocks(read(("anvil", 3), ("bellows", 9))) == ["anvil | 3", "bellows | 9"]


def test_several_tables_of_a_sheet_each_have_their_names() -> None:
    parsed = read(("Tool", "Rate"), ("Saw", 7), (), ("Member", "Age"), ("Ada", 40))
    assert blocks(parsed) == ["Tool: Saw; Rate: 7.", "Member: Ada; Age: 40."]


def test_values_are_read_as_they_are_shown() -> None:
    parsed = read(("Tool", "Rate", "Since", "Share"), ("Saw", (1234.5, 2), (45063, 1), (0.25, 3)))
    assert blocks(parsed) == ["Tool: Saw; Rate: 1,234.50 €; Since: 17.05.2023; Share: 25%."]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (1e21, "General", "1e+21"),
        (-5, "0;(0)", "(5)"),
        (0, '0;-0;"none"', "none"),
        (1234567, "#,##0", "1,234,567"),
        (1234567, '0.0,,"M"', "1.2M"),
        (0.5, "0.##", "0.5"),
        (12, "[$€-407] 0.00", "€ 12.00"),
        (45063.75, "yyyy-mm-dd hh:mm", "2023-05-17 18:00"),
        (45063.75, "d mmmm yyyy h:mm AM/PM", "17 May 2023 6:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (7, "000", "007"),
        (12000, "0.00E+00", "1.20E+04"),
        (5, '"No. "0', "No. 5"),
        (150, '[>=100]"many";0', "many"),
        (50, '[>=100]"many";0', "50"),
        (-1, "dd.mm.yyyy", "-1"),
        (2.5, "# ?/?", "2.5"),
    ],
)
def test_number_formats(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_merged_cells_are_read_in_each_row_and_under_all_their_columns() -> None:
    merges = "".join(f'<mergeCell ref="{span}"/>' for span in ("A1:A2", "B1:C1", "A3:A4"))
    parsed = read(
        ("Region", "2023"), (None, "Q1", "Q2"), ("North", 1, 2), (None, 3, 4), more=f"<mergeCells>{merges}</mergeCells>"
    )
    assert blocks(parsed) == ["Region: North; 2023 Q1: 1; 2023 Q2: 2.", "Region: North; 2023 Q1: 3; 2023 Q2: 4."]


def test_a_wide_row_is_cut_between_cells_and_each_part_has_its_key() -> None:
    names = tuple(f"Month {month}" for month in range(1, 25))
    lines = blocks(read(("Machine", *names), ("Planer P7", *["needs replacing before the winter sets in"] * 24)))
    assert len(lines) > 1
    assert all(line.startswith("Machine: Planer P7; Month ") for line in lines)


def test_sheets_are_pages_with_their_names_and_hidden_ones_are_told() -> None:
    content = xlsx({"Prices": sheet_rows(("Saw", 7)), "Codes": sheet_rows(("Ada", 9))}, states={"Codes": "hidden"})
    parsed = parse("a.xlsx", content)
    assert [page.label for page in parsed.pages] == ["Prices", "Codes"]
    assert parsed.notes == ["the sheet Codes is hidden in the workbook"]


def test_a_formula_without_a_result_is_shown_and_told() -> None:
    parsed = parse("a.xlsx", xlsx({"P": '<sheetData><row r="1"><c r="A1"><f>SUM(B1:B9)</f></c></row></sheetData>'}))
    assert "=SUM(B1:B9)" in parsed.text
    assert "results are not kept" in parsed.notes[0]


def test_a_workbook_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ayllu.retrieval.documents.parsers.xlsx.Budget", partial(Budget, 5))
    parsed = parse("a.xlsx", xlsx({"A": sheet_rows(*[("x", 1)] * 5), "B": sheet_rows(("y", 2))}))
    assert parsed.text.count("x | 1") == 2
    assert parsed.notes[0].startswith("the sheet A is read in part")
    assert parsed.notes[1] == "the sheet B is not read"


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ('<!DOCTYPE w [<!ENTITY a "b">]><worksheet/>', "entities"),
        ("<worksheet>" + " " * 70_000 + "<!DOCTYPE w><sheetData/></worksheet>", "document type"),
        ("<worksheet><sheetData>", "cut off"),
    ],
)
def test_a_hostile_sheet_is_refused_in_a_line(sheet: str, reason: str) -> None:
    members = unpacked(xlsx({"A": ""}))
    with pytest.raises(Unreadable, match=reason):
        parse("a.xlsx", packed({**members, "xl/worksheets/1.xml": sheet}))


def test_cells_far_apart_cost_nothing() -> None:
    far = '<sheetData><row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert parse("a.xlsx", xlsx({"A": far + merge})).text.endswith("7")


def test_the_address_that_a_cell_leads_to_stands_beside_it() -> None:
    rows = sheet_rows(("Pump", "Watts"), ("P-1", 90), ("manual of P-1", 12), ("P-2", 70), ("https://pumps.example", 1))
    targets = {"A3": 'r:id="k1"', "A4": 'location="Sheet2!A1"', "A5": 'r:id="k2"'}
    links = "".join(f'<hyperlink ref="{cell}" {target}/>' for cell, target in targets.items())
    members = unpacked(xlsx({"Pumps": f"{rows}<hyperlinks>{links}</hyperlinks>"}))
    kind = f"{OFFICE}/relationships/hyperlink"
    addresses = (("k1", "https://pumps.example/p1.pdf"), ("k2", "https://pumps.example/"))
    members["xl/worksheets/_rels/1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="{k}" Type="{kind}" Target="{t}" TargetMode="External"/>' for k, t in addresses)
        + "</Relationships>"
    )
    text = parse("a.xlsx", packed(members)).text
    assert "Pump: manual of P-1 (https://pumps.example/p1.pdf); Watts: 12." in text
    assert "Pump: P-2; Watts: 70." in text
    assert "Pump: https://pumps.example; Watts: 1." in text


def test_a_title_above_a_blank_row_is_the_heading_of_the_table_below() -> None:
    rows = sheet_rows(("Cedar Foods: income",), (), ("", "2023", "2022"), ("Sales", 812, 790), ("Costs", 40, 38))
    parsed = parse("a.xlsx", xlsx({"Sheet1": rows}))
    assert blocks(parsed) == ["Cedar Foods: income", "Sales; 2023: 812; 2022: 790.", "Costs; 2023: 40; 2022: 38."]
    assert [block.kind.value for block in parsed.blocks] == ["heading", "heading", "table row", "table row"]
