"""Calendars: each appointment, task and note a section with its day, place and people."""

from __future__ import annotations

import re

from ..base import BlockKind, Parsed
from ..builder import TextBuilder
from ..encoding import decode
from .content_lines import ContentLine, content_lines

_MEDIA_TYPE = "text/calendar"
_SHOWN = {
    "DTSTART": "Start",
    "DTEND": "End",
    "DUE": "Due",
    "DURATION": "Duration",
    "RRULE": "Repeats",
    "LOCATION": "Place",
    "ORGANIZER": "Organiser",
    "ATTENDEE": "With",
    "STATUS": "Status",
    "CATEGORIES": "Categories",
    "URL": "Address",
}
_COMPONENTS = {"VEVENT", "VTODO", "VJOURNAL"}
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$")
_COMMON_NAME = re.compile(r'CN="?([^";:]+)', re.I)
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    fields: list[ContentLine] | None = None
    skipped = 0  # depth within alarms and time zones
    for line in content_lines(decode(content)):
        if line.name == "BEGIN":
            if line.value.strip().upper() in _COMPONENTS and not skipped:
                fields = []
            elif line.value.strip().upper() != "VCALENDAR":
                skipped += 1
        elif line.name == "END":
            if skipped and line.value.strip().upper() not in _COMPONENTS:
                skipped -= 1
            elif fields is not None:
                _write(builder, fields)
                fields = None
        elif skipped:
            continue
        elif fields is not None:
            fields.append(line)
        elif line.name == "X-WR-CALNAME":
            builder.title = line.text
    if fields:
        _write(builder, fields)
        builder.notes.append("it is cut off")
    return builder.build(_MEDIA_TYPE)


def _write(builder: TextBuilder, fields: list[ContentLine]) -> None:
    summary = next((line.text for line in fields if line.name == "SUMMARY"), "")
    builder.add(summary or "(no title)", BlockKind.HEADING, level=1)
    shown = [f"{_SHOWN[line.name]}: {value}" for line in fields if line.name in _SHOWN and (value := _value(line))]
    builder.add("\n".join(dict.fromkeys(shown)), BlockKind.DEFINITION)
    for line in fields:
        if line.name in {"DESCRIPTION", "COMMENT"}:
            builder.add(line.text)


def _value(line: ContentLine) -> str:
    if line.name in {"ORGANIZER", "ATTENDEE"}:
        name = _COMMON_NAME.search(line.parameters)
        address = line.value.removeprefix("mailto:").removeprefix("MAILTO:").strip()
        return f"{name[1].title()} <{address}>" if name else address
    if line.name == "RRULE":
        return _rule(line.value)
    match = _TIME.match(line.value.strip())
    if match is None:
        return " ".join(line.text.split())
    year, month, day, hour, minute, _, utc = match.groups()
    zone = re.search(r"TZID=\"?([^\";:]+)", line.parameters)
    clock = f" {hour}:{minute}{' UTC' if utc else ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}" + (f" ({zone[1].title()})" if zone and hour else "")


def _rule(value: str) -> str:
    """A rule of repetition in words, as far as it is a plain one."""
    parts = dict(part.split("=", 1) for part in value.upper().split(";") if "=" in part)
    step = parts.get("INTERVAL", "1")
    words = parts.get("FREQ", "").lower() + (f", every {step}" if step != "1" else "")
    if days := parts.get("BYDAY"):
        words += " on " + ", ".join(_DAYS.get(day[-2:], day) for day in days.split(","))
    if (until := parts.get("UNTIL")) and (match := _TIME.match(until)):
        words += f" until {match[1]}-{match[2]}-{match[3]}"
    return words + (f", {parts['COUNT']} times" if "COUNT" in parts else "")
