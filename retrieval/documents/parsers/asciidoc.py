"""AsciiDoc line by line: titles, blocks, lists, terms and tables, without its marks. Nothing is included or executed."""

from __future__ import annotations

import re

from .base import BlockKind, Parsed
from .cell import Cell, place
from .encoding import decode
from .grid import rows_in_place
from .lines import LineBuilder

_MEDIA_TYPE = "text/asciidoc"
_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)$")
_UNDERLINE = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_FENCE = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|```.*)\s*$")
_VERBATIM = ("----", "....", "++++", "```")
_ATTRIBUTE_ENTRY = re.compile(r":(!?[\w-]+!?):(?:\s+(.*))?$")
_ATTRIBUTE = re.compile(r"(?<!\\)\{([\w-]+)\}")
_ATTRIBUTE_LIST = re.compile(r"\[[^\]]*\]\s*$|\[\[[^\]]*\]\]\s*$")
_MACRO = re.compile(r"(include|image|video|audio|toc|ifdef|ifndef|endif|ifeval)::?([^\[\s]*)\[(.*)\]\s*$")
_ITEM = re.compile(r"\s*(\*{1,6}|-|\.{1,6}|\d+\.)\s+(\S.*)$")
_TERM = re.compile(r"(\s*)(\S.*?)(:{2,4}|;;)(?:\s+(.*))?$")
_ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s")
_BLOCK_TITLE = re.compile(r"\.([^\s.].*)$")
_LINK = re.compile(  # begins where a word does: else a long line of dashes would be tried from each of them
    r"(?<![\w/.#-])(?:link:|xref:)?((?:https?|mailto|ftp)[:\w/.@?&=#%~+-]+|[\w/.#-]+)\[([^\]]*)\]"
)
_CROSS_REFERENCE = re.compile(r"<<[^,>]+(?:,\s*([^>]+))?>>")
_INLINE_MACRO = re.compile(
    r"(?:kbd|btn|menu|footnote|image|icon|indexterm2?|pass):[^\[\s]*\[([^\]]*)\]|\(\(\(([^)]*)\)\)\)|\(\(([^)]*)\)\)"
)
_MARKED = re.compile(r"(?<![\w*_`])(\*\*|__|``|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?![\w*_`])")
_LONGEST_LABEL = 80
_MOST_EXPANDED = 50_000  # characters that attributes of the document's own may add


def parse(content: bytes) -> Parsed:
    document = LineBuilder(decode(content))
    _Reader(document).read()
    return document.build(_MEDIA_TYPE)


