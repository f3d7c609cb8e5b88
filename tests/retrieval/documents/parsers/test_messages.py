"""Mail, calendars, contacts, subtitles and notebooks as a person reads them: no markup and no base64."""

import json

import pytest
from ayllu.retrieval.documents.parsers import Parsed, Unreadable, parse

from .reading import read

MAIL = b"""\
Received: by mx
From: =?utf-8?q?Jos=C3=A9?= <jose@example.org>
To: ann@example.org
Date: Mon, 1 Jan 2024 10:00:00 +0000
Subject: The kiln
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary="c"

--c
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

The caf=E9 will be closed for the sea=
son.

On Sun, 31 Dec 2023, Ann
<ann@example.org> wrote:
> line 1
> line 2
> line 3
> line 4
> line 5

Best,
-- 
Jose

--c
Content-Type: text/html

<p>HTML</p>
--c--
--b
Content-Type: application/pdf; name="a.pdf"
Content-Disposition: attachment; filename="a.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--b
Content-Type: text/plain
Content-Disposition: attachment; filename="note.txt"

A note about newts.
--b
Content-Type: message/rfc822

From: bob@example.org
Subject: Inner

Inner text.
--b--
"""


def blocks_of(parsed: Parsed) -> list[tuple[str, str]]:
    return [(block.kind.value, parsed.text[block.start : block.end]) for block in parsed.blocks]


def test_a_message_is_read_with_who_wrote_it_and_what_is_attached() -> None:
    parsed = parse("a.eml", MAIL)
    assert parsed.title == "The kiln"
    assert blocks_of(parsed) == [
        ("heading", "The kiln"),
        (
            "definition",
            "From: José <jose@example.org>\nTo: ann@example.org\nDate: Mon, 01 Jan 2024 10:00:00 +0000\nSubject: The kiln",
        ),
        ("paragraph", "The café will be closed for the season."),
        ("furniture", "On Sun, 31 Dec 2023, Ann\n<ann@example.org> wrote:"),
        ("furniture", "> line 1\n> line 2\n> line 3\n> line 4\n> line 5"),
        ("paragraph", "Best,"),
        ("furniture", "-- \nJose"),
        ("paragraph", "A note about newts."),
        ("heading", "Inner"),
        ("definition", "From: bob@example.org\nSubject: Inner"),
        ("paragraph", "Inner text."),
    ]
    (note,) = parsed.notes
    assert note.startswith('the attachment "a.pdf" (application/pdf, 5 B) is not read: it is')
    assert [block.path for block in parsed.blocks if "newts" in parsed.text[block.start : block.end]] == [
        "Attachment: note.txt"
    ]


def test_a_message_is_known_without_its_ending() -> None:
    assert parse("cur/1700000000.M1P2:2,S", MAIL).media_type == "message/rfc822"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Content-Type: text/html\n\n<p>Mint &amp; <b>basil</b></p>", "Mint & basil"),
        (b"Content-Type: text/plain; charset=nonsense\n\nMint \xe9", "Mint é"),
        (b"Content-Transfer-Encoding: base64\n\nTWludA==", "Mint"),
        (b"Content-Type: multipart/mixed\n\nno boundary", ""),
    ],
)
def test_a_body_is_decoded_whatever_it_is(body: bytes, text: str) -> None:
    assert text in parse("a.eml", b"From: a@x.org\nSubject: S\n" + body).text


def test_each_message_of_a_mailbox_is_a_section() -> None:
    first = b"From a@x.org Mon Jan  1 10:00:00 2024\n%s\n"
    content = first + b"From b@x.org Tue Jan  2 10:00:00 2024\nFrom: b@x.org\nSubject: Two\n\n>From here."
    parsed = parse("inbox", content % MAIL)
    assert parsed.media_type == "application/mbox"
    headings = [text for kind, text in blocks_of(parsed) if kind == "heading"]
    assert headings == ["The kiln", "Inner", "Two"]
    assert parsed.text.endswith("From here.")


def test_an_appointment_says_when_and_how_often() -> None:
    content = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Regatta\\, first\r\nDTSTART;TZID=Europe/Berlin:20240701T090000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20241231T000000Z\r\nATTENDEE;CN=Ann Oak:mailto:ann@x.org\r\n"
        "DESCRIPTION:Bring a\r\n  boat.\\nAnd oars.\r\nBEGIN:VALARM\r\nDESCRIPTION:ring\r\nEND:VALARM\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert [text for _, text in blocks_of(parse("cal", content.encode()))] == [
        "Regatta, first",
        "Start: 2024-07-01 09:00 (Europe/Berlin)\nRepeats: weekly on Monday, Wednesday until 2024-12-31\n"
        "With: Ann Oak <ann@x.org>",
        "Bring a boat.\nAnd oars.",
    ]


