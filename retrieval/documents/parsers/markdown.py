"""Markdown line by line as it was written (CommonMark with tables, by markdown-it-py), but for HTML, which is taken out of
it, and rows of tables, which name their columns."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .base import BlockKind, Parsed
from .cell import Cell, place
from .encoding import decode
from .grid import row_in_place
from .heads import name_of_column
from .lines import LineBuilder

if TYPE_CHECKING:
    from markdown_it.token import Token

_MEDIA_TYPE = "text/markdown"
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TITLE = re.compile(r"""^title\s*[:=]\s*(["']?)(.+?)\1\s*$""", re.M)
_NO_TEXT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|template)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.S | re.I)
_CELL_END = re.compile(r"</t[dh]\s*>(?=\s*<t[dh]\b)", re.I)
_BLOCK_END = re.compile(r"</(?:summary|p|div|h[1-6]|li|dt|dd|tr|caption)\s*>|<br\s*/?>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|code|del|details|div|em|font|i|img|ins|kbd|mark|p|q|s|small|span|strong|sub|summary|sup"
    r"|td|th|tr|tt|u)(?:\s[^<>`]*)?/?>",
    re.I,
)
_TO_A_HEADING = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[[^\]]*\]\(#[^)]*\)\s*$")
_REFERENCE = re.compile(r" {0,3}\[[^\]^][^\]]*\]:\s*\S+")
_NOTE = re.compile(r" {0,3}\[\^[^\]]+\]:")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)\s")
_BAR = re.compile(r"(?<!\\)\|")  # between cells
_LONGEST_LABEL = 80


def parse(content: bytes) -> Parsed:
    document = LineBuilder(decode(content))
    _Reader(document).read()
    return document.build(_MEDIA_TYPE)


