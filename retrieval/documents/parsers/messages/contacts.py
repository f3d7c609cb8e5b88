"""Address books: each person or organisation a section with addresses and numbers; pictures are left out."""

from __future__ import annotations

import re

from ..base import BlockKind, Parsed
from ..builder import TextBuilder
from ..encoding import decode
from .content_lines import ContentLine, content_lines

_MEDIA_TYPE = "text/vcard"
_SHOWN = {
    "ORG": "Organisation",
    "TITLE": "Position",
    "ROLE": "Role",
    "TEL": "Telephone",
    "EMAIL": "E-mail",
    "ADR": "Address",
    "BDAY": "Birthday",
    "URL": "Web",
    "NICKNAME": "Nickname",
    "CATEGORIES": "Categories",
    "NOTE": "Note",
}
_DAY = re.compile(r"(\d{4}|-)-?(\d\d)-?(\d\d)(?:T|\Z)")  # without its year: --0203
_KINDS = ("HOME", "WORK", "CELL", "FAX")


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    fields: list[ContentLine] = []
    for line in content_lines(decode(content)):
        if line.name == "BEGIN":
            fields = []
        elif line.name == "END":
            _write(builder, fields)
            fields = []
        else:
            fields.append(line)
    if fields:
        _write(builder, fields)
        builder.notes.append("it is cut off")
    return builder.build(_MEDIA_TYPE)


def _write(builder: TextBuilder, fields: list[ContentLine]) -> None:
    values = {line.name: line for line in reversed(fields)}
    name = values["FN"].text if "FN" in values else ""
    if not name and "N" in values:
        family, given = (*values["N"].parts(), "")[:2]
        name = f"{given} {family}".strip()
    builder.add(name or "(no name)", BlockKind.HEADING, level=1)
    shown = [f"{_label(line)}: {value}" for line in fields if line.name in _SHOWN and (value := _value(line))]
    builder.add("\n".join([f"Name: {name}", *shown] if name else shown), BlockKind.DEFINITION)


def _label(line: ContentLine) -> str:
    kinds = [kind.lower() for kind in _KINDS if kind in line.parameters.upper()]
    return _SHOWN[line.name] + (f" ({', '.join(kinds)})" if kinds else "")


def _value(line: ContentLine) -> str:
    parts = [" ".join(part.split()) for part in line.parts()] if line.name in {"ADR", "ORG"} else [line.text]
    if line.name == "BDAY" and (day := _DAY.match(line.text)):
        return "-".join(filter(None, day.groups()))
    return ", ".join(filter(None, parts)).removeprefix("tel:")
