"""Org mode (Emacs) line by line: headings, blocks, lists, terms and tables, without its marks; drawers are left out.

Nothing is executed or included. States ("TODO"), times and planned days stay: people ask for them.
"""

from __future__ import annotations

import re

from .base import BlockKind, Parsed
from .cell import Cell, place
from .encoding import decode
from .grid import rows_in_place
from .lines import LineBuilder

_MEDIA_TYPE = "text/org"
_HEADING = re.compile(r"(\*+)[ \t]+(\S.*)$")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*$")
_PRIORITY = re.compile(r"\[#\w+\][ \t]*")
_KEYWORD = re.compile(r"[ \t]*#\+(\w+)(?:\[[^\]]*\])?:[ \t]*(.*)$")
_BEGIN = re.compile(r"[ \t]*#\+begin_(\w+)", re.IGNORECASE)
_DRAWER = re.compile(r"[ \t]*:([\w-]+):[ \t]*$")
_COMMENT = re.compile(r"[ \t]*#(?:[ \t]|$)")
_ITEM = re.compile(r"([ \t]*)([-+]|[ \t]\*|\d+[.)]|[a-zA-Z][.)])[ \t]+(?:\[@\d+\][ \t]*)?(\S.*)$")
_TERM = re.compile(r"(\S.*?)[ \t]+::(?:[ \t]+(.*))?$")
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"[ \t]*\|[-+|: ]*-[-+|: ]*$")
_ALIGNMENT = re.compile(r"<[lrc]?\d*>")
_FIXED = re.compile(r"[ \t]*: ?(.*)$")
_FOOTNOTE = re.compile(r"\[fn:([\w-]+)\]")
_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_TARGET = re.compile(r"<<<?([^<>\n]+)>?>>")
_MACRO = re.compile(r"\{\{\{[^{}]*\}\}\}")
_MARKED = re.compile(r"(?<![\w*/_=~+])([*/_=~+])(?=\S)([^\n]*?)(?<=\S)\1(?![\w*/_=~+])")
_CODE = frozenset({"src", "example"})
_LEFT_OUT = frozenset({"comment", "export"})
_SCHEMES = ("file:", "id:", "#", "*")
_LONGEST_LABEL = 80


def parse(content: bytes) -> Parsed:
    document = LineBuilder(decode(content))
    _Reader(document).read()
    return document.build(_MEDIA_TYPE)