class _Reader:
    def __init__(self, document: LineBuilder) -> None:
        self._document = document
        self._lines = document.lines
        self._items: list[str] = []  # what the open items of lists say, outermost first
        self._item_is_new = False
        self._columns: list[str] = []  # of the open table
        self._head = 0  # the line of their names
        self._in_head = False
        self._tops: list[str] = []  # headings of the first level: a single one is the title

    def read(self) -> None:
        first = self._read_front_matter()
        tokens = _block_tokens("\n".join([*[""] * first, *self._lines[first:]]))
        previous: Token | None = None
        for token in tokens:
            self._read_token(token, previous)
            if token.map is not None and token.nesting != 1:
                previous = token
        self._read_references(tokens)
        if not self._document.title and len(self._tops) == 1:
            self._document.title = self._tops[0]

    def _read_front_matter(self) -> int:
        """The number of its lines."""
        text = "\n".join(self._lines[:500])
        match = _FRONT_MATTER.match(text)
        if match is None or (":" not in match[2] and "=" not in match[2]):
            return 0
        if title := _TITLE.search(match[2]):
            self._document.title = title[2]
        count = match[0].count("\n")
        count += not match[0].endswith("\n")
        self._document.clear(0, 1)
        self._document.clear(count - 1, count)
        self._document.add(0, count)
        return count

    def _read_token(self, token: Token, previous: Token | None) -> None:
        document = self._document
        if token.type == "list_item_open":
            self._items.append("")
            self._item_is_new = True
        elif token.type == "list_item_close":
            self._items.pop()
        elif token.type == "thead_open":
            self._in_head = True
        elif token.type == "thead_close":
            self._in_head = False
        if token.map is None:
            return
        first, last = token.map
        if token.type == "heading_open":
            self._read_heading(token, first, last)
        elif token.type == "paragraph_open":
            self._read_paragraph(first, last)
        elif token.type in {"fence", "code_block"}:
            is_admonition = token.type == "code_block" and self._follows_admonition(first)
            document.add(first, last, BlockKind.PARAGRAPH if is_admonition else BlockKind.CODE, context=self._context())
        elif token.type == "html_block":
            self._read_html(first, last)
        elif token.type == "hr":
            document.clear(first, last)
        elif token.type == "tr_open":
            self._read_row(first, last)

    def _read_heading(self, token: Token, first: int, last: int) -> None:
        if token.markup in {"=", "-"}:
            self._document.clear(last - 1, last)
        level = int(token.tag[1:])
        self._document.add(first, last, BlockKind.HEADING, level=level, context=self._context())
        if level == 1:
            self._tops.append(" ".join(self._lines[first:last]).strip("# "))

    def _read_paragraph(self, first: int, last: int) -> None:
        for number in range(first, last):
            if "<" in self._lines[number]:
                self._lines[number] = html.unescape(_INLINE_TAG.sub("", self._lines[number]))
        document = self._document
        if not self._items:
            text = self._lines[first].lstrip()
            if text.startswith(": ") and first >= 2:  # what is said of the term above, after a blank line
                first = self._start_of_term(first)
                document.add(first, last, BlockKind.DEFINITION)
            elif _NOTE.match(self._lines[first]) or (last - first > 1 and self._lines[first + 1].lstrip().startswith(": ")):
                document.add(first, last, BlockKind.DEFINITION)
            else:
                document.add(first, last)
            return
        context = self._context(inner=not self._item_is_new)
        level = len(self._items) - 1
        if self._item_is_new:
            self._item_is_new = False
            label = " ".join(" ".join(self._lines[first:last]).split()).lstrip("-*+ ")
            self._items[-1] = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
        if last - first == 1 and _TO_A_HEADING.match(self._lines[first]):
            document.add(first, last, BlockKind.FURNITURE)
        else:
            document.add(first, last, BlockKind.LIST_ITEM, level=level, context=context)

    def _start_of_term(self, number: int) -> int:
        above = number - 1
        while above > 0 and not self._lines[above].strip():
            above -= 1
        return above

    def _follows_admonition(self, number: int) -> bool:
        above = number - 1
        while above > 0 and (not self._lines[above].strip() or self._lines[above].startswith("    ")):
            above -= 1
        return above >= 0 and bool(_ADMONITION.match(self._lines[above]))

    def _read_html(self, first: int, last: int) -> None:
        """The words alone, in the lines they stand in."""
        text = "\n".join(self._lines[first:last])
        text = _NO_TEXT.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _CELL_END.sub(" | ", text)
        text = _BLOCK_END.sub(" ", text)
        text = html.unescape(_TAG.sub(lambda match: "\n" * match[0].count("\n"), text))
        cleaned = [line.strip() for line in text.split("\n")]
        self._lines[first:last] = cleaned
        self._document.add(first, last, context=self._context())

    def _read_row(self, first: int, last: int) -> None:
        cells = _cells(self._lines[first])
        if self._in_head:
            self._columns, self._head = list(map(name_of_column, cells)), first
            self._document.clear(first + 1, first + 2)
        else:
            if any(self._columns) or not self._lines[self._head].strip("| \t"):  # each row says them
                self._document.clear(self._head, self._head + 1)
            self._lines[first] = row_in_place(self._columns, place([Cell(cell) for cell in cells]))
        self._document.add(first, last, BlockKind.TABLE_ROW, context=self._context())

    def _context(self, *, inner: bool = True) -> str:
        items = self._items if inner else self._items[:-1]
        return " > ".join(item for item in items if item)

    def _read_references(self, tokens: Sequence[Token]) -> None:
        """Addresses that stand at the end of a document for its links are nothing to find."""
        covered = {number for token in tokens if token.map for number in range(*token.map) if token.type != "list_item_open"}
        for number, line in enumerate(self._lines):
            if number not in covered and _REFERENCE.match(line):
                self._document.add(number, number + 1, BlockKind.FURNITURE)


def _cells(row: str) -> list[str]:
    row = row.strip().removeprefix("|")
    cells = _BAR.split(row[:-1] if row.endswith("|") and not row.endswith("\\|") else row)
    return [html.unescape(_INLINE_TAG.sub(" ", cell)).replace("\\|", "|").strip() for cell in cells]


def _block_tokens(text: str) -> list[Token]:
    """Without the inline tokens, which nobody needs here and which take most of the time."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse(text)
