"""Text cut into sentences, as spans: full stops that end one, list items, table rows and headings as lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof sr jr st vs etc e.g i.e cf al fig figs eq no nos vol pp p ed eds rev gen col capt lt sgt sen rep gov"
    " hon inc ltd co corp dept est approx ca c ft mt jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri"
    " sat sun u.s u.k u.n a.m p.m".split()
)
_OWN_LINE = re.compile(r"[ \t]*(?:[-*+•]\s|\d+[.)]\s|#|\||>|```)")
_SHORT = 60  # characters; a shorter line was not broken for want of room
_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s+\S)|[。！？]+["”’）」』]*""")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of `text`, in order, without the white space around them; none is empty."""
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        for mark in _END.finditer(text, start, end):
            if _ends(text, start, mark):
                _add(spans, text, start, mark.end())
                start = mark.end()
        _add(spans, text, start, end)
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a line goes on where it was broken for want of room."""
    start, at = 0, 0
    for line in text.splitlines(keepends=True):
        following = text[at + len(line) : at + len(line) + 80]
        at += len(line)
        rest = following.lstrip(" \t")
        short = len(line.strip()) < _SHORT and not rest[:1].islower()
        if (
            not line.strip()
            or not rest
            or rest[0] == "\n"
            or short
            or _OWN_LINE.match(following)
            or line.lstrip()[0] in "#|"
        ):
            yield start, at
            start = at
    if start < len(text):
        yield start, len(text)


def _ends(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark[0][0] in "!?…。！？":
        return True
    following = text[mark.end() : mark.end() + 20].lstrip()
    if following[:1].islower():
        return False
    before = re.search(r"(\S*)$", text[max(start, mark.start() - 30) : mark.start()])
    word = (before[1] if before else "").lstrip("([\"'“‘").lower()
    if word in _ABBREVIATIONS:
        return False
    # an initial: "J. R. Smith"; a lone capital that ends a sentence ("vitamin C.") is rarer
    return not (len(word) == 1 and word.isalpha() and text[mark.start() - 1].isupper())


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
