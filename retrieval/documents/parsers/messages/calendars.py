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
    "RDATE": "Also",
    "EXDATE": "Except",
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

_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last", "-2": "last but one"}
_MONTHS = {
    str(number): name
    for number, name in enumerate(
        "January February March April May June July August September October November December".split(), 1
    )
}


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    add_calendar(builder, decode(content))
    return builder.build(_MEDIA_TYPE)


def add_calendar(builder: TextBuilder, text: str, level: int = 1) -> None:
    """What the calendar holds, each entry under a heading of `level`."""
    fields: list[ContentLine] | None = None
    skipped = 0  # depth within alarms and time zones
    for line in content_lines(text):
        if line.name == "BEGIN":
            if line.value.strip().upper() in _COMPONENTS and not skipped:
                fields = []
            elif line.value.strip().upper() != "VCALENDAR":
                skipped += 1
        elif line.name == "END":
            if skipped and line.value.strip().upper() not in _COMPONENTS:
                skipped -= 1
            elif fields is not None:
                _write(builder, fields, level)
                fields = None
        elif skipped:
            continue
        elif fields is not None:
            fields.append(line)
        elif line.name == "X-WR-CALNAME":
            builder.title = line.text
    if fields:
        _write(builder, fields, level)
        builder.notes.append("it is cut off")


def _write(builder: TextBuilder, fields: list[ContentLine], level: int) -> None:
    summary = next((line.text for line in fields if line.name == "SUMMARY"), "")
    builder.add(summary or "(no title)", BlockKind.HEADING, level=level)
    shown = [f"{_SHOWN[line.name]}: {value}" for line in fields if line.name in _SHOWN and (value := _value(line))]
    builder.add("\n".join(dict.fromkeys(shown)), BlockKind.DEFINITION)
    for line in fields:
        if line.name in {"DESCRIPTION", "COMMENT"}:
            builder.add(line.text)


def _value(line: ContentLine) -> str:
    if line.name in {"ORGANIZER", "ATTENDEE"}:
        name = _COMMON_NAME.search(line.parameters)
        address = line.value.removeprefix("mailto:").removeprefix("MAILTO:").strip()
        return f"{name[1].strip()} <{address}>" if name else address
    if line.name == "RRULE":
        return _rule(line.value)
    times = [_TIME.match(part.strip()) for part in line.value.split(",")]
    zone = re.search(r"TZID=\"?([^\";:]+)", line.parameters, re.I)
    shown = [_time(match, zone[1] if zone else "") for match in times if match is not None]
    return ", ".join(shown) if len(shown) == len(times) else " ".join(line.text.split())


def _time(match: re.Match[str], zone: str) -> str:
    year, month, day, hour, minute, _, utc = match.groups()
    clock = f" {hour}:{minute}{' UTC' if utc else ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}" + (f" ({zone})" if zone and hour else "")


def _rule(value: str) -> str:
    """A rule of repetition in words, as far as it is a plain one."""
    parts = dict(part.split("=", 1) for part in value.upper().split(";") if "=" in part)
    step = parts.get("INTERVAL", "1")
    words = parts.get("FREQ", "").lower() + (f", every {step}" if step != "1" else "")
    if days := parts.get("BYDAY"):
        words += " on " + ", ".join(_day(day) for day in days.split(","))
    if days := parts.get("BYMONTHDAY"):
        words += f" on day {days.replace(',', ', ')} of the month"
    if months := parts.get("BYMONTH"):
        words += " in " + ", ".join(_MONTHS.get(month, month) for month in months.split(","))
    if (until := parts.get("UNTIL")) and (match := _TIME.match(until)):
        words += f" until {match[1]}-{match[2]}-{match[3]}"
    return words + (f", {parts['COUNT']} times" if "COUNT" in parts else "")


def _day(rule: str) -> str:
    """`2TU` is the second Tuesday, `-1FR` the last Friday."""
    name, number = _DAYS.get(rule[-2:], rule), rule[:-2].lstrip("+")
    return f"the {_ORDINALS[number]} {name}" if number in _ORDINALS else name
