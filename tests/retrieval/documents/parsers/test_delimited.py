"""A table of values gives its rows under the right names, however it is written."""

import pytest
from ayllu.retrieval import HashingEmbedder
from ayllu.retrieval.documents import cut_chunks
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, parse


def rows_of(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind is BlockKind.TABLE_ROW]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("id;cost;group\n1;6.25;['345', '6']\n2;5.00;['2']\n", "id: 1; cost: 6.25; group: ['345', '6']."),
        ("tool,remark,owner\nlathe,'old',Ann\nvise,\"jaw, 'soft', 12\",Cy\n", "tool: lathe; remark: 'old'; owner: Ann."),
        ("a,b\n1,it's 'new'\n2,don't\n", "a: 1; b: it's 'new'."),
        ("anvil,7,bay 3\ntongs,2,bay 4\n", "anvil | 7 | bay 3"),
        ("anvil,7,bay 3\ntongs,,bay 4\n", "tongs |  | bay 4"),
        ("sep=;\nitem;fee\ndrill;3\n", "item: drill; fee: 3."),
        ('cmd,meaning\n"ls | wc",count\n"cat | sort",sort\n', "cmd: ls | wc; meaning: count."),
        ("Smith, Ann\tLondon, UK\nJones, Bob\tParis, FR\n", "Jones, Bob | Paris, FR"),
        ("item\tfee\nanvil\t7\n", "item: anvil; fee: 7."),
        ("land;2019;2020\nPeru;1,5;2,5\n", "land: Peru; 2019: 1,5; 2020: 2,5."),
        ("colour,thing\nred,apple\nred,cherry\n", "colour: red; thing: cherry."),
        ("stall,2023,2024\nLoft,,310\nMill,280,\n", "stall: Loft; 2023: –; 2024: 310."),
        ("red,apple\nred,cherry\nblue,sky\n", "red | apple"),
        ("Fees of 2024,,\nitem,fee,place\nanvil,7,bay\n", "item: anvil; fee: 7; place: bay."),
        ('a,b\n1,"say ""hi"""\n', 'a: 1; b: say "hi".'),
        ('a,b\n1,"say \\"hi\\", and go"\n2,"x, y"\n', 'a: 1; b: say "hi", and go.'),
    ],
)
def test_a_row_stands_under_its_names(text: str, row: str) -> None:
    assert row in rows_of(parse("t.csv", text.encode()))


def test_a_row_is_cited_by_the_line_on_which_it_begins() -> None:
    parsed = parse("t.csv", b'part,what\r\n\r\nP-1,"Hinge,\r\nbrass"\r\nP-2,Bolt\r\n')
    assert parsed.has_lines
    assert parsed.text.split("\n") == ["part, what", "", "part: P-1; what: Hinge, brass.", "", "part: P-2; what: Bolt."]


def test_names_alone_are_still_a_text() -> None:
    assert parse("t.csv", b"item,fee,place\n").text == "item, fee, place"


def test_each_part_of_a_wide_row_carries_its_key() -> None:
    names = ["machine", *(f"check {number} of the month" for number in range(60))]
    row = ["Planer P7", *(f"needs part {number} replaced" for number in range(60))]
    parsed = parse("t.csv", (",".join(names) + "\n" + ",".join(row) + "\n").encode())
    chunks = cut_chunks(parsed, max_tokens=60, token_offsets=HashingEmbedder().token_offsets)
    assert len(chunks) > 3
    assert all("machine: Planer P7" in f"{chunk.context} {chunk.text}" for chunk in chunks)
    assert sum("check 33 of the month: needs part 33 replaced" in chunk.text for chunk in chunks) == 1


def test_quotes_that_never_end_do_not_cost_the_text() -> None:
    assert "glaze" in parse("t.csv", b'a,b\n1,"' + b"x,glaze\n" * 10).text


def test_rows_stand_under_the_titles_above_their_table() -> None:
    parsed = parse(
        "a.csv", b'Sales of the mill\n(in EUR)\n\nMonth,Flour,Bran\nJanuary,"1,234.50",300\nMarch,"12,001.25",99\n'
    )
    chunks = cut_chunks(parsed, max_tokens=12, token_offsets=HashingEmbedder().token_offsets)
    row = next(chunk for chunk in chunks if "12,001.25" in chunk.text)
    assert (row.heading, row.line) == ("Sales of the mill > (in EUR)", 6)


def test_names_of_columns_without_a_row_are_a_heading_of_nothing() -> None:
    parsed = parse("a.csv", b"item,fee,place\n")
    (chunk,) = cut_chunks(parsed, max_tokens=100, token_offsets=HashingEmbedder().token_offsets)
    (other,) = cut_chunks(parse("b.csv", b"anvil,7\n"), max_tokens=100, token_offsets=HashingEmbedder().token_offsets)
    assert chunk.text == "item, fee, place"
    assert chunk.weight < other.weight == 1.0
