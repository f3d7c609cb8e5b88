"""Financial statements: signs in cells of their own, names of columns over several rows, groups of rows."""

import pytest
from ayllu.retrieval.documents.parsers import Parsed

from .packing import docx, open_table, opendocument, pptx, sheet_rows, word_table, xlsx
from .reading import blocks, read

HEAD = """<tr><td></td><td colspan=7>Three Months Ended</td></tr>
<tr><td></td><td colspan=3>June 30, 2023</td><td></td><td colspan=3>June 30, 2022</td></tr>"""
ROWS = """<tr><td>Cost of sales:</td><td colspan=7></td></tr>
<tr><td>Products</td><td>$</td><td>1,234</td><td></td><td></td><td>$</td><td>987</td><td></td></tr>
<tr><td>Services</td><td colspan=2>56</td><td></td><td></td><td colspan=2>78</td><td></td></tr>
<tr><td>Total cost of sales</td><td colspan=2>1,290</td><td></td><td></td><td colspan=2>1,065</td><td></td></tr>
<tr><td>Other income, net</td><td colspan=2>(13</td><td>)</td><td></td><td>$</td><td>(9</td><td>)</td></tr>
<tr><td>Tax rate</td><td colspan=2>24.1</td><td>%</td><td></td><td colspan=2>16.3</td><td>%</td></tr>"""


def rows(parsed: Parsed) -> list[str]:
    return [text for kind, text in blocks(parsed) if kind == "table row"]


def test_a_sign_in_a_cell_of_its_own_belongs_to_its_amount() -> None:
    new, old = "Three Months Ended June 30, 2023", "Three Months Ended June 30, 2022"
    assert rows(read("a.html", f"<h1>Costs</h1><table>{HEAD}{ROWS}</table>")) == [
        f"Cost of sales: Products; {new}: $1,234; {old}: $987.",
        f"Cost of sales: Services; {new}: 56; {old}: 78.",
        f"Total cost of sales; {new}: 1,290; {old}: 1,065.",
        f"Other income, net; {new}: (13); {old}: $(9).",
        f"Tax rate; {new}: 24.1%; {old}: 16.3%.",
    ]


def test_a_column_of_currencies_with_a_name_of_its_own_stays_one() -> None:
    page = "<table><tr><th>Land</th><th>Currency</th><th>Fee</th></tr><tr><td>Peru</td><td>USD</td><td>14</td></tr></table>"
    assert rows(read("a.html", page)) == ["Land: Peru; Currency: USD; Fee: 14."]


def test_a_row_without_values_names_no_group_where_labels_have_a_column_of_their_own() -> None:
    page = """<table><tr><th>Stall</th><th>2022</th><th>2023</th></tr><tr><td>Loft</td><td></td><td></td></tr>
    <tr><td>North</td><td>410</td><td>430</td></tr><tr><td>Harbour:</td><td></td><td></td></tr>
    <tr><td>South</td><td>380</td><td>390</td></tr></table>"""
    assert rows(read("a.html", page)) == [
        "Stall: Loft.",
        "Stall: North; 2022: 410; 2023: 430.",
        "Stall: Harbour: South; 2022: 380; 2023: 390.",
    ]


def test_names_of_columns_in_a_word_table_reach_over_those_below_them() -> None:
    def cell(text: str, columns: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'

    table = word_table(
        cell("") + cell("Quarter ended", 4),
        cell("(in millions)") + cell("Mar 2023", 2) + cell("Mar 2022", 2),
        cell("Revenue") + cell("$") + cell("812") + cell("$") + cell("790"),
        cell("Costs") + cell("") + cell("401") + cell("") + cell("388"),
    )
    assert rows(read("a.docx", docx(table))) == [
        "(in millions): Revenue; Quarter ended Mar 2023: $812; Quarter ended Mar 2022: $790.",
        "(in millions): Costs; Quarter ended Mar 2023: 401; Quarter ended Mar 2022: 388.",
    ]


@pytest.mark.parametrize("over", ["sign", "amount"])
@pytest.mark.parametrize("ending", ["ods", "xlsx"])
def test_a_sheet_names_a_pair_of_columns_above_either_of_them(ending: str, over: str) -> None:
    names = ("2023", "", "2022", "") if over == "sign" else ("", "2023", "", "2022")
    cells = [
        ("", "Three months", "", "", ""),
        ("", *names),
        ("Revenue", "$", "812", "$", "790"),
        ("Costs", "", "40", "", "38"),
    ]
    if ending == "ods":
        content = opendocument("spreadsheet", open_table(*cells))
    else:
        content = xlsx({"Income": sheet_rows(*[tuple(text or None for text in row) for row in cells])})
    assert rows(read(f"a.{ending}", content)) == [
        "Revenue; Three months 2023: $812; Three months 2022: $790.",
        "Costs; Three months 2023: 40; Three months 2022: 38.",
    ]


def test_a_slide_s_table_joins_signs_as_well() -> None:
    def row(*texts: str) -> str:
        cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>" for text in texts)
        return f"<a:tr>{cells}</a:tr>"

    table = row("", "", "2023") + row("Revenue", "$", "812") + row("Loss", "$", "(40") + row("Costs", "", "38")
    slide = f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{table}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    assert rows(read("a.pptx", pptx(slide))) == ["Revenue; 2023: $812.", "Loss; 2023: $(40.", "Costs; 2023: 38."]
