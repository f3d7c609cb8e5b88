"""Marks that a model puts in another form than `[n]`, and passages that it names in words: all become `[n]`, or go.

Left as they are their numbers would count as the answer's own, which no passage has, or would be read as ours, which are
counted anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ...retrieval import Passage

_N = r"\d{1,3}"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_OTHER = re.compile(
    rf"【\s*({_N})(?:[:†][^】\n]{{0,40}})?】|\[\^({_N})\](?!:)"
    rf"|[\[(](?:passages?|sources?|documents?|ref(?:erence)?s?\.?|see)[ \t:]+\[?({_N})\]?[\])]"
    rf"|<(?:cite|ref|sup|source)>\[?({_N})\]?</(?:cite|ref|sup|source)>",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"\[({_N})\s*(?:-|–|to)\s*({_N})\]")
_AT_END = re.compile(
    rf"(?<=[\w.!?\"”%])[ \t]*(?:\((?P<round>{_N})\)|\{{(?P<curly>{_N})\}}|<(?P<angle>{_N})>)(?=[ \t]*(?:[.!?]|\n|\Z|[A-Z]))"
)
_RAISED = re.compile(r"(?<=[.!?])([⁰¹²³⁴-⁹]{1,2})(?=\s|\Z)")
_PASSAGES = rf"(?:passages?|sources?|documents?|text)[ \t]+\[?{_N}\]?(?:(?:,| and| &)[ \t]+\[?{_N}\]?)*"
_NAMED_FIRST = re.compile(
    r"(?:\A|(?<=[.!?\n]))(?P<space>\s*)"
    rf"(?:(?:according to|based on|from|in|as (?:stated|mentioned|described) in|per) (?:the )?{_PASSAGES},[ \t]*"
    rf"|{_PASSAGES} (?:says?|states?|mentions?|notes?|explains?|indicates?)(?: that)?[:,]?[ \t]*)"
    r"(?P<first>[\"“]?\w)",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(
    r"\n+[ \t]*[*_#> ]*(?:sources?|references?|citations?|works cited|quellen?|fuentes?)[*_ ]*:?[*_]*[ \t]*"
    r"(?P<rest>[^\n]*(?:\n[^\n]*)*)\Z",
    re.IGNORECASE,
)
_FILE = re.compile(r"[\w./\\~-]+\.(?:md|txt|pdf|html?|docx?|odt|csv|xlsx?|pptx?|json|rst|epub)", re.IGNORECASE)
_FOOTNOTE = re.compile(rf"\n[ \t]*\[\^?{_N}\]:?[ \t]+(?P<rest>[^\n]+)(?=\n|\Z)")
_BRACKETED = re.compile(
    r"[ \t]*[\[(](?:(?:sources?|quelle|from|see):?[ \t]*)?(?P<name>[^\[\]()\n]{3,120})[\])]", re.IGNORECASE
)
_SIGN = re.compile(rf"^(?:[-*+•]|\d{{1,3}}[.)]|\[\^?{_N}\]:?)[ \t]+")


def as_marks(text: str, passages: Sequence[Passage]) -> str:
    """`text` with every mark as `[n]`, and without a list of its sources at its end: the answer has its own."""
    count = len(passages)
    text = _without_source_list(text, passages)
    text = _OTHER.sub(lambda mark: f"[{next(filter(None, mark.groups()))}]", text)
    text = _RANGE.sub(lambda mark: _expanded(int(mark[1]), int(mark[2]), count) or mark[0], text)
    text = _RAISED.sub(lambda mark: f" [{mark[1].translate(_SUPERSCRIPTS)}]", text)
    own = "\n".join(passage.text for passage in passages)

    def at_end(mark: re.Match[str]) -> str:
        number = int(mark["round"] or mark["curly"] or mark["angle"])
        return f" [{number}]" if 1 <= number <= count and mark[0].strip() not in own else mark[0]

    text = _BRACKETED.sub(lambda mark: _of_source(mark["name"], passages) or mark[0], _AT_END.sub(at_end, text))
    return _NAMED_FIRST.sub(lambda lead: f"{lead['space']}{lead['first'].upper()}", text)


def _expanded(first: int, last: int, count: int) -> str:
    return "".join(f"[{number}]" for number in range(first, last + 1)) if 1 <= first <= last <= count else ""


def _of_source(name: str, passages: Sequence[Passage]) -> str:
    """The mark of the first passage of a source that is named so."""
    wanted = name.strip(" \t`*_\"'“”").casefold()
    numbers = [number for number, passage in enumerate(passages, start=1) if wanted in _names(passage)]
    return f" [{numbers[0]}]" if numbers else ""


def _names(passage: Passage) -> set[str]:
    path = PurePath(passage.source)
    return {name.casefold() for name in (passage.source, path.name, passage.title) if name}


def _without_source_list(text: str, passages: Sequence[Passage]) -> str:
    def is_source(line: str) -> bool:
        bare = _SIGN.sub("", line.strip()).strip(" \t`*_\"'“”.,")
        return (
            not re.search(r"[^\W\d]", bare)
            or bool(_FILE.fullmatch(bare))
            or any(bare.casefold() in _names(passage) for passage in passages)
        )

    if (tail := _SOURCE_LINE.search(text)) and all(map(is_source, re.split(r"[\n,;]", tail["rest"]))):
        text = text[: tail.start()]
    return _FOOTNOTE.sub(lambda note: "" if is_source(note["rest"]) else note[0], text)
