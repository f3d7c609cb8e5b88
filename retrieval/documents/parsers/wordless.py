"""Stretches without words within any text: base64, hexadecimal dumps, pictures and programs as letters and numbers.

They stay in the text and are furniture: nobody looks for them, and they would fill chunks without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .base import Block, BlockKind, Parsed

_LETTERS = "A-Za-z0-9+/_"
_LEAST_LONG = 200  # characters
_RUN, _LEAST_LINES = 40, 3  # letters of a line, and lines
_IN_A_ROW = re.compile(rf"[{_LETTERS}-]{{{_RUN}}}")
_LONG = re.compile(rf"(?<![{_LETTERS}=-])(?:data:[\w/+.;=-]+,)?[{_LETTERS}-]{{{_LEAST_LONG},}}={{0,2}}")
_LINES = re.compile(  # of base64, as mail and keys have it, and the last of them, which is shorter
    rf"(?:^[ \t]*+-----BEGIN [A-Z ]+-----\n)?(?:^[ \t\"'>]*+[{_LETTERS}-]{{{_RUN},}}+={{0,2}}[\"',;+\\ \t]*+\n)"
    rf"{{{_LEAST_LINES},}}+"
    rf"(?:^[ \t\"'>]*+[{_LETTERS}-]++={{0,2}}[\"',;+\\ \t]*+$)?(?:\n[ \t]*+-----END [A-Z ]+-----)?",
    re.M,
)
_HEX = "[0-9a-fA-F]"
_DUMP = re.compile(  # offset, bytes, and perhaps their letters; or the bytes alone
    rf"(?:^[ \t]*+(?:(?:0x)?{_HEX}{{6,16}}+[:h]?[ \t]++(?:{_HEX}{{2,8}}+[ \t]++){{4,}}"
    rf"|(?:{_HEX}{{2}}[ :]){{12,}}).*+\n?){{3,}}+",
    re.M,
)
_ARRAY = re.compile(r"(?:^[ \t]*+(?:0[xX][0-9a-fA-F]{1,16}+[uUlL]*+[ \t]*+(?:,[ \t]*+)?){4,}+\n?){3,}+", re.M)
_BEGINS_AS_DUMP = re.compile(rf"^[ \t]*+(?:0x)?{_HEX}{{2,16}}+[: \th]", re.M)  # what every line of `_DUMP` does
_LONG_LINE = re.compile(r"^.{1000,}$", re.M)
_PICTURE = "/* XPM */"
_PICTURE_END = "};"
_WORD = 60  # characters; a longer one is none
_MOST_WORDLESS = 0.8  # of a long line: as much is no language without spaces either, as it is ASCII
_FEW_LETTERS = 8  # differing ones: rules and fillings have no more
_LEAST_MIXED = 0.25  # of base64 are capitals and digits, of paths and names fewer


def mark_wordless(parsed: Parsed) -> Parsed:
    """The same with such stretches as furniture, cut out of whatever block they stand in."""
    spans = list(_merged(sorted(_spans(parsed.text))))
    if not spans:
        return parsed
    kept: list[Block] = []
    at = 0  # the first span that may reach into the block
    for block in parsed.blocks:
        while at < len(spans) and spans[at][1] <= block.start:
            at += 1
        start, number = block.start, at
        while block.kind is not BlockKind.FURNITURE and number < len(spans) and spans[number][0] < block.end:
            if start < spans[number][0]:
                kept.append(replace(block, start=start, end=spans[number][0]))
            start = max(start, spans[number][1])
            number += 1
        if start < block.end:
            kept.append(replace(block, start=start))
    furniture = [Block(start, end, BlockKind.FURNITURE) for start, end in spans]
    covered = [block for block in kept if block.kind is BlockKind.FURNITURE]
    furniture = list(_outside(furniture, covered))
    return replace(parsed, blocks=sorted([*kept, *furniture], key=lambda block: block.start))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from _long_spans(text)
    for match in _DUMP.finditer(text) if _BEGINS_AS_DUMP.search(text) else ():
        if re.search(r"[ :][0-9]?[a-fA-F][0-9a-fA-F]*[ :]", match[0]):  # else a table of numbers
            yield match.span()
    for match in _ARRAY.finditer(text) if "0x" in text or "0X" in text else ():
        yield match.span()
    at = text.find(_PICTURE)
    while at >= 0 and (end := text.find(_PICTURE_END, at)) >= 0:
        yield at, end + len(_PICTURE_END)
        at = text.find(_PICTURE, end)


def _long_spans(text: str) -> Iterator[tuple[int, int]]:
    """Those of long words, which are quicker to see than whether any of these is there."""
    long_words = [word for word in text.split() if len(word) >= _RUN]
    lengths = [len(word) for word in long_words if _IN_A_ROW.search(word)]
    for match in _LONG.finditer(text) if max(lengths, default=0) >= _LEAST_LONG else ():
        if _is_mixed(match[0]):
            yield match.span()
    for match in _LINES.finditer(text) if len(lengths) >= _LEAST_LINES else ():
        if _is_mixed(match[0]):
            yield match.span()
    if not any(len(word) > _WORD for word in long_words):
        return
    for match in _LONG_LINE.finditer(text):
        long = sum(len(word) for word in match[0].split() if len(word) > _WORD and word.isascii())
        if long > _MOST_WORDLESS * len(match[0]) and len(set(match[0])) > _FEW_LETTERS:
            yield match.span()


def _is_mixed(letters: str) -> bool:
    capitals, digits = (sum(map(letters.count, kind)) for kind in ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"))
    return bool(digits) and capitals + digits > _LEAST_MIXED * len(letters) and len(set(letters[:400])) > _FEW_LETTERS


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for span in spans:
        if current is not None and span[0] <= current[1]:
            current = (current[0], max(current[1], span[1]))
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current


def _outside(furniture: list[Block], covered: list[Block]) -> Iterator[Block]:
    """What of the new furniture the old does not cover."""
    at = 0
    for block in furniture:
        start = block.start
        while at < len(covered) and covered[at].end <= start:
            at += 1
        number = at
        while number < len(covered) and covered[number].start < block.end:
            if start < covered[number].start:
                yield replace(block, start=start, end=covered[number].start)
            start = max(start, covered[number].end)
            number += 1
        if start < block.end:
            yield replace(block, start=start)
