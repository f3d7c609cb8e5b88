"""A plain text stays as it is, and what its lines say of its structure is known."""

from collections.abc import Iterator

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, parse
from ayllu.retrieval.documents.parsers.progress import listen

TEXT = """\
The Kiln
========

It is fired on Tuesdays.

1.2 Glazes
----------

Opening hours: 9 to 12
Phone: 555-1234

  -v, --verbose        say more
  --max-size=N         at most N bytes
                       in memory

Glaze
    A coat of glass.

1. Put it in.
2. Fire it.
   - Slowly.

  Contents ........ 4
  Index ........... 9

Name       Price    Size
Anvil      7        3
Tongs      2        1

Some of the options are:
  -x         extract
  -z         squeeze

Run this:

    $ kiln --fire 1240

CLOSING DAYS

None so far.
"""


def blocks_of(text: str) -> list[tuple[str, str]]:
    parsed = parse("a.txt", text.encode())
    assert parsed.has_lines
    assert parsed.text == text
    return [(block.kind.value, parsed.text[block.start : block.end]) for block in parsed.blocks]


def test_the_structure_of_a_text_is_seen() -> None:
    assert blocks_of(TEXT) == [
        ("heading", "The Kiln"),
        ("furniture", "========"),
        ("paragraph", "It is fired on Tuesdays."),
        ("heading", "1.2 Glazes"),
        ("furniture", "----------"),
        ("definition", "Opening hours: 9 to 12"),
        ("definition", "Phone: 555-1234"),
        ("definition", "-v, --verbose        say more"),
        ("definition", "--max-size=N         at most N bytes\n                       in memory"),
        ("definition", "Glaze\n    A coat of glass."),
        ("list item", "1. Put it in."),
        ("list item", "2. Fire it."),
        ("list item", "- Slowly."),
        ("furniture", "Contents ........ 4\n  Index ........... 9"),
        ("code", "Name       Price    Size\nAnvil      7        3\nTongs      2        1"),
        ("paragraph", "Some of the options are:"),
        ("definition", "-x         extract"),
        ("definition", "-z         squeeze"),
        ("paragraph", "Run this:"),
        ("code", "    $ kiln --fire 1240"),
        ("heading", "CLOSING DAYS"),
        ("paragraph", "None so far."),
    ]


def test_the_levels_of_headings_follow_how_they_are_set() -> None:
    parsed = parse("a.txt", TEXT.encode())
    assert [block.level for block in parsed.blocks if block.kind is BlockKind.HEADING] == [1, 2, 3]


def test_licences_are_furniture_but_not_where_they_are_the_document() -> None:
    licence = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software."
    assert blocks_of(f"{licence}\n\n" + "The kiln is fired on Tuesdays. " * 9)[0] == ("furniture", licence)
    assert blocks_of(f"MIT\n\n{licence}") == [("heading", "MIT"), ("paragraph", licence)]
    book = "The kiln is fired on Tuesdays.\n" * 20
    start, end = "*** START OF THE PROJECT GUTENBERG EBOOK KILNS ***", "*** END OF THE PROJECT GUTENBERG EBOOK KILNS ***"
    kinds = [kind for kind, _ in blocks_of(f"An e-text.\n\n{start}\n\n{book}\n{end}\n\nYou may copy it.")]
    assert kinds == ["furniture", "furniture", "paragraph", "furniture", "furniture"]


def test_the_lines_of_a_log_are_not_joined() -> None:
    text = "".join(f"2024-05-0{day} 10:00:00 ERROR E-402{day} coolant low\n" for day in range(1, 6))
    assert blocks_of(text) == [("code", text.rstrip())]


def test_a_numbered_sentence_or_an_item_is_no_heading() -> None:
    assert [kind for kind, _ in blocks_of("1. Saws\n\n2. Planes\n\n3. Files\n\nThat is all.")] != ["heading"] * 3
    assert blocks_of("In 1911 it was built.\n\nSo it is.")[0][0] == "paragraph"


@pytest.fixture
def signs() -> Iterator[list[tuple[int, int]]]:
    heard: list[tuple[int, int]] = []
    listen(lambda done, total: heard.append((done, total)))
    yield heard
    listen(None)


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_long_text_says_that_it_goes_on(name: str, signs: list[tuple[int, int]]) -> None:
    parse(name, b"item,price\n" + b"anvil,7\n\n" * 12_000)
    assert len(signs) >= 4
    assert set(signs) == {(1, 0)}


def test_a_licence_is_seen_wherever_it_stands() -> None:
    paragraphs = [f"Kiln {number} is hot." for number in range(50)]
    licence = "İ\n This program is\nfree software; you can redistribute it."
    parsed = parse("a.txt", "\n\n".join([*paragraphs, licence, *paragraphs]).encode())
    assert [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind is BlockKind.FURNITURE] == [
        licence
    ]
