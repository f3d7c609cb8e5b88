"""The blocks of a plain text, which stays as it is: headings, lists, terms with what is said of them, code.

A stanza is what stands between blank lines. Everything takes time in proportion to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..base import Block, BlockKind
from ..progress import report_alive
from .boilerplate import hints_of_licences, is_licence, licence_spans, mostly_licence

_RULE = re.compile(r"\s*([=\-~^*_+#.\"'`:])\1{2,}\s*$")
_RULES = "=-~^*_+#.\"'`:"
_UNDERLINES = "=-~^*+#\"'`"
_NUMBERED = re.compile(
    r"(?:(?:chapter|section|part|appendix|article|kapitel|chapitre|cap[ií]tulo)\s+)?((?:\d+|[A-Z]|[IVXLC]+)(?:\.\d+)*)[.):]?\s+\S",
    re.I,
)
_NAMED = re.compile(
    r"(?:chapter|section|part|appendix|article|kapitel|chapitre|cap[ií]tulo|book|volume)\s+(?:\d+|[IVXLC]+)\b", re.I
)
_ITEM = re.compile(r"(\s*)(?:[-*•‣◦–+]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\[[ xX]\])\s+(?=\S)")
_OPTION = re.compile(r"\s{0,16}(?:-{1,2}|/|\+)[A-Za-z0-9?#@][^\s,=\[]*(?:[ =,\[|]\S.*)?$")
_OPTION_WITH_TEXT = re.compile(r"\s{0,16}(?:-{1,2})[A-Za-z0-9?#@]\S*(?:,? \S+)*?(?:\s{2,}|\t+)\S")
_PAIR = re.compile(r"\s{0,8}[\w(][^:\n.!?]{0,40}?\s?(?::\s|:$|\s=\s)\s*\S?")
_GAP = re.compile(r"\s{0,12}\S+(?: \S+){0,4}(?:\s{3,}|\t+)\S")
_LEADERS = re.compile(r"(?:\.{4,}|(?:\s\.){4,}|…{2,})\s*[\divxlc]+\s*$", re.I)
_STAMP = re.compile(  # how the lines of a log begin
    r"\s*[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d"
    r"|(?:ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE|FATAL)\b)"
)
_WIKI = re.compile(r"(={1,6}) ?\S.*?\S ?\1\s*$")
_CODE = re.compile(r"[{};<>=$|\\]|\(\)|^\s*(?:#|//|\$ |> |import |def |sudo |cd )")
_PAGE_FOOT = re.compile(r".*\[Page \d+\]\s*$|\s*-?\s*\d{1,4}\s*-?\s*$|\s*[Pp]age \d+(?: of \d+)?\s*$")
_SENTENCE_END = (".", "!", "?", ",", ";", ":")
_LONGEST_HEADING = 90
_MOST_TITLE_LINES = 3
_NUMERALS = 60
_LINE_CHARS = 200  # of a line, that say what it is
_LOOK = 200  # lines of a stanza, that say what it is
_LICENCE_CHARS = 3_000
_SIGN_EVERY = 5_000  # stanzas, or lines


class _Line(NamedTuple):
    start: int
    end: int
    text: str  # as much of it as says what it is
    indent: int


_Stanza = Sequence[_Line]


def find_blocks(text: str) -> list[Block]:
    """Blocks of all of `text` but for paragraphs, which need none."""
    return _Structure(text).blocks()


class _Structure:
    def __init__(self, text: str) -> None:
        self._text = text
        self._levels: dict[str, int] = {}  # by the mark that underlines
        self._indent = 0  # of the paragraph before

    def blocks(self) -> list[Block]:
        etext = list(licence_spans(self._text))
        stanzas = list(_stanzas(self._text))
        hints = hints_of_licences(self._text)
        licences = [stanza for stanza in stanzas if _stands_in(hints, stanza) and self._is_licence(stanza)] if hints else []
        size = sum(stanza[-1].end - stanza[0].start for stanza in licences)
        furniture = set() if mostly_licence(size, len(self._text)) else {stanza[0].start for stanza in licences}
        blocks: list[Block] = []
        for number, stanza in enumerate(stanzas):
            if number % _SIGN_EVERY == 0:
                report_alive()
            outer = next((span for span in etext if span[0] <= stanza[0].start < span[1]), None)
            if outer is not None or stanza[0].start in furniture:
                blocks.append(_block(stanza, BlockKind.FURNITURE))
                continue
            blocks += self._of_stanza(stanza, stanzas[number + 1] if number + 1 < len(stanzas) else ())
        return blocks

    def _is_licence(self, stanza: _Stanza) -> bool:
        return is_licence(self._text[stanza[0].start : min(stanza[-1].end, stanza[0].start + _LICENCE_CHARS)])

    def _of_stanza(self, stanza: _Stanza, following: _Stanza) -> Iterator[Block]:
        while stanza and (section := self._heading(stanza, following)) is not None:
            blocks, stanza = section
            yield from blocks
        if not stanza:
            return
        before, self._indent = self._indent, stanza[0].indent
        if len(stanza) > 1 and stanza[0].text.rstrip().endswith(":") and (_opens(stanza[1]) or _is_table(stanza[1:])):
            yield _block(stanza[:1], BlockKind.PARAGRAPH)  # it introduces what follows
            stanza = stanza[1:]
        if _all(stanza, _is_ornament) or _most(stanza, _has_leaders):
            yield _block(stanza, BlockKind.FURNITURE)
        elif len(stanza) > 3 and _most(stanza, _STAMP.match):
            yield _block(stanza, BlockKind.CODE)
        elif _is_option(stanza[0].text):
            yield from _entries(stanza, _is_option)
        elif _has_items(stanza):
            yield from _items(stanza)
        elif len(stanza) > 1 and _most(stanza, _is_pair, 0.67):
            yield from _entries(stanza, _is_pair)
        elif _is_table(stanza):
            yield _block(stanza, BlockKind.CODE)
        elif _is_term(stanza):
            yield _block(stanza, BlockKind.DEFINITION)
        elif stanza[0].indent >= before + 4 and any(_CODE.search(line.text) for line in stanza):
            self._indent = before
            yield _block(stanza, BlockKind.CODE)
        else:
            yield _block(stanza, BlockKind.PARAGRAPH)

    def _heading(self, stanza: _Stanza, following: _Stanza) -> tuple[Sequence[Block], _Stanza] | None:
        """The heading that a stanza begins with, and what is left of the stanza."""
        title = stanza[0].text.strip()
        if title.startswith("=") and (match := _WIKI.match(title)):
            return [_block(stanza[:1], BlockKind.HEADING, level=len(match[1]))], stanza[1:]
        if (underlined := self._underlined(stanza)) is not None:
            return underlined
        if len(stanza) > 1 or not following or len(title) > _LONGEST_HEADING or stanza[0].indent > 40:
            return None
        if title.endswith(_SENTENCE_END) or _has_leaders(title):
            return None
        if title[0].isdigit() and _ITEM.match(following[0].text):
            return None  # an item of a list whose items stand apart
        if (match := _NUMBERED.match(title)) and len(title) <= _NUMERALS and not _is_bare_number(title):
            return [_block(stanza, BlockKind.HEADING, level=len(self._levels) + 1 + match[1].count("."))], ()
        in_capitals = title.isupper() and sum(letter.isalpha() for letter in title) > 2 and len(title) <= _NUMERALS
        if _NAMED.match(title) or in_capitals:
            return [_block(stanza, BlockKind.HEADING, level=len(self._levels) + 1)], ()
        return None

    def _underlined(self, stanza: _Stanza) -> tuple[Sequence[Block], _Stanza] | None:
        """Up to three lines over a line of marks, and perhaps under another."""
        if not any(line.text[line.indent : line.indent + 1] in _RULES for line in stanza[: _MOST_TITLE_LINES + 2]):
            return None
        above = _RULE.match(stanza[0].text)
        first = 1 if above else 0
        for last in range(first, min(first + _MOST_TITLE_LINES, len(stanza) - 1)):
            if not (below := _RULE.match(stanza[last + 1].text)):
                continue
            rule, width = stanza[last + 1].text.strip(), max(len(line.text.strip()) for line in stanza[first : last + 1])
            if below[1] not in _UNDERLINES or width > _LONGEST_HEADING or len(rule) < min(width - 2, 4):
                return None
            if last > first and not (above or len(rule) >= width - 2):
                return None
            level = self._levels.setdefault(f"{below[1]}{bool(above)}", len(self._levels) + 1)
            blocks = [Block(stanza[first].start, stanza[last].end, BlockKind.HEADING, level)]
            blocks.append(_block(stanza[last + 1 : last + 2], BlockKind.FURNITURE))
            return ([_block(stanza[:1], BlockKind.FURNITURE), *blocks] if above else blocks), stanza[last + 2 :]
        return None


def _opens(line: _Line) -> bool:
    return _is_option(line.text) or bool(_ITEM.match(line.text))


def _has_items(stanza: _Stanza) -> bool:
    first, *others = [bool(_ITEM.match(line.text)) for line in stanza[:_LOOK]]
    return first or sum(others) > 1


def _all(stanza: _Stanza, matches: Callable[[str], object]) -> bool:
    return bool(matches(stanza[0].text)) and all(matches(line.text) for line in stanza[:_LOOK])


def _most(stanza: _Stanza, matches: Callable[[str], object], share: float = 0.5) -> bool:
    looked_at = stanza[:_LOOK]
    return len([1 for line in looked_at if matches(line.text)]) > len(looked_at) * share


def _is_ornament(line: str) -> bool:
    return bool(_RULE.match(line) or _PAGE_FOOT.match(line))


def _has_leaders(line: str) -> bool:
    return ("...." in line or " ." in line or "……" in line) and bool(_LEADERS.search(line))


def _stands_in(places: Sequence[int], stanza: _Stanza) -> bool:
    at = bisect_left(places, stanza[0].start)
    return at < len(places) and places[at] < stanza[-1].end


def _is_bare_number(title: str) -> bool:
    return not any(letter.isalpha() for letter in title) or not re.search(r"[^\W\d_]{2}", title)


def _stanzas(text: str) -> Iterator[_Stanza]:
    stanza: list[_Line] = []
    at = 0
    has_feeds = "\f" in text
    for number, line in enumerate(text.split("\n")):
        if number % _SIGN_EVERY == 0:
            report_alive()
        content = (line.replace("\f", " ") if has_feeds else line).rstrip()
        if content:
            indent = len(content) - len(content.lstrip()) if content[0].isspace() else 0
            stanza.append(_Line(at, at + len(content), content[:_LINE_CHARS], indent))
        if stanza and (not content or (has_feeds and "\f" in line)):
            yield stanza
            stanza = []
        at += len(line) + 1
    if stanza:
        yield stanza


def _block(lines: _Stanza, kind: BlockKind, *, level: int = 0) -> Block:
    start = lines[0].start + (0 if kind is BlockKind.CODE else lines[0].indent)
    return Block(start, lines[-1].end, kind, level)


def _is_option(line: str) -> bool:
    return bool(_OPTION.match(line) or _OPTION_WITH_TEXT.match(line))


def _is_pair(line: str) -> bool:
    return (":" in line or "=" in line) and bool(_PAIR.match(line))


def _entries(stanza: _Stanza, begins: Callable[[str], bool]) -> Iterator[Block]:
    """Terms, each with the lines that belong to it: those that stand further in, or begin no other."""
    first = 0
    for number in range(1, len(stanza) + 1):
        ends = number == len(stanza) or (begins(stanza[number].text) and stanza[number].indent <= stanza[first].indent + 2)
        if ends:
            yield _block(stanza[first:number], BlockKind.DEFINITION)
            first = number


def _items(stanza: _Stanza) -> Iterator[Block]:
    indents: list[int] = []
    first = 0
    for number in range(1, len(stanza) + 1):
        if number < len(stanza) and not _ITEM.match(stanza[number].text):
            continue
        lines = stanza[first:number]
        if _ITEM.match(lines[0].text):
            while indents and lines[0].indent < indents[-1]:
                indents.pop()
            if not indents or lines[0].indent > indents[-1]:
                indents.append(lines[0].indent)
            yield _block(lines, BlockKind.LIST_ITEM, level=len(indents) - 1)
        else:
            yield _block(lines, BlockKind.PARAGRAPH)
        first = number


def _is_table(stanza: _Stanza) -> bool:
    """Columns set by spaces or tabs, or drawn: their lines are not to be joined."""
    return len(stanza) > 2 and _most(stanza, _has_columns, 0.8)


def _has_columns(line: str) -> bool:
    return line.count("|") > 1 or (("   " in line or "\t" in line) and bool(_GAP.match(line)))


def _is_term(stanza: _Stanza) -> bool:
    """A short line, and what is said of it further in."""
    first, rest = stanza[0], stanza[1:]
    short = len(first.text.strip()) <= 70 and not first.text.strip().endswith((".", ",", ";"))
    return bool(rest) and short and all(line.indent >= first.indent + 2 for line in rest)
