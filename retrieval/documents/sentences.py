"""Where sentences begin and end: spans into the text, never copies, so that a quotation can be shown in its place.

Two steps. Lines are gathered into blocks first, because headings, list items and table rows end without a full stop while a
wrapped paragraph runs on; then each block is cut at full stops that really end a sentence. Deterministic, linear in the
text, and without a model: it runs on every passage of every question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..docstore import is_month

_MAX_CHARS = 1000  # what runs on longer is cut at a space: an embedder would not see its end
_SHORT_LINE = 25  # characters; a shorter line is taken for a heading unless its neighbours are as short
_WRAPPED_SHARE = 0.6  # of the paragraph's widest line; a line as long as this may have been wrapped

_LINE = re.compile(r"[^\n]*\n?")
_ITEM = re.compile(r"\s*(?:[-*+•‣▪·–]\s+|\d{1,3}[.)]\s+|[a-zA-Z][.)]\s+|\[[ xX]\]\s+)")
_OWN_LINE = re.compile(r"\s*(?:#{1,6}\s|```|~~~|\||>|={3,}\s*$|-{3,}\s*$|[^|\n]+ \| )")
_KEY = re.compile(r"[^\s:;][^:;\n]{0,60}: ")
_MARK = re.compile(r"(?:\s|#{1,6}\s|>\s|[-*+•‣▪·–]\s|\[[ xX]\]\s)+")
_WORDY = re.compile(r"\w")

_CLOSERS = "\"'”’»)]*_"
_END = re.compile(rf"(?:[.!?…‽]+[{re.escape(_CLOSERS)}]*(?=\s)|[。！？｡]+[」』”’）】]*|[।۔؟]+(?=\s))")
_NEXT = re.compile(r"[\s\"'“‘«(\[*_]*(\w*)")
_BEFORE = re.compile(r"[^\s(\[\"“‘'/–—]*$")

_PART_OF_NUMBER = re.compile(r"\d{1,3}(?!\d)")  # "6. 3 million", as models part a number
_DAY = re.compile(r"\d{1,2}")  # "am 3. Oktober"

_NEVER_LAST = frozenset(  # an abbreviation that always has more to say
    """dr mr mrs ms mx prof st sr sra srta hon rev fr gen col capt lt sgt maj cpl gov sen rep pres
    e.g i.e eg ie cf viz vs v ca approx resp incl excl esp z.b d.h u.a bzw ggf evtl usw.z sog vgl m.e p.ej
    mt ft ste messrs mme mlle""".split()
)
_BEFORE_NUMBER = frozenset("no nos nr fig figs eq eqs sec sect ch chap vol p pp pg art tel ext ref op ed bd abb kap".split())
_MAYBE_LAST = frozenset(  # the sentence ends only where a word follows that likes to begin one
    """etc al inc ltd co corp jr sr bros dept est u.s u.k u.n e.u u.s.a d.c ph.d m.d b.a m.a b.sc m.sc a.m p.m a.d b.c
    b.c.e c.e jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun min max
    avg""".split()
)
_STARTERS = frozenset(
    """the a an this that these those it its he she they we you i his her their our your my there here in on at by for from
    with without of to as if when while after before since because although though however but and or so then thus
    what who whom whose which where why how is are was were do does did can could will would should may might must no not
    all some many most each every both other another one two three during until according""".split()
)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as (start, end), in order, trimmed and never empty.

    Bullets and heading marks stand outside the span; lines of nothing but rules or fences are left out.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        for first, last in _cut(text, start, end):
            first, last = _trim(text, first, last)
            if first < last and _WORDY.search(text, first, last):
                spans.extend(_short_enough(text, first, last))
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that read on: a wrapped paragraph, or one heading, list item or table row."""
    paragraph: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        start, end = match.span()
        if start == end:
            break
        if text[start:end].isspace():
            yield from _runs(text, paragraph)
            paragraph = []
        else:
            paragraph.append((start, end))
    yield from _runs(text, paragraph)


def _runs(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut a paragraph between two lines wherever the second does not carry on the first."""
    if not lines:
        return
    stripped = [text[start:end].rstrip() for start, end in lines]
    width = max(map(len, stripped))
    begin = lines[0][0]
    for before, after, (_, end), (start, _) in zip(stripped, stripped[1:], lines, lines[1:], strict=False):
        if not _carries_on(before, after, width):
            yield begin, end
            begin = start
    yield begin, lines[-1][1]


def _carries_on(before: str, after: str, width: int) -> bool:
    if _ITEM.match(after) or _OWN_LINE.match(after) or _OWN_LINE.match(before):
        return False
    if before[-1] in "{};:" or after[0] in "{}":
        return False
    key = _KEY.match(before)
    if key and after.startswith(key.group()):
        return False
    first = after.lstrip()[:1]
    if first.islower():
        return len(before) >= _SHORT_LINE or len(before) >= _WRAPPED_SHARE * width
    return len(before) >= _SHORT_LINE and len(before) >= _WRAPPED_SHARE * width


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut one block after every full stop that ends a sentence."""
    number = _ITEM.match(text, start, end)
    position = number.end() if number else start  # the stop of "1. " ends nothing
    for stop in _END.finditer(text, position, end):
        if _ends(text, start, stop.start(), stop.end(), end):
            yield start, stop.end()
            start = stop.end()
    yield start, end


def _ends(text: str, start: int, stop: int, after: int, end: int) -> bool:
    """Whether the stop at `stop` (with its closing quotes up to `after`) is the end of a sentence."""
    if text[stop] in "。！？｡।۔؟":
        return True
    following = _NEXT.match(text, after, end)
    word = following.group(1) if following else ""
    if word[:1].islower():
        return False
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    before = _BEFORE.search(text, max(start, stop - 30), stop)
    written = before.group() if before else ""
    token = written.lower()
    if _PART_OF_NUMBER.fullmatch(token) and _PART_OF_NUMBER.match(word):
        return False
    if _DAY.fullmatch(token) and is_month(word):
        return False
    if token in _NEVER_LAST:
        return False
    initial = len(token) == 1 and token.isalpha()
    if token in _BEFORE_NUMBER and not (initial and written.isupper() and word[:1].isalpha()):  # "Robert P. McCulloch"
        return not word[:1].isdigit() and not (len(word) == 1 and word.isupper())
    if initial or token in _MAYBE_LAST or (len(token) > 2 and token[1::2].strip(".") == ""):
        return word.lower() in _STARTERS and len(word) > (1 if initial else 0)
    return True


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    if mark := _MARK.match(text, start, end):
        start = mark.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _MAX_CHARS:
        cut = max(text.rfind(mark, start + _MAX_CHARS // 2, start + _MAX_CHARS) for mark in (" ", "\n", "\t"))
        cut = cut if cut > start else start + _MAX_CHARS
        first, last = _trim(text, start, cut)
        if first < last:
            yield first, last
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end
