"""reStructuredText line by line: sections, directives, lists, definitions and tables, without its marks.

Read by its indentation rather than by docutils, which knows no directive of Sphinx and would drop what it does not know.
"""

from __future__ import annotations

import re

from ..base import BlockKind, Parsed
from ..encoding import decode
from ..lines import LineBuilder
from .layout import FIELD, Layout
from .lists import add_listed_table
from .marks import plain, strip_marks, substitute
from .tables import read_table

_MEDIA_TYPE = "text/x-rst"
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_BULLET = re.compile(r"(\s*)([-*+•]|\(?(?:\d+|#|[a-zA-Z]|[ivxlc]+)[.)])(\s+|$)")
_OPTION = re.compile(
    r"\s*(?:-\w|--[\w-]+|/\w)(?:[ =][\w<>\[\]-]+)?(?:, (?:-\w|--[\w-]+|/\w)(?:[ =][\w<>\[\]-]+)?)*(?:\s{2,}\S|\s*$)"
)
_DIRECTIVE = re.compile(r"(\s*)\.\.\s+(?:\|[^|]+\|\s+)?([\w:.+-]+?)::(?:\s+(.*))?$")
_EXPLICIT = re.compile(r"(\s*)\.\.(?:\s|$)")
_FOOTNOTE = re.compile(r"(\s*)\.\.\s+\[([^\]]+)\](?:\s|$)")
_SUBSTITUTION = re.compile(r"\s*\.\.\s+\|([^|\n]+)\|\s+(?:replace|unicode)::\s+(\S.*)$")
_CODE = frozenset(
    "code code-block sourcecode highlight parsed-literal doctest testcode testoutput prompt productionlist".split()
)
_LEFT_OUT = frozenset(
    "index toctree raw contents include literalinclude highlightlang sectionauthor moduleauthor module currentmodule".split()
)
_DEFINING = frozenset(
    (
        "function method class data attribute option cmdoption program describe object envvar exception decorator property"
        " classmethod staticmethod confval setting macro type member var opcode pdbcommand rst:directive"
    ).split()
)
_NOTES = frozenset(
    (
        "note warning tip hint important caution danger attention error seealso admonition topic sidebar versionadded"
        " versionchanged deprecated impl-detail"
    ).split()
)
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
}
_DEEPEST = 40  # indentations within each other; below, everything is paragraphs


def parse(content: bytes) -> Parsed:
    document = LineBuilder(decode(content))
    _Reader(document).read()
    return document.build(_MEDIA_TYPE)


