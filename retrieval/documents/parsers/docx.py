"""Word documents by python-docx: headings, paragraphs and tables, in their order."""

from __future__ import annotations

import io
import zipfile

from .base import ZIP, Block, BlockKind, Format, Parsed, Unreadable

_MOST_BYTES = 200_000_000  # unpacked; a few kilobytes can unpack to gigabytes
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _parse(content: bytes) -> Parsed:
    import docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise Unreadable("it unpacks to more than 200 MB")
        document = docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, docx.opc.exceptions.OpcError) as error:
        raise Unreadable("it is not a whole Word document") from error
    text, blocks = "", []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = [" | ".join(dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)) for row in block.rows]
            text += "\n".join(row for row in rows if row.strip(" |")) + "\n\n"
            continue
        paragraph = block.text.strip()
        style = (block.style.name or "") if block.style is not None else ""
        if not paragraph:
            continue
        if style.startswith(("Heading", "Title")):
            level = int(style[-1]) if style[-1:].isdigit() else 1
            blocks.append(Block(len(text), len(text) + len(paragraph), BlockKind.HEADING, level))
        text += f"- {paragraph}\n" if style.startswith("List") else f"{paragraph}\n\n"
    return Parsed(text.strip("\n").replace("\x00", "\ufffd"), _MEDIA_TYPE, blocks=blocks)


FORMAT = Format(_MEDIA_TYPE, frozenset({".docx"}), _parse, ZIP)
