"""LaTeX as it would be read in print: sections, lists, tables and formulas, without its commands.

A tokenizer and a table of commands, not TeX: no macro is expanded but the plain ones a document defines itself, and no other
file is read. What is not known has its arguments as its text.
"""

from __future__ import annotations

import re
import unicodedata

from ..base import BlockKind, Parsed
from ..builder import TextBuilder
from ..encoding import decode
from ..grid import write_table
from .source import Source
from .symbols import ACCENTS, IGNORED_WITH_ARGUMENT, SYMBOLS, UNITS
from .tables import read_tabular

_MEDIA_TYPE = "application/x-tex"
_SECTIONS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "subparagraph": 6}
_VERBATIM = frozenset("verbatim lstlisting minted Verbatim alltt filecontents".split())
_MATHS = frozenset("equation align gather multline eqnarray displaymath math flalign alignat split dmath".split())
_TABULARS = frozenset("tabular tabularx tabulary longtable array supertabular tabu".split())
_LISTS = frozenset("itemize enumerate description compactitem compactenum".split())
_LEFT_OUT = frozenset("tikzpicture comment picture pgfpicture thebibliography@".split())
_DEFINITION = re.compile(r"\\(?:re)?newcommand\*?\s*\{?\\([a-zA-Z]+)\}?\s*(?:\[(\d)\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ARGUMENT = re.compile(r"\{([^{}]*)\}")
_DEEPEST = 12  # pieces within each other, such as notes in notes
_MOST_EXPANDED = 50_000  # characters that macros of the document's own may add


def parse(content: bytes) -> Parsed:
    text = decode(content)
    builder = TextBuilder()
    body = re.search(r"\\begin\s*\{document\}(.*?)(?:\\end\s*\{document\}|\Z)", text, re.S)
    if title := re.search(r"\\title\s*(?:\[[^\]]*\])?\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,2000})\}", text):
        builder.title = _plain(title[1], 1)
    if author := re.search(r"\\author\s*(?:\[[^\]]*\])?\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,2000})\}", text):
        builder.add("\n".join(part for part in (builder.title, _plain(author[1].replace("\\and", ", "), 1)) if part))
    source = _expanded(body[1] if body else text, text[: body.start()] if body else text)
    _Writer(builder, source).write()
    return builder.build(_MEDIA_TYPE)


def _plain(source: str, depth: int) -> str:
    """A piece of LaTeX on a line; `depth`: within how many others it stands."""
    if depth > _DEEPEST:
        return re.sub(r"\\[a-zA-Z@]+\*?|[{}]", " ", source)
    builder = TextBuilder()
    _Writer(builder, source, depth).write()
    return " ".join(builder.build("").text.split())


def _expanded(body: str, preamble: str) -> str:
    """Macros that the preamble defines are what it says, up to a bound; their arguments stand where they belong."""
    macros = {
        match[1]: (int(match[2] or 0), match[3])
        for match in _DEFINITION.finditer(preamble)
        if f"\\{match[1]}" not in match[3]
    }
    if not macros:
        return body
    room = _MOST_EXPANDED

    def expand(match: re.Match[str]) -> str:
        nonlocal room
        number, meaning = macros.get(match[1], (0, None))
        arguments = _ARGUMENT.findall(match[2])
        if meaning is None or len(arguments) < number:
            return match[0]
        for place in range(1, number + 1):
            meaning = meaning.replace(f"#{place}", arguments[place - 1])
        if room < len(meaning):
            return match[0]
        room -= len(meaning)
        rest = "".join(f"{{{argument}}}" for argument in arguments[number:])
        return meaning + ("" if rest == "{}" else rest)

    return re.sub(r"\\([a-zA-Z]+)(?![a-zA-Z])((?:\{[^{}\n]{0,300}\}){0,9})", expand, body)


class _Writer:
    def __init__(self, builder: TextBuilder, source: str, depth: int = 0) -> None:
        self._builder = builder
        self._source = Source(source)
        self._depth = depth
        self._parts: list[str] = []
        self._environments: list[str] = []
        self._numbers: list[int] = []  # of the items of the open lists
        self._labels: list[str] = []
        self._marker = ""
        self._caption = ""

    def write(self) -> None:
        for kind, value in self._source.tokens():
            if kind == "text":
                self._parts.append({"~": " ", "&": " ", "\n": " "}.get(value) or _as_printed(value))
            elif kind == "par":
                self._flush()
            elif kind == "math":
                self._parts.append(self._formula(value))
            elif kind == "command":
                self._command(value)
        self._flush()

    def _command(self, name: str) -> None:
        base = name.rstrip("*")
        if base in _SECTIONS:
            self._section(base)
        elif base == "begin":
            self._begin(self._source.argument())
        elif base == "end":
            self._end(self._source.argument())
        elif base == "item":
            self._item()
        elif base in {"par", "maketitle", "newpage", "clearpage", "bigskip", "medskip", "smallskip"}:
            self._flush()
        elif base in {"\\", "newline", "linebreak"}:
            self._source.option()
            self._parts.append("\n" if name == "\\" else " ")
        elif base in {"(", "["}:
            self._parts.append(self._formula("\\)" if base == "(" else "\\]"))
        elif base in {"caption", "captionof"}:
            self._source.option()
            self._flush()
            self._caption = self._plain(self._source.argument())
            self._builder.add(self._caption, context=self._context())
        elif base == "verb" or base == "lstinline":
            self._verb()
        elif base in {"SI", "qty", "si", "unit", "num", "ang"}:
            self._quantity(base)
        elif base in {"href", "hyperref"}:
            self._source.argument()
            self._parts.append(self._plain(self._source.argument()))
        elif base in {"footnote", "footnotetext", "thanks"}:
            self._source.option()
            self._parts.append(f" ({self._plain(self._source.argument())})")
        elif base in {"cite", "citep", "citet", "ref", "eqref", "autoref", "cref", "Cref", "pageref"}:
            self._source.option()
            self._parts.append(f"[{self._source.argument()}]")
        elif base in {"input", "include", "includeonly", "subfile", "bibliography", "import"}:
            if target := self._source.argument():
                self._builder.notes.append(f"what it includes is not read with it: {' '.join(target.split())[:100]}")
        elif base in {"newcommand", "renewcommand", "providecommand", "newenvironment", "def", "DeclareMathOperator"}:
            self._skip_definition(base)
        elif base in IGNORED_WITH_ARGUMENT:
            self._source.option()
            for _ in range(IGNORED_WITH_ARGUMENT[base]):
                self._source.argument()
        elif base in ACCENTS:
            self._accent(base)
        elif base in SYMBOLS:
            self._parts.append(SYMBOLS[base])
            if base.isalpha():
                self._source.skip(" ")
        elif base.isalpha():
            self._source.option()  # its arguments are read on as text
        else:
            self._parts.append(base)

    def _section(self, name: str) -> None:
        self._flush()
        self._source.option()
        self._builder.add(self._plain(self._source.argument()), BlockKind.HEADING, level=_SECTIONS[name])

    def _begin(self, name: str) -> None:
        base = name.rstrip("*")
        closing = f"\\end{{{name}}}"
        if base in _VERBATIM:
            self._flush()
            self._source.option()
            if base == "minted":
                self._source.argument()
            self._builder.add(self._source.until(closing), BlockKind.CODE, context=self._context())
        elif base in _MATHS:
            self._parts.append(f" {self._formula(closing)} ")
        elif base in _TABULARS:
            self._flush()
            self._table(self._source.until(closing))
        elif base in _LEFT_OUT:
            self._source.until(closing)
        else:
            self._flush()
            self._source.option()
            self._environments.append(base)
            if base in _LISTS:
                self._numbers.append(0)
                self._labels.append("")
            elif base in {"minipage", "multicols", "adjustbox", "thebibliography", "wrapfigure", "tabbing"}:
                self._source.argument()

    def _end(self, name: str) -> None:
        self._flush()
        base = name.rstrip("*")
        if base in self._environments:
            while self._environments and (closed := self._environments.pop()):
                if closed in _LISTS:
                    self._numbers.pop()
                    self._labels.pop()
                if closed == base:
                    break
        if base in {"table", "figure"}:
            self._caption = ""

    def _item(self) -> None:
        self._flush()
        label = self._source.option()
        if label:
            self._marker = f"{self._plain(label)}: "
        elif self._numbers and self._environments and "enum" in next(e for e in reversed(self._environments) if e in _LISTS):
            self._numbers[-1] += 1
            self._marker = f"{self._numbers[-1]}. "
        else:
            self._marker = "- "

    def _flush(self) -> None:
        lines = "".join(self._parts).split("\n")
        text = "\n".join(line for part in lines if (line := " ".join(part.split())))
        self._parts = []
        if not text:
            return
        marker, self._marker = self._marker, ""
        if not marker:
            self._builder.add(text, context=self._context())
            return
        kind = BlockKind.LIST_ITEM if marker[0] == "-" or marker[0].isdigit() else BlockKind.DEFINITION
        context = " > ".join(label for label in self._labels[:-1] if label)
        level = max(0, len(self._numbers) - 1)
        self._builder.add(
            marker + text, kind, level=level if kind is BlockKind.LIST_ITEM else 0, context=context, after="\n"
        )
        if self._labels:
            self._labels[-1] = text[:80] if kind is BlockKind.LIST_ITEM else marker.rstrip(": ")

    def _context(self) -> str:
        return " > ".join(label for label in self._labels if label)

    def _table(self, source: str) -> None:
        caption, rows = read_tabular(source, self._plain)
        self._caption = caption or self._caption
        context = " > ".join(part for part in (self._context(), self._caption) if part)
        write_table(self._builder, rows, context=context)

    def _formula(self, closing: str) -> str:
        return _readable(self._source.until(closing))

    def _verb(self) -> None:
        self._source.option()
        delimiter = self._source.letter()
        self._parts.append(self._source.until("}" if delimiter == "{" else delimiter) if delimiter else "")

    def _quantity(self, name: str) -> None:
        self._source.option()
        amount = self._source.argument() if name not in {"si", "unit"} else ""
        unit = self._source.argument() if name not in {"num", "ang"} else ("°" if name == "ang" else "")
        unit = re.sub(r"\\([a-zA-Z]+)", lambda match: UNITS.get(match[1], match[1]), unit)
        self._parts.append(f"{amount} {self._plain(unit)}".strip() if name != "ang" else f"{amount}°")

    def _accent(self, name: str) -> None:
        match = self._source.skip(r"\s*(?:\{\\?([a-zA-Z]?)\}|\\?([a-zA-Z]))")
        if match is None:
            return
        self._parts.append(unicodedata.normalize("NFC", (match[1] or match[2] or "") + ACCENTS[name]))

    def _skip_definition(self, name: str) -> None:
        self._source.skip(
            r"\s*\\[a-zA-Z@]+(?:#\d)*" if name == "def" else r"\*?\s*(?:\{[^{}]*\}|\\[a-zA-Z@]+)\s*(?:\[[^\]]*\]\s*)*"
        )
        self._source.argument()
        if name == "newenvironment":
            self._source.argument()

    def _plain(self, source: str) -> str:
        return _plain(source, self._depth + 1)


def _as_printed(text: str) -> str:
    """Quotation marks and dashes; two hyphens before a word may be an option."""
    text = text.replace("``", "“").replace("''", "”").replace("---", "—")
    return re.sub(r"(?<=\d)--(?=\d)", "–", text)


def _readable(formula: str) -> str:
    """A formula nearly as it is written: the names of its signs by the signs."""
    formula = re.sub(r"\\(?:label|tag|nonumber|notag)\b(?:\{[^{}]*\})?", "", formula)
    formula = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)", formula)
    formula = re.sub(
        r"\\(?:text|mathrm|mathbf|mathit|operatorname|mathcal|mathbb|textbf|left|right|big|Big)\b\s*", "", formula
    )
    formula = re.sub(r"\\([a-zA-Z]+)\s?", lambda match: SYMBOLS.get(match[1], match[1] + " "), formula)
    return " ".join(re.sub(r"\\[,;:! ]|[&~]", " ", formula).replace("\\\\", "; ").split())