class _Reader:
    def __init__(self, document: LineBuilder) -> None:
        self._document = document
        self._lines = document.lines
        self._items: list[tuple[int, str]] = []  # the indents of the open items, and what they say
        self._verbatim: set[int] = set()
        self._caption = ""

    def read(self) -> None:
        at = 0
        while at < len(self._lines):
            at = self._read_block(at)
        for number, line in enumerate(self._lines):
            if number not in self._verbatim and line:
                self._lines[number] = _plain(line)

    def _read_block(self, at: int) -> int:
        line = self._lines[at].rstrip()
        if not line:
            return at + 1
        if heading := _HEADING.match(line):
            return self._heading(at, len(heading[1]), heading[2])
        if begin := _BEGIN.match(line):
            return self._delimited(at, begin[1].lower())
        if keyword := _KEYWORD.match(line):
            return self._keyword(at, keyword[1].lower(), keyword[2])
        if (drawer := _DRAWER.match(line)) and (end := self._end_of_drawer(at)):
            self._document.clear(at, end if drawer[1].upper() in {"PROPERTIES", "LOGBOOK"} else at + 1)
            self._document.clear(end - 1, end)
            return end if drawer[1].upper() in {"PROPERTIES", "LOGBOOK"} else at + 1
        if _COMMENT.match(line) or re.fullmatch(r"[ \t]*-{5,}", line):
            self._document.clear(at, at + 1)
            return at + 1
        if _ROW.match(line):
            return self._table(at)
        if _FIXED.match(line) and not _DRAWER.match(line):
            return self._fixed(at)
        return self._text(at, line)

    def _heading(self, at: int, level: int, text: str) -> int:
        self._items, self._caption = [], ""
        self._lines[at] = _PRIORITY.sub("", _TAGS.sub("", text))
        self._document.add(at, at + 1, BlockKind.HEADING, level=level)
        return at + 1

    def _keyword(self, at: int, name: str, value: str) -> int:
        """The title stays, and a caption; what sets how the document is printed goes."""
        self._document.clear(at, at + 1)
        if name == "title":
            self._document.title = f"{self._document.title} {_plain(value)}".strip()
            self._lines[at] = value
            self._document.add(at, at + 1)
        elif name in {"caption", "name"}:
            self._caption = _plain(value) if name == "caption" or not self._caption else self._caption
        elif name in {"author", "date", "subtitle", "description"}:
            self._lines[at] = value
            self._document.add(at, at + 1)
        elif name == "language":
            self._document.language = value[:2].lower()
        elif name == "include":
            self._document.notes.append(f"what it includes is not read with it: {value[:100]}")
        return at + 1

    def _end_of_drawer(self, at: int) -> int:
        """Behind its last line; 0 where it does not end before the next heading."""
        for number in range(at + 1, len(self._lines)):
            if self._lines[number].strip().upper() == ":END:":
                return number + 1
            if _HEADING.match(self._lines[number]):
                return 0
        return 0

    def _delimited(self, at: int, kind: str) -> int:
        """Code stays as it is; what is not to be read goes; of others only the lines that enclose them do."""
        closing = f"#+end_{kind}"
        end = next((n for n in range(at + 1, len(self._lines)) if self._lines[n].strip().lower() == closing), None)
        self._document.clear(at, at + 1)
        if end is None:
            return at + 1
        self._document.clear(end, end + 1)
        if kind in _LEFT_OUT:
            self._document.clear(at, end + 1)
        elif kind in _CODE:
            self._verbatim.update(range(at, end))
            for number in range(at + 1, end):  # a comma keeps a line from being read as Org's own
                self._lines[number] = re.sub(r"^([ \t]*),(?=\*|#\+|,)", r"\1", self._lines[number])
            self._document.add(at + 1, end, BlockKind.CODE, context=self._context())
        else:
            return at + 1
        self._caption = ""
        return end + 1

    def _fixed(self, at: int) -> int:
        """Lines that begin with a colon, as results of code."""
        end = at
        while end < len(self._lines) and (match := _FIXED.match(self._lines[end])) and not _DRAWER.match(self._lines[end]):
            self._lines[end] = match[1]
            end += 1
        self._verbatim.update(range(at, end))
        self._document.add(at, end, BlockKind.CODE, context=self._context())
        return end

    def _table(self, at: int) -> int:
        end = at
        while end < len(self._lines) and _ROW.match(self._lines[end]):
            end += 1
        kept: list[tuple[int, list[Cell]]] = []
        heads = 0
        for number in range(at, end):
            line = self._lines[number].strip()
            if _RULE.match(line):
                heads = heads or len(kept)
                continue
            cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
            if any(cells) and not all(_ALIGNMENT.fullmatch(cell) for cell in cells if cell):
                kept.append((number, place([Cell(_plain(cell)) for cell in cells])))
        heads = heads if heads < len(kept) and heads <= 3 else 0
        self._document.clear(at, end)
        rows = [row for _, row in kept]
        for (number, _), text in zip(kept[heads:], rows_in_place(rows[:heads], rows[heads:]), strict=True):
            self._lines[number] = text
            self._verbatim.add(number)
            self._document.add(number, number + 1, BlockKind.TABLE_ROW, context=self._context())
        self._caption = ""
        return end

    def _text(self, at: int, line: str) -> int:
        end = at + 1
        while end < len(self._lines) and self._goes_on(self._lines[end]):
            end += 1
        if (item := _ITEM.match(line)) is None:
            indent = len(line) - len(line.lstrip())
            self._items = [each for each in self._items if each[0] < indent]
            self._document.add(at, end, context=self._context())
            return end
        indent, text = len(item[1]), item[3]
        self._items = [each for each in self._items if each[0] < indent]
        if term := _TERM.match(text):
            self._lines[at] = f"{item[1]}{term[1]}: {term[2] or ''}".rstrip()
            self._document.add(at, end, BlockKind.DEFINITION, context=self._context())
            text = term[1]
        else:
            self._document.add(at, end, BlockKind.LIST_ITEM, level=len(self._items), context=self._context())
        label = _plain(text)
        self._items.append((indent, label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"))
        return end

    def _goes_on(self, line: str) -> bool:
        others = (_HEADING, _ITEM, _ROW, _BEGIN, _KEYWORD, _DRAWER, _COMMENT, _FIXED)
        return bool(line.strip()) and not any(form.match(line) for form in others) and not _FOOTNOTE.match(line)

    def _context(self) -> str:
        return " > ".join([*(label for _, label in self._items), *([self._caption] if self._caption else [])])


def _plain(text: str) -> str:
    """A line without the marks of links, targets and emphasis."""
    text = _LINK.sub(_link_text, text) if "[[" in text else text
    text = _TARGET.sub(r"\1", _MACRO.sub("", text)) if "<<" in text or "{{{" in text else text
    text = _FOOTNOTE.sub(r"[\1]", text)
    return _MARKED.sub(r"\2", text)


def _link_text(match: re.Match[str]) -> str:
    """What a link says; an address is kept beside it, as a person may ask for it."""
    target, description = match[1], match[2]
    if description is None:
        return target.removeprefix("file:").lstrip("*#")
    if target.startswith(_SCHEMES) or "://" not in target or description == target:
        return description
    return f"{description} ({target})"
