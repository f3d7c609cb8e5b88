"""Files of all kinds, good and bad: text with structure, or one clear reason why not."""

import os
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from ayllu.retrieval import split_sentences
from ayllu.retrieval.documents import cut_chunks
from ayllu.retrieval.documents.parsers import Unreadable, parse
from ayllu.retrieval.documents.walking import Item, Missing, walk

SAMPLE = files("ayllu.retrieval").joinpath("sample")


def words(text: str) -> list[tuple[int, int]]:
    import re

    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def test_a_pdf_has_pages() -> None:
    parsed = parse("solar-dryer.pdf", SAMPLE.joinpath("solar-dryer.pdf").read_bytes())
    assert len(parsed.pages) == 2
    chunks = cut_chunks(parsed, max_tokens=200, token_offsets=words)
    assert [one.page for one in chunks] == [1, 2]
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
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        ("a.html", b"<html><script>x</script></html>", "no text"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(name, content)


def test_chunks_have_exact_offsets_fit_and_follow_headings() -> None:
    text = "# One\n\n" + "A sentence of seven words stands here. " * 40 + "\n\n# Two\n\nShort.\n\n" + "x" * 5000
    parsed = parse("a.md", text.encode())
    chunks = cut_chunks(parsed, max_tokens=64, token_offsets=words)
    assert all(parsed.text[one.start : one.end] == one.text and one.text.strip() for one in chunks)
    assert all(len(words(one.text)) <= 64 for one in chunks)
    assert any(one.text.startswith("# Two") for one in chunks)
    assert "".join(one.text for one in chunks).count("x") >= 5000


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = 'Dr. Smith paid $3.50 to J. R. Hill. "Really?" he said! See e.g. Fig. 2.\n- one item\n- another\n\nLast line'
    found = [text[start:end] for start, end in split_sentences(text)]
    assert found[0] == "Dr. Smith paid $3.50 to J. R. Hill."
    assert found[-3:] == ["one item", "another", "Last line"]


def test_a_walk_survives_loops_pipes_and_missing_things(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "again.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden").write_text("h")
    os.mkfifo(tmp_path / "pipe")
    found = list(walk([str(tmp_path), str(tmp_path / "none"), str(tmp_path / "*.zip")]))
    assert [one.source for one in found if isinstance(one, Item)] == [str(tmp_path / "a.txt")]
    errors = {Path(one.source).name: one.error for one in found if isinstance(one, Missing)}
    assert errors.keys() == {"broken", "pipe", "none", "*.zip"}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as file:
        for _ in range(210):
            file.write(bytes(1_000_000))
    with pytest.raises(Unreadable, match="200 MB"):
        parse("bomb.docx", bomb.read_bytes())
