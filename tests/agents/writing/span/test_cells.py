"""Of a row, the value that was asked for."""

from pathlib import Path

import pytest
from ayllu.agents.writing.span.cells import asked_cell, best_row, row_by_name
from ayllu.retrieval import Library

PARTS = """# Parts

| Code | Part | Price | Stock |
|---|---|---|---|
| KL-220 | brake lever | 14.80 | 12 |
| KL-221 | chain guard | 18.25 | |
"""
STALLS = "Stall,2021,2022,2023\nNorth,410,,430\nSouth,380,390,\n"
STATEMENT = """<table><tr><td></td><td colspan=2>Three Months Ended</td><td colspan=2>Six Months Ended</td></tr>
<tr><td></td><td>June 30, 2023</td><td>June 30, 2022</td><td>June 30, 2023</td><td>June 30, 2022</td></tr>
<tr><td>Net sales</td><td>8,868</td><td>10,337</td><td>8,109</td><td>11,461</td></tr>
<tr><td>Net income</td><td>929</td><td>1,440</td><td>1,127</td><td>1,348</td></tr></table>"""


@pytest.mark.parametrize(
    ("name", "text", "question", "cell"),
    [
        ("parts.md", PARTS, "What is the price of KL-220?", "14.80"),
        ("parts.md", PARTS, "How many KL-220 are in stock?", "12"),
        ("parts.md", PARTS, "How many KL-221 are in stock?", "–"),
        ("stalls.csv", STALLS, "What did the stall North pay in 2023?", "430"),
        ("stalls.csv", STALLS, "What did the stall North pay in 2022?", "–"),
        ("income.html", STATEMENT, "What was net income in the second quarter of 2023?", "929"),
        ("income.html", STATEMENT, "What was net income in the first half of 2022?", "1,348"),
    ],
)
def test_the_cell_asked_for(library: Library, tmp_path: Path, name: str, text: str, question: str, cell: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    library.ingest([str(tmp_path / name)], collection="c")
    sentences = library.retrieve(question, collection="c").sentences
    row = best_row(sentences)
    assert row is not None
    assert asked_cell(question, row, sentences, library) == cell


def test_prose_is_no_row(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The price: of KL-220 is 14.80; it rose.", "utf-8")
    library.ingest([str(tmp_path / "a.md")], collection="c")
    assert best_row(library.retrieve("What is the price of KL-220?", collection="c").sentences) is None


@pytest.mark.parametrize(
    ("question", "name", "cell"),
    [
        ("What was the net income in Q2 2023?", "Net income", "$929"),
        ("What was the other income or expense, net, in the second quarter of 2022?", "Other income/(expense), net", "(93)"),
        ("What was comprehensive income for the six months ended June 30, 2023?", "Total comprehensive income", "1,127"),
        ("What was the cost of sales of products in the first six months of 2022?", "Cost of sales: Products", "14"),
    ],
)
def test_the_row_of_a_statement_is_the_one_that_the_question_names(
    library: Library, tmp_path: Path, question: str, name: str, cell: str
) -> None:
    times = [f"{months} Months Ended June 30, {year}" for months in ("Three", "Six") for year in (2023, 2022)]
    heads = "".join(f"<td colspan=2>{time}</td>" for time in times)
    rows = [
        ("Net sales:", []),
        ("Products", ["41", "76", "35", "50"]),
        ("Total net sales", ["88", "103", "81", "114"]),
        ("Cost of sales:", []),
        ("Products", ["18", "13", "29", "14"]),
        ("Total cost of sales", ["20", "48", "38", "30"]),
        ("Other income/(expense), net", ["(13)", "(93)", "(79)", "(11)"]),
        ("Net income", ["929", "1,440", "1,127", "1,348"]),
        ("Total comprehensive income", ["900", "1,400", "1,127", "1,300"]),
    ]
    body = "".join(
        f"<tr><td>{label}</td>{''.join(f'<td>$</td><td>{amount}</td>' for amount in amounts)}</tr>"
        for label, amounts in rows
    )
    (tmp_path / "a.html").write_text(f"<h1>Statement</h1><table><tr><td></td>{heads}</tr>{body}</table>", "utf-8")
    library.ingest([str(tmp_path / "a.html")], collection="c")
    sentences = library.retrieve(question, collection="c").sentences
    best = best_row(sentences)
    assert best is not None
    row = row_by_name(question, best, sentences, library)
    assert row.text.startswith(f"{name};")
    value = asked_cell(question, row, sentences, library)
    assert (value or "").removeprefix("$") == cell.removeprefix("$")


def test_a_row_that_shares_a_small_word_with_the_question_gives_no_value(library: Library, tmp_path: Path) -> None:
    rows = [("Net sales", 88, 81), ("Net income", 9, 8), ("Net debt", 300, 310), ("Net interest", 7, 6)]
    body = "".join(f"<tr><td>{label}</td><td>{new}</td><td>{old}</td></tr>" for label, new, old in rows)
    (tmp_path / "a.html").write_text(f"<table><tr><td></td><td>2023</td><td>2022</td></tr>{body}</table>", "utf-8")
    library.ingest([str(tmp_path / "a.html")], collection="c")
    for question, value in (("What was the net debt in 2023?", "300"), ("What was the net profit in 2023?", None)):
        sentences = library.retrieve(question, collection="c").sentences
        best = best_row(sentences)
        assert best is not None
        assert asked_cell(question, row_by_name(question, best, sentences, library), sentences, library) == value
