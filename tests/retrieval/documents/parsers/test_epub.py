"""Books: chapters in their reading order, under the titles of the book's contents."""

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, Parsed, Unreadable, parse

from .packing import epub, packed, unpacked

NAV = '<li><a href="text/b.xhtml">On kilns</a></li><li><a href="text/a.xhtml#x">On pots</a></li>'
CHAPTERS = {"b.xhtml": "<p>A kiln is hot.</p>", "a.xhtml": "<h1>Of pots</h1><p>A pot is cold.</p>"}
METADATA = "<dc:title>A potter's book</dc:title><dc:language>en-GB</dc:language>"


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind is not BlockKind.FURNITURE]


def test_chapters_follow_the_spine_and_have_the_titles_of_the_contents() -> None:
    parsed = parse("a.epub", epub(CHAPTERS, nav=NAV, metadata=METADATA))
    assert (parsed.title, parsed.language) == ("A potter's book", "en")
    assert blocks(parsed) == ["On kilns", "A kiln is hot.", "Of pots", "A pot is cold."]


def test_the_contents_are_no_passage() -> None:
    parsed = parse("a.epub", epub(CHAPTERS, nav=NAV))
    assert "On pots" in parsed.text
    assert "On pots" not in blocks(parsed)


def test_a_book_under_copy_protection_is_refused() -> None:
    locks = "".join(
        '<EncryptedData><EncryptionMethod Algorithm="aes"/><CipherData>'
        f'<CipherReference URI="OPS/text/{name}"/></CipherData></EncryptedData>'
        for name in CHAPTERS
    )
    members = unpacked(epub(CHAPTERS)) | {"META-INF/encryption.xml": f"<encryption>{locks}</encryption>"}
    del members["OPS/nav.xhtml"]
    with pytest.raises(Unreadable, match="copy protection"):
        parse("a.epub", packed(members))


def test_a_chapter_that_is_missing_or_leads_outside_is_told() -> None:
    members = unpacked(epub(CHAPTERS, nav=NAV))
    del members["OPS/text/b.xhtml"]
    members["OPS/book.opf"] = members["OPS/book.opf"].replace("text/a.xhtml", "../../../etc/passwd")
    members["OPS/text/c.xhtml"] = "never named"
    with pytest.raises(Unreadable, match="no text"):
        parse("a.epub", packed({**members, "OPS/nav.xhtml": ""}))


def test_entities_of_a_chapter_are_not_expanded() -> None:
    members = unpacked(epub(CHAPTERS, nav=NAV))
    members["OPS/text/b.xhtml"] = "<!DOCTYPE html [<!ENTITY a 'aaaa'>]>" + members["OPS/text/b.xhtml"]
    parsed = parse("a.epub", packed(members))
    assert blocks(parsed) == ["Of pots", "A pot is cold."]
    assert parsed.notes == ["a chapter is not read, since it declares entities: On kilns"]
