"""Manual pages in `man` and `mdoc`: sections, options with their descriptions, examples and tables."""

from __future__ import annotations

import re

from ..base import Parsed, Unreadable
from ..builder import TextBuilder
from ..cell import Cell, place
from ..encoding import decode
from ..grid import bars
from .entries import Entries
from .mdoc import Mdoc
from .recognition import IS_ROFF
from .roff import Roff, words

_MEDIA_TYPE = "text/troff"
_BULLETS = frozenset({"•", "·", "o", "*", "-", "–", "—", "+"})
_FONTS = frozenset({"B", "I", "R", "BR", "BI", "RB", "RI", "IB", "IR", "SM", "SB"})
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z])[.)]$|\[\d+\]$")


def parse(content: bytes) -> Parsed:
    text = decode(content)
    if not IS_ROFF.search(text):  # a rotated log ends in ".1" as well
        return Parsed(text, "text/plain", has_lines=True)
    builder = TextBuilder()
    roff = Roff(text)
    if re.search(r"^\.[ \t]*(?:Dd|Sh)\b", text, re.M):
        Mdoc(builder, roff).read()
    else:
        _Man(builder, roff).read()
    parsed = builder.build(_MEDIA_TYPE)
    if not parsed.text and (target := re.search(r"^\.so\s+(\S+)", text, re.M)):
        raise Unreadable(f"it only points to {target[1]}, which holds the text")
    return parsed


class _Man:
    def __init__(self, builder: TextBuilder, roff: Roff) -> None:
        self._builder = builder
        self._roff = roff
        self._entries = Entries(builder)
        self._awaits_term = False
        self._awaits_heading = 0

    def read(self) -> None:
        for name, rest in self._roff:
            if not name or name in _FONTS:
                text = self._font(name, rest) if name else self._roff.plain(rest)
                self._text(text)
            else:
                self._request(name, rest)
        self._entries.end_code()
        self._entries.end_entry()

    def _text(self, text: str) -> None:
        entries = self._entries
        if self._awaits_heading:
            entries.heading(text, self._awaits_heading)
            self._awaits_heading = 0
        elif self._awaits_term:
            if text.strip():
                self._awaits_term = False
                self._tag(text)
        elif entries.is_code:
            entries.say(text)
        elif not text.strip():
            entries.paragraph()
        else:
            entries.say(text)

    def _font(self, name: str, rest: str) -> str:
        """Words that alternate between fonts stand without spaces."""
        arguments = [self._roff.plain(word) for word in words(rest)]
        return (" " if len(name) == 1 or name in {"SM", "SB"} else "").join(arguments)

    def _request(self, name: str, rest: str) -> None:
        entries = self._entries
        if name in {"SH", "SS"}:
            self._end_code()
            title = " ".join(self._roff.plain(word) for word in words(rest))
            self._awaits_term = False
            if title:
                entries.heading(title, 1 if name == "SH" else 2)
            else:
                self._awaits_heading = 1 if name == "SH" else 2
        elif name in {"PP", "P", "LP", "HP"}:
            entries.end_entry()
        elif name in {"TP", "TQ"}:
            if name == "TP":
                entries.paragraph()
            self._awaits_term = True
        elif name == "IP":
            arguments = [self._roff.plain(word) for word in words(rest)]
            if arguments and arguments[0].strip():
                self._tag(arguments[0])
            else:
                entries.paragraph()
        elif name == "RS":
            entries.indent()
        elif name == "RE":
            entries.dedent()
        elif name in {"nf", "EX", "Vb"}:
            if not entries.is_code:
                entries.begin_code()
        elif name in {"fi", "EE", "Ve"}:
            self._end_code()
        elif name in {"sp", "Sp"}:
            self._text("")
        elif name == "br":
            if not entries.is_code:
                entries.say(" ")
        elif name == "TS":
            self._table()
        elif name == "TH":
            self._title(rest)
        elif name in {"UR", "MT"}:
            entries.say(f"<{self._roff.plain(rest)}>")
        elif name in {"SY", "OP", "YS", "MR"}:
            self._synopsis(name, rest)

    def _synopsis(self, name: str, rest: str) -> None:
        arguments = [self._roff.plain(word) for word in words(rest)]
        if name == "SY":
            self._entries.paragraph()
            self._text(" ".join(arguments))
        elif name == "MR" and len(arguments) > 1:
            self._text(f"{arguments[0]}({arguments[1]}){''.join(arguments[2:])}")
        elif arguments:
            self._text(f"[{' '.join(arguments)}]")

    def _title(self, rest: str) -> None:
        arguments = [self._roff.plain(word) for word in words(rest)]
        if arguments and not self._builder.title:
            name = arguments[0].lower() if arguments[0].isupper() else arguments[0]
            self._builder.title = f"{name}({arguments[1]})" if len(arguments) > 1 else name

    def _tag(self, text: str) -> None:
        """What stands before an indented paragraph: a bullet, a number, or a term."""
        if text.strip() in _BULLETS:
            self._entries.item("-")
        elif _NUMBER.match(text.strip()):
            self._entries.item(text.strip())
        else:
            self._entries.term(text)

    def _end_code(self) -> None:
        if self._entries.is_code:
            self._entries.end_code()

    def _table(self) -> None:
        lines = self._roff.raw_until(".TE")
        separator = "\t"
        if lines and lines[0].rstrip().endswith(";"):
            if match := re.search(r"tab\s*\(\s*(.)\s*\)", lines[0]):
                separator = match[1]
            lines = lines[1:]
        while lines and not lines[0].rstrip().endswith("."):
            lines = lines[1:]
        rows: list[str] = []
        text = re.sub(r"T\{\n(.*?)\nT\}", lambda match: match[1].replace("\n", " "), "\n".join(lines[1:]), flags=re.S)
        for line in text.split("\n"):
            if line[:1] in {".", "'"} or not line.strip("_=- "):
                continue
            cells = [Cell(self._roff.plain(cell)) for cell in line.split(separator)]
            if row := bars(place(cells)):
                rows.append(row)
        self._entries.rows(rows)
