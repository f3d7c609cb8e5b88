"""What is attached to a message is read by its own parser and cited by its own pages; what cannot be read is a note."""

import io
import zipfile
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.documents.parsers import attached, parse
from ayllu.text import place_label

SAMPLE = files("ayllu.retrieval").joinpath("sample")
PDF = SAMPLE.joinpath("solar-dryer.pdf").read_bytes()
DOCX = SAMPLE.joinpath("insurance.docx").read_bytes()


def message(**attachments: bytes) -> EmailMessage:
    """A message; `_` in a name stands for its full stop."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@example.org", "Papers of the mill"
    mail.set_content("Here are the papers.\n")
    for name, content in attachments.items():
        mail.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
    return mail


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


@pytest.mark.parametrize("ending", [".eml", ".mbox"])
def test_an_attachment_is_cited_by_its_name_and_its_own_page(library: Library, tmp_path: Path, ending: str) -> None:
    mail = message(plan_pdf=PDF, letter_docx=DOCX, prices_csv=b"item,fee\nanvil,7\n").as_bytes()
    if ending == ".mbox":
        last = message().as_bytes().replace(b"Here are the papers.", b"Nothing hangs on this quagga.")
        mail = b"".join(b"From a@x.org Mon Jan  1 10:00:00 2024\n" + each + b"\n" for each in (mail, mail, last))
    (tmp_path / f"mail{ending}").write_bytes(mail)
    report = library.ingest([str(tmp_path / f"mail{ending}")], collection="c")
    assert (report.documents, report.failed, report.notes) == (1, [], [])

    def label(query: str) -> str:
        return place_label(library.search(query, mode="keyword", collection="c")[0], headings=False)

    pages = parse("plan.pdf", PDF).pages
    assert len(pages) > 1
    last_page = parse("plan.pdf", PDF).text[pages[-1].start : pages[-1].end]
    word = max((word.strip(".,") for word in last_page.split() if last_page.count(word) == 1), key=len)
    assert label(word) == f"mail{ending}, attachment plan.pdf, page {len(pages)}"
    assert label("emergency number") == f"mail{ending}, attachment letter.docx"
    hit = library.search("anvil", mode="keyword", collection="c")[0]
    assert (hit.text, place_label(hit, headings=False)) == ("item: anvil; fee: 7.", f"mail{ending}, attachment prices.csv")
    if ending == ".mbox":
        assert label("quagga") == "mail.mbox"


def test_what_cannot_be_read_of_a_message_is_a_note_and_the_rest_is_read() -> None:
    inner = message(deep_csv=b"item,fee\ngimlet,9\n").as_bytes()
    parsed = parse(
        "a.eml",
        message(
            torn_docx=DOCX[:400],
            sound_mp3=b"ID3" + bytes(100),
            papers_zip=zipped(notes_md=b"# Owls\n\nOwls hoot.", x_bin=b"\x00\x01\x02" * 50),
            inner_eml=inner,
        ).as_bytes(),
    )
    assert "Owls hoot." in parsed.text
    (gimlet,) = [block for block in parsed.blocks if "gimlet" in parsed.text[block.start : block.end]]
    assert gimlet.path == "Attachment: inner.eml > Attachment: deep.csv"
    assert [note.split(" (")[0] for note in parsed.notes] == [
        'the attachment "torn.docx"',
        'the attachment "sound.mp3"',
        'the attachment "papers.zip/x.bin"',
    ]


def test_attachments_share_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "_MOST", 3)
    parsed = parse("a.eml", message(**{f"n{number}_txt": f"Herb {number}.".encode() for number in range(5)}).as_bytes())
    assert ("Herb 2." in parsed.text, "Herb 3." in parsed.text, len(parsed.notes)) == (True, False, 2)
    bomb = zipped(a_txt=bytes(3_000_000))
    monkeypatch.setattr(attached, "_MOST_BYTES", 1_000_000)
    assert "holds more than is read" in parse("a.eml", message(bomb_zip=bomb).as_bytes()).notes[0]
    deepest = message(x_txt=b"Deepest.").as_bytes()
    for _ in range(4):
        deepest = message(mail_eml=deepest).as_bytes()
    parsed = parse("a.eml", deepest)
    assert "Deepest." not in parsed.text
    assert "within each other" in parsed.notes[0]
