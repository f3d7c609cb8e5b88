"""Forms, remarks, pages that are pictures, damage and passwords: read, or named."""

from __future__ import annotations

import io
import shutil

import pytest
from ayllu.retrieval.documents.parsers import Unreadable, parse, tesseract

from .sheets import Sheet, pdf, stream

PICTURE = stream(
    bytes(100), "/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8"
)
SCAN = "q 595 0 0 842 0 0 cm /P Do Q"


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_chosen", tesseract.OFF)


def _scanned(*sheets: Sheet | str) -> bytes:
    return pdf(sheets, extra={1000: PICTURE}, resources="/XObject << /P 1000 0 R >>")


@pytest.mark.usefixtures("no_tesseract")
def test_pages_that_are_pictures_are_named_with_what_reads_them() -> None:
    parsed = parse("a.pdf", _scanned(Sheet().text(72, 100, "The first page has words."), SCAN, SCAN, SCAN))
    assert parsed.text == "The first page has words."
    assert list(parsed.notes) == ["pages 2 to 4 are pictures without text; install Tesseract to read them"]


@pytest.mark.usefixtures("no_tesseract")
def test_a_document_of_pictures_alone_is_refused_with_what_reads_it() -> None:
    with pytest.raises(Unreadable, match=r"^pages 1 and 2 are pictures without text; install Tesseract to read them$"):
        parse("a.pdf", _scanned(SCAN, SCAN))


@pytest.mark.usefixtures("no_tesseract")
def test_a_picture_is_refused_with_what_reads_it() -> None:
    from PIL import Image

    Image.new("L", (600, 800), 255).save(file := io.BytesIO(), "PNG")
    with pytest.raises(Unreadable, match=r"^it is a PNG picture; install Tesseract to read it$"):
        parse("a.png", file.getvalue())
    with pytest.raises(Unreadable, match=r"^it is a PNG picture, damaged or too large$"):
        parse("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100))


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_a_page_that_is_a_picture_is_read_by_tesseract() -> None:
    import pypdfium2

    words = ["The lighthouse keeper must trim the lamp", "every evening before sunset, and log the oil."]
    document = pypdfium2.PdfDocument(pdf([Sheet().lines(72, 100, words)]))
    pixels = document[0].render(scale=2, grayscale=True).to_numpy()
    high, wide = pixels.shape[:2]
    entries = f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray /BitsPerComponent 8"
    scan = pdf([SCAN], extra={1000: stream(pixels.tobytes(), entries, layers=1)}, resources="/XObject << /P 1000 0 R >>")
    assert "must trim the lamp every evening before sunset, and log the oil." in parse("a.pdf", scan).text


def test_fields_of_a_form_are_read_with_their_names() -> None:
    def field(name: str, value: str, y: int) -> str:
        place = f"/Rect [200 {842 - y} 400 {862 - y}] /P 10 0 R"
        return f"<< /Type /Annot /Subtype /Widget /FT /Tx /T ({name}) /V ({value}) {place} >>"

    fields = {1000: field("Surname", "Alden", 100).encode(), 1001: field("Text1", "Gull Rock", 140).encode()}
    ticked = "<< /Type /Annot /Subtype /Widget /FT /Btn /T (Bicycle) /V /Yes /AS /Yes /Rect [200 600 210 610] /P 10 0 R >>"
    fields[1002] = ticked.encode()
    sheet = Sheet(annotations=["1000 0 R", "1001 0 R", "1002 0 R"]).text(72, 135, "Place of birth:")
    form = "/AcroForm << /Fields [1000 0 R 1001 0 R 1002 0 R] >>"
    text = parse("a.pdf", pdf([sheet], catalog=form, extra=fields)).text
    assert "Surname: Alden" in text
    assert "Place of birth: Gull Rock" in text
    assert "Bicycle: yes" in text


def test_remarks_are_read_with_their_author() -> None:
    note = "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (The fee has changed.) /T (Ana) >>"
    assert "Note (Ana): The fee has changed." in parse("a.pdf", pdf([Sheet([], [note]).text(72, 100, "Fee: 9")])).text


def test_a_damaged_page_costs_itself_only() -> None:
    intact = pdf([Sheet().text(72, 100, "Page one."), Sheet().text(72, 100, "Page two.")])
    parsed = parse("a.pdf", intact.replace(b"12 0 obj\n<< /Type /Page ", b"12 0 obj\n(( /Type /Page "))
    assert "Page one." in parsed.text
    assert "Page two." not in parsed.text


def test_a_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(Unreadable, match="damaged, or cut off"):
        parse("a.pdf", pdf([Sheet().text(72, 100, "Page one.")])[:150])
