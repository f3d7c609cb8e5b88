"""Rich Text Format: letters in any code page, tables, lists, notes; what is hidden or deleted is not read."""

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, Unreadable, parse

HEAD = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Mincho;}}"


def read(body: str) -> Parsed:
    return parse("a.rtf", f"{HEAD}{body}}}".encode("latin-1"))


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def test_letters_are_those_of_their_fonts_code_page() -> None:
    parsed = read(r"caf\'e9 {\f1 \'cf\'f0\'e8} \u8364?5 {\f2\'93\'fa\'96\'7b} \emdash  \{x\}\~y \u-10179?\u-8704?\par")
    assert parsed.text == "café При €5 日本 — {x}\u00a0y 😀"


def test_headings_are_known_by_style_or_outline() -> None:
    parsed = read(r"{\stylesheet{\s0 Normal;}{\s3 heading 2;}}\pard\s3 Kilns\par\pard\outlinelevel0 Pots\par\pard Text\par")
    assert [(block.kind, block.level) for block in parsed.blocks] == [
        (BlockKind.HEADING, 2),
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, 0),
    ]


def test_rows_keep_their_columns() -> None:
    row = r"\trowd\cellx1000\cellx2000\cellx3000 "
    parsed = read(
        rf"{row}Stall\cell 2023\cell 2024\cell\row {row}North\cell\cell 500\cell\row"
        r"\trowd\cellx1000\cellx3020 South\cell closed\cell\row\pard After\par"
    )
    assert blocks(parsed) == ["Stall: North; 2023: –; 2024: 500.", "Stall: South; 2023, 2024: closed.", "After"]


def test_lists_notes_fields_and_margins_are_read() -> None:
    parsed = read(
        r"{\header Document HX-7719\par}{\pntext 1.\tab}First\par{\listtext\'b7\tab}Second\par "
        r"See{\footnote\pard Very hot.\par} the {\field{\*\fldinst HYPERLINK}{\fldrslt link}}.\par "
        r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt In a box\par}}{\shprslt old}}\par"
    )
    assert blocks(parsed) == [
        "1. First",
        "- Second",
        "See the link.",
        "Footnote: Very hot.",
        "In a box",
        "Page header: Document HX-7719",
    ]


def test_what_is_no_text_is_left_out_and_told() -> None:
    parsed = read(r"{\info{\title Letter}{\author Ada}}{\*\unknown x}{\pict 0102}a{\deleted b}{\v c}{\bin6 \}\}\}}d\par")
    assert (parsed.text, parsed.title) == ("ad", "Letter")
    assert parsed.notes == ["1 picture is not read", "hidden text is left out"]


def test_a_file_that_is_cut_off_is_read_so_far() -> None:
    parsed = parse("a.rtf", f"{HEAD}\\pard Read. {{\\b and".encode())
    assert parsed.text == "Read. and"
    assert "cut off" in parsed.notes[0]


def test_depth_costs_nothing() -> None:
    assert read("{" * 200_000 + "deep" + "}" * 200_000).text == "deep"


def test_other_text_is_refused() -> None:
    with pytest.raises(Unreadable):
        parse("a.rtf", b"\x00\x01\x02 binary" * 100)
