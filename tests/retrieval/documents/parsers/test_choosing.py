"""What reads a file is decided by its content, then by its server, then by its name."""

import bz2
import io
import lzma
import zipfile
from collections.abc import Callable
from importlib.resources import files

import pytest
from ayllu.retrieval.documents.parsers import FORMATS, ZIP, Unreadable, choose, parse, parser_of, signature_of
from ayllu.retrieval.documents.parsers.sniffing import guess_of, media_type_of

SAMPLE = files("ayllu.retrieval").joinpath("sample")
PDF = SAMPLE.joinpath("solar-dryer.pdf").read_bytes()
DOCX = SAMPLE.joinpath("insurance.docx").read_bytes()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = b"<!DOCTYPE html><html><body><p>Basil &amp; mint</p></body></html>"
MAIL = "Received: from a\n by b\nFrom: Ann <a@example.org>\nSubject: Basil\n\nWater it."


def package(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("report", PDF, "application/pdf"),
        ("report.txt", PDF, "application/pdf"),
        ("report.docx", PDF, "application/pdf"),
        ("letter", DOCX, WORD),
        ("letter.pdf", DOCX, WORD),
        ("page", PAGE, "text/html"),
        ("page.txt", PAGE, "text/html"),
        ("page.csv", PAGE, "text/html"),
        ("page.docx", PAGE, "text/html"),
        ("page.md", PAGE, "text/markdown"),
        ("page", "<html><p>Mint".encode("utf-16"), "text/html"),
        ("a.html", b"Mint, and no markup", "text/html"),
        ("a.csv", b"herb,taste\nmint,sharp", "text/csv"),
        ("a.unknown", b"Mint", "text/plain"),
        ("argparse.rst.txt", b"Mint\n====\n\nIt is sharp.", "text/x-rst"),
        ("notes.1.txt", b"Mint", "text/plain"),
        ("page.html.txt", b"Mint, and no markup", "text/plain"),
    ],
)
def test_content_comes_before_the_name(name: str, content: bytes, media_type: str) -> None:
    assert choose(content, name).media_type == media_type


@pytest.mark.parametrize(
    ("content", "meaning"),
    [
        (package("word/document.xml"), "a Word document"),
        (package("xl/workbook.xml"), "an Excel workbook"),
        (package("ppt/presentation.xml"), "a PowerPoint presentation"),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument text"),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument spreadsheet"),
        (package("content.xml", mimetype="application/epub+zip"), "an EPUB book"),
        (package("notes/a.md"), "a ZIP archive"),
        (b"PK\x03\x04" + bytes(50), "a ZIP archive"),
        (bytes(257) + b"ustar  ", "a tar archive"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP picture"),
        (b"\x00\x00\x00\x18ftypmp42", "a film or sound file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # a package has the time that it was packed at
)
def test_binary_kinds_are_told_by_what_is_in_them(content: bytes, meaning: str) -> None:
    signature = signature_of(content)
    assert signature is not None
    assert signature.meaning == meaning


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("{\\rtf1\\ansi Mint}", "application/rtf"),
        ("<?xml version='1.0'?>\n<!-- a -->\n<rss version='2.0'>", "application/rss+xml"),
        ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', "application/atom+xml"),
        ('<?xml version="1.0"?><!DOCTYPE html><html>', "text/html"),
        ('<?xml version="1.0"?><doc><para>Owl', "application/xml"),
        ("<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (MAIL, "message/rfc822"),
        ("From ann@example.org Mon Jan  1 10:00:00 2024\nFrom: Ann\n", "application/mbox"),
        ("BEGIN:VCALENDAR\nVERSION:2.0", "text/calendar"),
        ("BEGIN:VCARD\nFN:Ann", "text/vcard"),
        ("WEBVTT\n\n00:01.000", "text/vtt"),
        ("1\n00:00:01,000 --> 00:00:03,000\nThe fox", "application/x-subrip"),
        ('.\\" a comment\n.TH LS 1\n.SH NAME', "text/troff"),
        ("% a comment\n\\documentclass{article}", "application/x-tex"),
        ("From: a tale of two herbs\nMint and basil.", ""),
        ("Subject: mint\nNote: basil", ""),
        ("Mint < basil", ""),
    ],
)
def test_text_is_known_by_its_beginning_where_that_is_certain(text: str, media_type: str) -> None:
    assert media_type_of(text) == media_type


def test_what_looks_like_data_is_a_guess_for_what_has_no_name() -> None:
    assert guess_of('{"herb": "mint"}') == "application/json"
    assert guess_of('{"herb": "mint"}\n{"herb": "basil"}\n') == "application/x-ndjson"
    assert guess_of("<p>Mint</p>") == "text/html"
    assert guess_of("[1] Mint, 2019.") == guess_of("[mint]") == ""


@pytest.mark.parametrize(
    ("declared", "name", "content", "media_type"),
    [
        ("text/html; x", "/a", b"Mint", "text/plain"),
        ("text/html", "/a.pdf", b"Mint", "text/html"),
        ("application/octet-stream", "/a", PDF, "application/pdf"),
        ("text/plain", "/a", PAGE, "text/plain"),
        ("text/plain", "/a.md", b"# Mint", "text/markdown"),
        ("text/csv", "/rows", b"a,b\n1,2", "text/csv"),
        ("text/html", "/a", PDF, "application/pdf"),
    ],
)
def test_a_server_is_believed_where_the_bytes_allow_it(declared: str, name: str, content: bytes, media_type: str) -> None:
    assert choose(content, name, declared).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"GGUF" + bytes(9), "^it is a model file, though its name ends in .txt$"),
        ("a", b"\x7fELF" + bytes(9), "^it is a program$"),
        ("a.pdf", b"Mint", "^its name says PDF, but it is something else$"),
        ("a.pdf", b"SQLite format 3\x00", "^its name says PDF, but it is an SQLite database$"),
    ],
)
def test_what_nothing_reads_is_refused_by_its_kind(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        choose(content, name)


def test_what_read_a_file_is_known_again_by_its_name_alone() -> None:
    by_content = parser_of("report.txt", FORMATS["application/pdf"].fingerprint)
    assert by_content == parser_of("report.txt", by_content) != parser_of("report.txt")
    assert parser_of("report.pdf", by_content) != by_content
    assert parser_of("a.md", "application/of-a-plugin-that-is-gone 3 1") == parser_of("a.md")


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_what_unpacks_to_a_thousand_times_its_size_is_refused(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Unreadable, match="times its size"):
        parse("a.txt", pack(b"a" * 30_000_000))


def test_a_list_of_members_that_is_too_long_is_not_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    content = bytearray(packed.getvalue())
    assert signature_of(bytes(content)) != ZIP
    content[-10:-6] = (30_000_000).to_bytes(4, "little")
    assert signature_of(bytes(content)) == ZIP
