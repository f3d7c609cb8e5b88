"""Files of all kinds, good and bad: text with structure, or one clear reason why not."""

import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePath

import pytest
from ayllu.retrieval import HashingEmbedder
from ayllu.retrieval.documents import cut_chunks
from ayllu.retrieval.documents.parsers import FORMATS, Parsed, Unreadable, parse

SAMPLE = files("ayllu.retrieval").joinpath("sample")


def test_a_pdf_has_pages() -> None:
    parsed = parse("solar-dryer.pdf", SAMPLE.joinpath("solar-dryer.pdf").read_bytes())
    assert len(parsed.pages) == 2
    chunks = cut_chunks(parsed, max_tokens=200, token_offsets=HashingEmbedder().token_offsets)
    assert [chunk.page for chunk in chunks] == [1, 2]
    assert "soap leaves a taste" in chunks[1].text


def test_a_word_document_keeps_headings_and_lists_in_order() -> None:
    text = parse("insurance.docx", SAMPLE.joinpath("insurance.docx").read_bytes()).text
    assert text.index("Insurance and accidents") < text.index("After an accident") < text.index("Call the emergency")


def test_html_loses_scripts_and_navigation_but_not_words() -> None:
    text = parse("repair-cafe.html", SAMPLE.joinpath("repair-cafe.html").read_bytes()).text
    assert "618 of the 811" in text
    assert "alert" not in text
    assert "Home" not in text


def test_each_row_of_a_table_names_its_columns() -> None:
    assert (
        "Tool: Chainsaw; Deposit (soles): 180;" in parse("deposits.csv", SAMPLE.joinpath("deposits.csv").read_bytes()).text
    )


def test_encodings_are_found_out() -> None:
    assert parse("a.txt", "Zoë sagt: schön, größer, über".encode("latin-1")).text.startswith("Zo")
    assert parse("a.txt", "﻿mark".encode()).text == "mark"
    assert parse("a.txt", "wide".encode("utf-16")).text == "wide"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Cat", "damaged"),
        ("a.pdf", b"hello", "name says PDF"),
        ("a.docx", b"PK\x03\x04broken", "not a whole Word document"),
        ("a.txt", b"", "empty"),
        ("a.txt", bytes(range(256)) * 20, "binary"),
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(100), "^it is a PNG picture"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n" + bytes(100), "^it is a PNG picture"),
        ("a.jar", b"PK\x03\x04" + bytes(100), "^it is a ZIP archive$"),
        ("a", b"\x1f\x8b" + bytes(100), "^it is a gzip archive$"),
        ("a.html", b"<html><script>x</script></html>", "no text"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(name, content)


@pytest.mark.parametrize("content", ["\x0c\n \n", "\u00a0\n\u3000 ", "\u200b\n\ufeff\n\u2060", "\x0b"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv"])
def test_what_shows_nothing_is_empty(name: str, content: str) -> None:
    with pytest.raises(Unreadable, match=r"^it is empty$"):
        parse(name, content.encode())


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w") as file,
    ):
        for _ in range(210):
            file.write(bytes(1_000_000))
    with pytest.raises(Unreadable, match="200 MB"):
        parse("bomb.docx", bomb.read_bytes())


def test_each_format_is_known_by_the_media_type_that_its_parser_gives() -> None:
    for name in ("solar-dryer.pdf", "insurance.docx", "repair-cafe.html", "money.md", "deposits.csv", "history.txt"):
        media_type = parse(name, SAMPLE.joinpath(name).read_bytes()).media_type
        assert PurePath(name).suffix in FORMATS[media_type].endings


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.html", b"<p>Half of a pair: &#xD800; and mint.</p>"), ("a.txt", "Half of a pair: +2AA- and mint.".encode("utf-7"))],
)
def test_a_text_can_be_kept_whatever_stood_in_the_file(name: str, content: bytes) -> None:
    parse(name, content).text.encode("utf-8")


def test_halves_of_surrogate_pairs_are_replaced_in_place() -> None:
    kind = replace(FORMATS["text/plain"], parse=lambda content: Parsed("a\ud800b\ud83d\ude00", "text/plain"))
    assert parse("a.txt", b"a", kind).text == "a\ufffdb\ufffd\ufffd"
