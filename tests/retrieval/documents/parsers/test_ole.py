"""Files of old Office: workbooks are read, the others say what they are and what to do next."""

import struct

import pytest
from ayllu.retrieval.documents.parsers import Unreadable, parse
from ayllu.retrieval.documents.parsers.office.sheets.calamine import shown_value


def ole(*names: str) -> bytes:
    """An OLE file of 512-byte sectors whose directory has these names."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHH", header, 26, 3, 0xFFFE, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b""
    for name in names:
        raw = name.encode("utf-16-le")
        directory += (raw + bytes(64))[:64] + struct.pack("<HB", len(raw) + 2, 2) + bytes(61)
    return bytes(header) + table + (directory + bytes(512))[:512]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("Root Entry", "WordDocument"), r"Word document from before 2007.*save it as a \.docx"),
        (("Root Entry", "PowerPoint Document"), r"PowerPoint.*\.pptx"),
        (("Root Entry", "EncryptedPackage"), "^it is encrypted"),
        (("Root Entry", "__properties_version1.0"), "damaged message of Outlook"),
        (("Root Entry", "Workbook"), "not a whole Excel workbook"),
        (("Root Entry",), "file of old Office"),
    ],
)
def test_an_old_file_says_what_it_is_and_what_to_do(names: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse("a.doc", ole(*names))


def test_a_damaged_container_is_refused_in_a_line() -> None:
    for length in (9, 100, 511, 600, 1100):
        with pytest.raises(Unreadable):
            parse("a.doc", ole("Root Entry", "WordDocument")[:length])


def test_values_of_old_workbooks_read_as_values() -> None:
    import datetime

    day = datetime.datetime(2024, 5, 17)
    shown = [
        shown_value(value)
        for value in (7.0, 0.1 + 0.2, True, None, day, day.replace(hour=9), "a  b", datetime.date(2024, 5, 17))
    ]
    assert shown == ["7", "0.3", "TRUE", "", "2024-05-17", "2024-05-17 09:00", "a b", "2024-05-17"]