class _Reader:
    def __init__(self, document: LineBuilder) -> None:
        self._document = document
        self._lines = document.lines
        self._title = ""  # of the block that comes
        self._items: list[tuple[str, str]] = []  # the marks of the open lists and what their current items say
        self._verbatim: set[int] = set()
        self._has_columns = False  # the table that comes says that its first row is its head
        self._attributes: dict[str, str] = {}
        self._room = _MOST_EXPANDED

    def read(self) -> None:
        at = 0
        while at < len(self._lines):
            at = self._read_block(at)
        for number, line in enumerate(self._lines):
            if number not in self._verbatim and line:
                self._lines[number] = _plain(line)

    def _read_block(self, at: int) -> int:
        line = self._lines[at].rstrip()
        if "{" in line:
            line = self._lines[at] = self._expanded(line)
        document = self._document
        if not line.strip():
            return at + 1
        if entry := _ATTRIBUTE_ENTRY.match(line):
            self._attributes[entry[1].strip("!").lower()] = entry[2] or ""
        if (line.startswith("//") and not line.startswith("////")) or entry or line.strip() == "+":
            document.clear(at, at + 1)
            return at + 1
        if heading := _HEADING.match(line):
            return self._heading(at, len(heading[1]), heading[2])
        if line.startswith(("|===", ",===", ":===")):
            return self._table(at)
        if fence := _FENCE.match(line):
            return self._fenced(at, fence[1])
        below = self._lines[at + 1].rstrip() if at + 1 < len(self._lines) else ""
        if len(below) > 3 and below[0] in _UNDERLINE and not below.strip(below[0]) and abs(len(below) - len(line)) <= 2:
            document.clear(at + 1, at + 2)
            return self._heading(at, _UNDERLINE[below[0]], line) + 1
        if _ATTRIBUTE_LIST.match(line):
            self._has_columns = "header" in line
            document.clear(at, at + 1)
            return at + 1
        if macro := _MACRO.match(line):
            if macro[1] == "include":
                document.notes.append(f"what it includes is not read with it: {macro[2][:100]}")
            self._lines[at] = macro[3].split(",")[0].strip(' "') if macro[1] == "image" else ""
            document.add(at, at + 1, context=self._context())
            return at + 1
        if title := _BLOCK_TITLE.match(line):
            self._title = title[1]
            self._lines[at] = title[1]
            document.add(at, at + 1, context=self._context(titled=False))
            return at + 1
        return self._text(at, line)

    def _expanded(self, line: str) -> str:
        """With what the document's own attributes stand for, up to a bound."""

        def value(match: re.Match[str]) -> str:
            meaning = self._attributes.get(match[1].lower())
            if meaning is None or len(meaning) > self._room:
                return match[0]
            self._room -= len(meaning)
            return meaning

        return _ATTRIBUTE.sub(value, line)

    def _heading(self, at: int, level: int, text: str) -> int:
        self._lines[at] = text
        self._items = []
        self._title = ""
        if level == 1 and not self._document.title:
            self._document.title = text
        self._document.add(at, at + 1, BlockKind.HEADING, level=level)
        return at + 1

    def _fenced(self, at: int, fence: str) -> int:
        """A verbatim block is code, a comment nothing; what other blocks hold is read as if they were not there."""
        closing = "```" if fence.startswith("```") else fence
        is_verbatim = fence.startswith(_VERBATIM)
        self._document.clear(at, at + 1)
        if not is_verbatim and not fence.startswith("////"):
            return at + 1
        end = at + 1
        while end < len(self._lines) and self._lines[end].rstrip() != closing:
            end += 1
        if is_verbatim:
            self._verbatim.update(range(at, end + 1))
            self._document.add(at + 1, end, BlockKind.CODE, context=self._context())
            self._document.clear(end, end + 1)
        else:
            self._document.clear(at, end + 1)
        self._title = ""
        return end + 1

    def _text(self, at: int, line: str) -> int:
        end = at + 1
        while end < len(self._lines) and self._goes_on(self._lines[end]):
            self._lines[end] = self._expanded(self._lines[end])
            end += 1
        item = _ITEM.match(line)
        term = None if item else _TERM.match(line)
        if item:
            self._item(at, end, item[1], item[2])
        elif term:
            self._lines[at] = f"{term[1]}{term[2]}: {term[4] or ''}".rstrip()
            if not term[4] and end == at + 1 and at + 2 < len(self._lines) and not self._lines[end].strip():
                end += 1  # what is said of it stands after a blank line
                while end < len(self._lines) and self._goes_on(self._lines[end]):
                    end += 1
            self._document.add(at, end, BlockKind.DEFINITION, context=self._context())
        elif line.startswith(" ") and not self._items:
            self._verbatim.update(range(at, end))
            self._document.add(at, end, BlockKind.CODE, context=self._context())
        else:
            continues = at > 0 and not self._lines[at - 1].strip() and self._items and self._was_joined(at)
            if not continues:
                self._items = []
            self._document.add(at, end, context=self._context())
        self._title = ""
        return end

    def _was_joined(self, at: int) -> bool:
        """Whether the line above was a plus sign, which is cleared by now: then a paragraph belongs to its item."""
        return at > 1 and bool(self._lines[at - 2].strip())

    def _goes_on(self, line: str) -> bool:
        stripped = line.rstrip()
        return (
            bool(stripped.strip())
            and stripped.strip() != "+"
            and not (
                _ITEM.match(stripped)
                or _FENCE.match(stripped)
                or _ATTRIBUTE_ENTRY.match(stripped)
                or stripped.startswith(("|===", "//", "["))
                or _TERM.match(stripped)
            )
        )

    def _item(self, at: int, end: int, mark: str, text: str) -> None:
        mark = "1." if mark[0].isdigit() else mark
        marks = [open_mark for open_mark, _ in self._items]
        if mark in marks:
            self._items = self._items[: marks.index(mark)]
        context = self._context()
        label = _plain(text)
        self._document.add(at, end, BlockKind.LIST_ITEM, level=len(self._items), context=context)
        self._items.append((mark, label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"))

    def _table(self, at: int) -> int:
        """Rows as lines of their own, or as many cells as the first line has."""
        fence = self._lines[at].rstrip()
        end = at + 1
        while end < len(self._lines) and self._lines[end].rstrip() != fence:
            end += 1
        cells: list[tuple[int, str]] = []  # with their lines
        width = 0
        has_head = self._has_columns
        for number in range(at + 1, end):
            line = self._expanded(self._lines[number])
            parts = [part.strip() for part in re.split(r"(?<!\\)(?:[\w.+*^<>]*)\|", line)] if "|" in line else []
            if parts:
                if parts[0] and cells:
                    cells[-1] = (cells[-1][0], f"{cells[-1][1]} {parts[0]}")
                cells += [(number, part) for part in parts[1:]]
                width = width or len(parts) - 1
                has_head = has_head or (
                    len(cells) == width and width > 1 and number + 1 < end and not self._lines[number + 1].strip()
                )
            elif line.strip() and cells:
                cells[-1] = (cells[-1][0], f"{cells[-1][1]} {line.strip()}".strip())
        context = self._context()
        self._document.clear(at, end + 1)
        rows = [cells[first : first + width] for first in range(0, len(cells), width)] if width else []
        heads = int(has_head and len(rows) > 1)
        placed = [place([Cell(_plain(cell)) for _, cell in row]) for row in rows]
        for row, text in zip(rows[heads:], rows_in_place(placed[:heads], placed[heads:]), strict=True):
            number = row[0][0]
            self._lines[number] = " / ".join(part for part in (self._lines[number], text) if part)
            self._document.add(number, number + 1, BlockKind.TABLE_ROW, context=context)
        self._title, self._has_columns = "", False
        return end + 1

    def _context(self, *, titled: bool = True) -> str:
        parts = [label for _, label in self._items]
        return " > ".join([*parts, self._title] if titled and self._title else parts)


def _plain(text: str) -> str:
    """A line without the marks of links, references and emphasis."""
    text = _INLINE_MACRO.sub(lambda match: match[1] or match[3] or "", text)
    text = _LINK.sub(lambda match: match[2].split(",")[0].strip('"^') or match[1], text)
    text = _CROSS_REFERENCE.sub(lambda match: match[1] or "", text)
    return _MARKED.sub(r"\2", text)