def test_a_contact_keeps_its_numbers_and_loses_its_picture() -> None:
    content = (
        "BEGIN:VCARD\nVERSION:2.1\nN:Oak;Ann\nTEL;CELL:+49 30 1234\nADR;WORK:;;5 Kiln Lane;Lima;;;\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:K=C3=BCche=\n oben\nPHOTO;ENCODING=b:iVBORw0KGgo\nEND:VCARD\n"
    )
    parsed = parse("a.vcf", content.encode())
    assert parsed.text.startswith(
        "Ann Oak\n\nName: Ann Oak\nTelephone (cell): +49 30 1234\nAddress (work): 5 Kiln Lane, Lima"
    )
    assert "Küche" in parsed.text
    assert "iVBOR" not in parsed.text


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_what_is_spoken_is_a_text_with_its_time(head: str) -> None:
    content = (
        f"{head}1\n00:01:01,000 --> 00:01:03,000\n<i>The fox</i>\ncrosses\n\n2\n00:01:03,000 --> 00:01:05,000\nthe lake.\n\n"
    )
    parsed = parse("a.srt", f"{content}3\n00:02:00,000 --> 00:02:01,000\nThe end.\n".encode())
    assert [(text, block.context) for (_, text), block in zip(blocks_of(parsed), parsed.blocks, strict=True)] == [
        ("The fox crosses the lake.", "00:01:01"),
        ("The end.", "00:02:00"),
    ]


def test_a_notebook_is_its_cells_without_its_pictures() -> None:
    outputs = [{"data": {"text/plain": ["2"]}}, {"data": {"image/png": "iVBO" * 99, "text/plain": "<Figure>"}}]
    cells = [
        {"cell_type": "markdown", "source": ["# Kiln\n", "Hot."]},
        {"cell_type": "code", "source": "1+1", "outputs": outputs},
    ]
    parsed = parse("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert [kind for kind, _ in blocks_of(parsed)] == ["heading", "paragraph", "code", "code"]
    assert "iVBO" not in parsed.text
    assert parsed.notes == ["1 output left out: it is a picture"]
    with pytest.raises(Unreadable, match="not a whole notebook"):
        parse("a.ipynb", b'{"cells": 3}')


def test_a_birthday_is_a_date() -> None:
    card = "BEGIN:VCARD\nFN:Per\nBDAY:{}\nEND:VCARD\n"
    assert "Birthday: 1970-03-02" in parse("a.vcf", card.format("19700302").encode()).text
    assert "Birthday: --03-02" in parse("a.vcf", card.format("--0302").encode()).text


def test_a_value_on_many_lines_is_joined_at_once() -> None:
    note = "=\n".join(["Sch=C3=B6n"] * 30_000)
    text = parse("a.vcf", f"BEGIN:VCARD\nFN:Per\nNOTE;ENCODING=QUOTED-PRINTABLE:{note}\nEND:VCARD\n".encode()).text
    assert text.endswith("Schön" * 3)  # line by line, it would take minutes
    assert text.count("Schön") == 30_000


def test_what_an_old_contact_says_is_decoded_by_its_charset() -> None:
    card = "BEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Andr=E9 L=FCtt\nEND:VCARD\n"
    assert "André Lütt" in read("a.vcf", card).text


def test_an_appointment_says_on_which_days_it_falls_out() -> None:
    text = read(
        "a.ics",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Choir\nORGANIZER;CN=Ada de Vries:mailto:ada@x.org\n"
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=5,6\nEXDATE;TZID=America/New_York:20240312T093000,20240319T093000\n"
        "END:VEVENT\nEND:VCALENDAR\n",
    ).text
    assert "Organiser: Ada de Vries <ada@x.org>" in text
    assert "Repeats: monthly on the last Friday in May, June" in text
    assert "Except: 2024-03-12 09:30 (America/New_York), 2024-03-19 09:30 (America/New_York)" in text


def test_an_invitation_that_is_all_of_a_message_is_read() -> None:
    mail = "From: a@x.org\nTo: b@x.org\nSubject: Invitation\nContent-Type: text/calendar; charset=utf-8\n\n"
    text = read("a.eml", mail + "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Firing\nDTSTART:20240305T093000Z\nEND:VEVENT\n").text
    assert "Firing\n\nStart: 2024-03-05 09:30 UTC" in text


def test_a_message_that_only_a_key_opens_is_said_to_be() -> None:
    mail = "From: a@x.org\nTo: b@x.org\nSubject: Plan\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n"
    parsed = read("a.eml", mail + "Content-Transfer-Encoding: base64\n\nMIIFAKE=\n")
    assert parsed.notes == ["its text is encrypted"]
    assert "MIIFAKE" not in parsed.text


def test_signs_in_captions_are_decoded() -> None:
    captions = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>fish &amp; <c.y>chips</c></v>\n"
    assert "Ada: fish & chips" in read("a.vtt", captions).text
