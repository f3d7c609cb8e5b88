"""Files in the container of old Office: workbooks and messages are read, the others named with what to do next."""

from __future__ import annotations

from .base import Parsed, Unreadable
from .messages.outlook import read_outlook
from .office.old import stream_names
from .office.sheets.calamine import read_workbook

_MEDIA_TYPE = "application/x-ole-storage"
_NEXT = "save it as {new}, in Word or LibreOffice (`soffice --headless --convert-to {kind} FILE`)"
_KINDS = {  # by the stream that tells
    "WordDocument": ("a Word document from before 2007", _NEXT.format(new="a .docx", kind="docx")),
    "PowerPoint Document": ("a PowerPoint presentation from before 2007", _NEXT.format(new="a .pptx", kind="pptx")),
    "VisioDocument": ("a Visio drawing", "export it as a PDF"),
    "MatOST": ("a Works document", _NEXT.format(new="a .docx", kind="docx")),
    "FileHeader": ("a Hancom document", _NEXT.format(new="a .docx", kind="docx")),
}


def parse(content: bytes) -> Parsed:
    names = stream_names(content)
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Unreadable("it is encrypted: open it with its password and save it without")
    if "Workbook" in names or "Book" in names:
        return read_workbook(content, _MEDIA_TYPE)
    if "__properties_version1.0" in names:
        return read_outlook(content)
    for name, (meaning, step) in _KINDS.items():
        if name in names:
            raise Unreadable(f"it is {meaning}, which is not read: {step}")
    raise Unreadable("it is a file of old Office, which is not read: " + _NEXT.format(new="a .docx or a PDF", kind="docx"))