class _Reader:
    def __init__(self, document: LineBuilder) -> None:
        self._document = document
        self._lines = document.lines
        self._layout = Layout(document.lines)
        self._raw = self._layout.raw
        self._styles: list[tuple[str, bool]] = []  # adornments in the order of their levels
        self._tops: list[str] = []
        self._code: set[int] = set()  # lines whose marks are no marks
        self._substitutions: dict[str, str] = {}

    def read(self) -> None:
        self._read_body(0, len(self._raw), "", 0)
        substitute(self._lines, self._code, self._substitutions)
        strip_marks(self._lines, self._code)
        if len(self._tops) == 1:
            self._document.title = plain(self._tops[0])

    def _read_body(self, first: int, last: int, context: str, depth: int) -> None:
        """Everything between two lines, which stands under `context`."""
        at = first
        while at < last:
            if not self._raw[at].strip():
                at += 1
                continue
            for read in (self._section, self._explicit, self._table, self._item, self._field, self._definition):
                end = read(at, last, context, depth)
                if end:
                    at = end
                    break
            else:
                at = self._paragraph(at, last, context, depth)

    def _section(self, at: int, last: int, context: str, depth: int) -> int:
        raw = self._raw
        if depth:
            return 0
        if _ADORNMENT.match(raw[at]):
            if (
                at + 2 < last
                and raw[at + 1].strip()
                and raw[at + 2]
                and raw[at + 2][0] == raw[at][0]
                and _ADORNMENT.match(raw[at + 2])
            ):
                self._heading(at + 1, (raw[at][0], True))
                self._document.clear(at, at + 1)
                self._document.clear(at + 2, at + 3)
                return at + 3
            if at + 1 >= last or not raw[at + 1].strip():  # a transition
                self._document.clear(at, at + 1)
                return at + 1
            return 0
        under = raw[at + 1] if at + 1 < last else ""
        if _ADORNMENT.match(under) and not raw[at].startswith(" ") and len(under) >= min(len(raw[at]), 4):
            self._heading(at, (under[0], False))
            self._document.clear(at + 1, at + 2)
            return at + 2
        return 0

    def _heading(self, number: int, style: tuple[str, bool]) -> None:
        if style not in self._styles:
            self._styles.append(style)
        level = self._styles.index(style) + 1
        self._document.add(number, number + 1, BlockKind.HEADING, level=level)
        if level == 1:
            self._tops.append(self._raw[number].strip())

    def _explicit(self, at: int, last: int, context: str, depth: int) -> int:
        """Directives, footnotes, targets and comments: whatever begins with two full stops."""
        match = _EXPLICIT.match(self._raw[at])
        if match is None:
            return 0
        end = self._layout.end_of_indented(at + 1, last, len(match[1]))
        if note := _FOOTNOTE.match(self._raw[at]):
            self._lines[at] = f"{note[1]}[{note[2]}] {self._raw[at][note.end() :]}"
            self._document.add(at, end, BlockKind.DEFINITION, context=context)
        elif directive := _DIRECTIVE.match(self._raw[at]):
            self._directive(at, end, directive[2].lower(), (directive[3] or "").strip(), context, depth)
        else:
            self._document.clear(at, end)
        return end

    def _directive(self, at: int, end: int, name: str, argument: str, context: str, depth: int) -> None:
        short = name.rpartition(":")[2]
        body = self._layout.body_after_options(at + 1, end)
        if short in _LEFT_OUT or short in {"replace", "date", "unicode"}:
            if match := _SUBSTITUTION.match(self._raw[at]):
                self._substitutions.setdefault(match[1].strip().lower(), plain(match[2]))
            elif short in {"include", "literalinclude"}:
                self._document.notes.append(f"what it includes is not read with it: {argument[:100]}")
            self._document.clear(at, end)
        elif name in _CODE or short in _CODE:
            self._document.clear(at, body)
            self._code_block(body, end, context)
        elif short in _DEFINING:
            self._defining(at, body, end, argument, context, depth)
        elif short == "glossary":
            self._document.clear(at, body)
            self._read_body(body, end, context, depth + 1)
        elif short in _NOTES:
            self._note(at, body, end, short, argument, context, depth)
        elif short in {"image", "figure"}:
            self._picture(at, body, end, context, depth)
        elif short in {"list-table", "csv-table"}:
            add_listed_table(self._document, self._raw, (at, body, end), short, argument, context)
        elif short in {"table", "rubric", "centered", "math"}:
            self._lines[at] = argument
            self._document.clear(at + 1, body)
            self._document.add(at, at + 1, context=context)
            self._read_body(body, end, " > ".join(part for part in (context, argument) if part), depth + 1)
        else:  # one that nobody knows: its words count, its name does not
            self._lines[at] = argument
            self._document.clear(at + 1, body)
            self._read_body(body, end, context, depth + 1)

    def _defining(self, at: int, body: int, end: int, argument: str, context: str, depth: int) -> None:
        """A term with the first paragraph of what is said of it; the rest has the term as its context."""
        signatures = [argument] if argument else []
        self._lines[at] = argument
        for number in range(at + 1, body):  # further signatures stand below the first
            text = self._raw[number].strip()
            if text and not FIELD.match(self._raw[number]):
                signatures.append(text)
            else:
                self._document.clear(number, number + 1)
        paragraph_end = self._layout.end_of_paragraph(body, end)
        is_text = body < end and not _EXPLICIT.match(self._raw[body]) and not _BULLET.match(self._raw[body])
        term = plain(", ".join(signatures))[:120]
        own = paragraph_end if is_text else body
        self._document.add(at, own, BlockKind.DEFINITION, context=context)
        self._read_body(own, end, " > ".join(part for part in (context, term) if part)[-300:], depth + 1)

    def _note(self, at: int, body: int, end: int, name: str, argument: str, context: str, depth: int) -> None:
        self._lines[at] = f"{_VERSIONS[name]} {argument}" if name in _VERSIONS else argument
        self._document.clear(at + 1, body)
        if argument:
            stop = self._layout.end_of_paragraph(body, end) if body == at + 1 else at + 1
            self._document.add(at, stop, context=context)
            body = stop
        self._read_body(body, end, context, depth + 1)

    def _picture(self, at: int, body: int, end: int, context: str, depth: int) -> None:
        self._lines[at] = ""
        for number in range(at + 1, body):
            text = self._raw[number].strip()
            self._lines[number] = text.removeprefix(":alt:").strip() if text.startswith(":alt:") else ""
        self._document.add(at, body, context=context)
        self._read_body(body, end, context, depth + 1)

    def _code_block(self, first: int, last: int, context: str) -> None:
        self._code.update(range(first, last))
        self._document.add(first, last, BlockKind.CODE, context=context)

    def _table(self, at: int, last: int, context: str, depth: int) -> int:
        end, rows = read_table(self._raw, at, last)
        self._document.clear(at, end)
        for number, text in rows:
            self._lines[number] = text
            self._document.add(number, number + 1, BlockKind.TABLE_ROW, context=context)
        return end if end > at else 0

    def _item(self, at: int, last: int, context: str, depth: int) -> int:
        match = _BULLET.match(self._raw[at])
        if match is None:
            return 0
        indent = len(match[1])
        end = self._layout.end_of_indented(at + 1, last, indent)
        own = self._layout.end_of_paragraph(at, end)
        level = min(depth, 9)
        literal = self._raw[own - 1].endswith("::")
        self._document.add(at, own, BlockKind.LIST_ITEM, level=level, context=context)
        label = " ".join(" ".join(line.strip() for line in self._raw[at:own]).split())[len(match[2]) :].strip()
        inner = " > ".join(part for part in (context, plain(label[:80])) if part)[-300:]
        if literal:
            own = self._literal(own, end, inner)
        if depth < _DEEPEST:
            self._read_body(own, end, inner, depth + 1)
        return end

    def _field(self, at: int, last: int, context: str, depth: int) -> int:
        if not FIELD.match(self._raw[at]) and not _OPTION.match(self._raw[at]):
            return 0
        indent = len(self._raw[at]) - len(self._raw[at].lstrip())
        end = self._layout.end_of_indented(at + 1, last, indent)
        own = self._layout.end_of_paragraph(at, end)
        self._document.add(at, own, BlockKind.DEFINITION, context=context)
        if depth < _DEEPEST:
            self._read_body(own, end, context, depth + 1)
        return end

    def _definition(self, at: int, last: int, context: str, depth: int) -> int:
        """A line with a deeper one right below it."""
        raw = self._raw
        indent = len(raw[at]) - len(raw[at].lstrip())
        first = at + 1
        while (
            first < last
            and raw[first].strip()
            and len(raw[first]) - len(raw[first].lstrip()) == indent
            and first - at < 8
            and depth
        ):
            first += 1  # terms of a glossary stand below each other
        if (
            first >= last
            or not raw[first].strip()
            or len(raw[first]) - len(raw[first].lstrip()) <= indent
            or raw[at].endswith("::")
        ):
            return 0
        end = self._layout.end_of_indented(first, last, indent)
        own = self._layout.end_of_paragraph(first, end)
        if depth >= _DEEPEST:
            self._document.add(at, end, context=context)
            return end
        starts_list = _BULLET.match(raw[first]) or _EXPLICIT.match(raw[first])
        self._document.add(at, first if starts_list else own, BlockKind.DEFINITION, context=context)
        term = plain(", ".join(line.strip() for line in raw[at:first]))[:120]
        inner = " > ".join(part for part in (context, term) if part)[-300:]
        if raw[own - 1].endswith("::") and not starts_list:
            own = self._literal(own, end, inner)
        self._read_body(first if starts_list else own, end, inner, depth + 1)
        return end

    def _paragraph(self, at: int, last: int, context: str, depth: int) -> int:
        end = max(self._layout.end_of_paragraph(at, last), at + 1)
        if self._raw[at].lstrip().startswith(">>>"):
            self._code_block(at, end, context)
            return end
        self._document.add(at, end, context=context)
        if self._raw[end - 1].endswith("::"):
            return self._literal(end, last, context)
        return end

    def _literal(self, at: int, last: int, context: str) -> int:
        """The indented block after "::", and its end."""
        before = self._raw[at - 1]
        self._lines[at - 1] = self._lines[at - 1].rstrip().removesuffix("::").rstrip() + (
            ":" if before.strip() != "::" else ""
        )
        start = self._layout.end_while(at, last, lambda line: not line.strip())
        if start >= last:
            return start
        indent = len(before) - len(before.lstrip())
        if len(self._raw[start]) - len(self._raw[start].lstrip()) <= indent:
            return start
        end = self._layout.end_of_indented(start, last, indent)
        self._code_block(start, end, context)
        return end
