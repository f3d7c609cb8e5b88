"""What a model has noted of the parts, each line with the passages that support it, and all of them as a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...retrieval import Passage
from ..judging import is_refusal
from ..writing import Attributed, split_statements, strip_marks
from .parts import Part
from .requests import NOTHING

_SIGN = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_QUOTES = '"“”'  # that a small model puts around each item
_SMALL = frozenset("a an the of for to in on at and or is are was were it its be has have".split())
_FEWEST_WORDS = 3  # that count, of an item that may say no more than another
_NOTHING = re.compile(rf"\W*(?:{NOTHING}|none|nothing|n/a)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """Of one part. Offsets of `statements` count in `text`, their numbers in the part's passages."""

    part: Part
    text: str
    statements: tuple[Attributed, ...] = ()

    @property
    def passages(self) -> list[Passage]:
        """Those that support anything in it."""
        numbers = sorted({number for each in self.statements for number in each.passages})
        return [self.part.passages[number - 1] for number in numbers]


@dataclass(frozen=True, slots=True)
class Merged:
    """Several notes as a draft."""

    text: str
    statements: tuple[Attributed, ...]
    passages: tuple[Passage, ...]

    @property
    def supported(self) -> bool:
        """Whether anything in it is, or is in another language than the passages, so that nobody can tell."""
        return any(each.supported or (each.foreign and each.supported is None) for each in self.statements)


def list_items(written: str, known: set[str]) -> list[str]:
    """The items that a model listed, a line each with a sign before it; those in `known` are left out, and those that say
    no more than one of them."""
    items: list[str] = []
    keys = set(known)
    for line in written.splitlines():
        item = strip_marks(_SIGN.sub("", line)).strip().strip(_QUOTES)
        key = item_key(item)
        if not key or item.rstrip("*_ ").endswith(":") or _NOTHING.fullmatch(item) or is_refusal(item):
            continue
        if not _is_within(key, keys):
            items.append(f"- {item}")
            keys.add(key)
    return items


def parted(text: str, statements: Sequence[Attributed]) -> tuple[list[str], list[str]]:
    """The lines of a list with anything in them that the passages support, and those without."""
    supported: list[str] = []
    doubtful: list[str] = []
    end = 0
    for line in text.splitlines():
        start, end = end, end + len(line) + 1
        within = [each for each in statements if start <= each.statement.start < end]
        (doubtful if within and all(each.supported is False for each in within) else supported).append(line)
    return supported, doubtful


def _is_within(key: str, known: set[str]) -> bool:
    """Whether one of the keys `known` has all that counts in `key`."""
    if key in known:
        return True
    words = set(key.split()) - _SMALL
    return len(words) >= _FEWEST_WORDS and any(words <= set(other.split()) for other in known)


def item_key(item: str) -> str:
    """The same for an item that is listed again."""
    return " ".join(re.findall(r"\w+", item.casefold()))


def merge_notes(notes: Sequence[Note], doubtful: Sequence[str] = (), *, titles: bool) -> Merged:
    """The notes beneath each other; `titles`: beneath the name of the document that they are of, where that changes.

    `doubtful` lines, which no passage supports, come last.
    """
    text, source = "", ""
    statements: list[Attributed] = []
    passages: list[Passage] = []
    for note in notes:
        if not note.text:
            continue
        if titles and note.part.source != source:
            text += f"\n**{note.part.title}**\n\n"
        source = note.part.source
        before, offset = len(passages), len(text)
        for each in note.statements:
            statement = replace(each.statement, start=each.statement.start + offset, end=each.statement.end + offset)
            numbers = tuple(number + before for number in each.passages)
            statements.append(replace(each, statement=statement, passages=numbers))
        passages += note.part.passages
        text += f"{note.text}\n" if note.text.startswith("- ") else f"{note.text}\n\n"
    if doubtful:
        text += "\n" if titles else ""
        tail = split_statements("\n".join(doubtful))
        statements += [
            Attributed(replace(each, start=each.start + len(text), end=each.end + len(text)), supported=False)
            for each in tail
        ]
        text += "\n".join(doubtful)
    return Merged(text, tuple(statements), tuple(passages))
