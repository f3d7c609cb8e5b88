"""Text from documents, models and file names made safe for a terminal: it is data, never markup or escapes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Protocol

from .redaction import redact

_ESCAPES = re.compile(
    r"(?:\x1b[PX^_\]]|[\x90\x98\x9d\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"  # strings: DCS, SOS, OSC, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?",  # two-character escapes
    re.MULTILINE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
ATTACHMENT = "Attachment: "  # before the name of a document within another, among the headings
_HEADINGS, _HEADINGS_WIDTH = 2, 60  # of those above a place
_SEPARATOR = " > "
_LABEL_WIDTH = 31  # the longest name that Excel gives a sheet
_SLIDES = frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".odp", ".otp"})
_SHEETS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".ods", ".ots"})
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # can make a line read differently from what it says


def safe(text: str) -> str:
    """Drop escape sequences, control characters and direction overrides; newlines and tabs stay (ECMA-48)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DIRECTION.sub("", _CONTROLS.sub("", _ESCAPES.sub("", text)))
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be printed


def one_line(text: str, width: int | None = None) -> str:
    """`safe` text on one line, cut to `width` characters with an ellipsis where it is longer.

    A secret is taken out before it could be cut in two, after which nobody would know it.
    """
    line = " ".join(safe(text).split())
    if width is not None and len(line) > width:
        line = redact(line)
        return line[: max(width - 1, 0)].rstrip() + "…"
    return line


class Placed(Protocol):
    """Something that stands in a source."""

    @property
    def source(self) -> str: ...
    @property
    def page(self) -> int | None: ...
    @property
    def page_label(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def heading(self) -> str: ...


def place_label(place: Placed, width: int | None = None, *, headings: bool = True) -> str:
    """`manual.pdf, page 12 (printed iv), Kilns > Water`; of a text file its line. JSON has the whole path of the source.

    A presentation has slides, and a workbook sheets, which go by their names: `prices.xlsx, sheet Prices`. Of the headings
    those that are innermost; `width`: of the name. What is attached to a message comes before its page:
    `mail.eml, attachment plan.pdf, page 3`.
    """
    name = place.source if "://" in place.source else PurePath(place.source).name or place.source
    parts = [one_line(name, width)]
    above = place.heading.split(_SEPARATOR)
    attached = [part.removeprefix(ATTACHMENT) for part in above if part.startswith(ATTACHMENT)]
    parts += [f"attachment {one_line(part, width)}" for part in attached]
    heading = _SEPARATOR.join(part for part in above if not part.startswith(ATTACHMENT))
    if place.page is not None:
        noun = _page_noun(attached[-1] if attached else place.source)
        label = one_line(place.page_label or "", 12 if noun == "page" else _LABEL_WIDTH)
        if noun == "sheet" and label:
            parts.append(f"sheet {label}")
            heading = _below(heading, place.page_label or "")
        else:
            parts.append(f"{noun} {place.page}" + (f" (printed {label})" if label else ""))
    elif place.line is not None:
        parts.append(f"line {place.line}")
    if headings and (inner := heading.split(_SEPARATOR)[-_HEADINGS:]) != [""]:
        parts.append(one_line(" > ".join(inner), _HEADINGS_WIDTH))
    return ", ".join(parts)


def _page_noun(source: str) -> str:
    """What a page of it is called. The name tells, as exchanges of earlier versions keep nothing else of a source."""
    ending = PurePath(source.partition("?")[0] if "://" in source else source).suffix.lower()
    return "slide" if ending in _SLIDES else "sheet" if ending in _SHEETS else "page"


def _below(heading: str, sheet: str) -> str:
    """The headings below that of the sheet, which is its name again."""
    return "" if heading == sheet else heading.removeprefix(f"{sheet} > ")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 document`, `2 documents`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(size_bytes: float) -> str:
    """Bytes as a person reads them: `98 MB` (powers of 1000)."""
    for unit in ("B", "kB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} GB"


def age(moment: str, now: datetime) -> str:
    """How long ago an ISO 8601 `moment` was, as a person says it: `5 min`, `3 h`, `yesterday`, `6 days`, else its date."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    minutes = int((now - then).total_seconds() // 60)
    days = (now.astimezone().date() - then.astimezone().date()).days
    if days > 6:
        return then.astimezone().date().isoformat()
    if days > 1:
        return f"{days} days"
    if minutes >= 12 * 60 and days == 1:
        return "yesterday"
    if minutes >= 60:
        return f"{minutes // 60} h"
    return f"{minutes} min" if minutes > 0 else "now"
