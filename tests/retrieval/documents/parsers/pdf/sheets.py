"""Small PDFs written by hand: text at places, lines, forms, labels."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FONTS = {"F": "Helvetica", "B": "Helvetica-Bold", "C": "Courier"}


@dataclass
class Sheet:
    """One page of 595 by 842 points; y counts from the top."""

    commands: list[str] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)  # dictionaries
    rotation: int = 0

    def text(self, x: float, y: float, text: str, font: str = "F", size: float = 11, *, upwards: bool = False) -> Sheet:
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        matrix = f"0 1 -1 0 {x} {842 - y}" if upwards else f"1 0 0 1 {x} {842 - y}"
        self.commands.append(f"BT /{font} {size} Tf {matrix} Tm ({escaped}) Tj ET")
        return self

    def lines(
        self, x: float, y: float, lines: Sequence[str], font: str = "F", size: float = 11, leading: float = 13
    ) -> Sheet:
        for number, line in enumerate(lines):
            self.text(x, y + number * leading, line, font, size)
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> Sheet:
        self.commands.append(f"{x0} {842 - y0} m {x1} {842 - y1} l S")
        return self


def pdf(
    sheets: Sequence[Sheet | str],
    *,
    catalog: str = "",
    extra: Mapping[int, bytes] | None = None,
    info: str = "",
    resources: str = "",
) -> bytes:
    """`extra`: more objects by number, from 1000 on. `resources`: more of each page's."""
    sheets = [sheet if isinstance(sheet, Sheet) else Sheet([sheet]) for sheet in sheets]
    fonts = " ".join(
        f"/{key} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
        for key, name in FONTS.items()
    )
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(sheets)))
    objects: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        3: f"<< /Font << {fonts} >> {resources} >>".encode(),
        4: f"<< {info} >>".encode(),
        **(extra or {}),
    }
    for number, sheet in enumerate(sheets):
        annotations = f"/Annots [{' '.join(sheet.annotations)}]" if sheet.annotations else ""
        objects[10 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 3 0 R /Rotate {sheet.rotation} "
            f"/Contents {11 + 2 * number} 0 R {annotations} >>"
        ).encode()
        objects[11 + 2 * number] = stream("\n".join(sheet.commands).encode("cp1252"))
    content = b"%PDF-1.7\n"
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(content)
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        content += b"%d 1\n%010d 00000 n \n" % (number, offset)
    last = max(objects) + 1
    return content + b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (last, start)


def stream(data: bytes, entries: str = "", layers: int = 0) -> bytes:
    """A stream's object; `layers`: how many times it is packed."""
    for _ in range(layers):
        data = zlib.compress(data, 9)
    filters = f"/Filter [{'/FlateDecode ' * layers}]" if layers else ""
    return f"<< {entries} {filters} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
