"""The numbers of lists and headings as a word processor prints them: "1.", "2.3", "b)", "iv."."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_LEVELS = 10
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
BULLET = "-"


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    style: str = "decimal"  # as OOXML calls it
    pattern: str = "%1."  # %1 is the number of the first level
    restarts: bool = True  # after a higher level


@dataclass(slots=True)
class ListNumbers:
    """Counts the items of one list, level by level."""

    levels: Mapping[int, Level]
    _counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)

    def next(self, depth: int) -> str:
        """What is printed before the next item of this depth; a bullet is a hyphen, and what has no number is blank."""
        depth = min(max(depth, 0), _LEVELS - 1)
        level = self.levels.get(depth, Level())
        previous = self._counts[depth]
        self._counts[depth] = level.start if previous is None else previous + 1
        for below in range(depth + 1, _LEVELS):
            if self.levels.get(below, Level()).restarts:
                self._counts[below] = None
        return self._printed(depth, level)

    def restart(self, depth: int, start: int) -> None:
        self._counts[min(max(depth, 0), _LEVELS - 1)] = start - 1

    def _printed(self, depth: int, level: Level) -> str:
        if level.style == "bullet":
            return BULLET
        text = level.pattern
        for place in range(depth, -1, -1):
            other = self.levels.get(place, Level())
            count = self._counts[place]
            text = text.replace(f"%{place + 1}", numeral(count if count is not None else other.start, other.style))
        return text.strip()


def numeral(count: int, style: str) -> str:
    """`count` in the style of this name; decimal where the name is not known."""
    if style in {"none", ""}:
        return ""
    if style in {"lowerLetter", "upperLetter"} and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 5)
        return letter if style == "lowerLetter" else letter.upper()
    if style in {"lowerRoman", "upperRoman"} and 0 < count < 4000:
        roman = _roman(count)
        return roman if style == "lowerRoman" else roman.upper()
    if style == "decimalZero":
        return f"{count:02}"
    if style == "ordinal":
        return f"{count}{'th' if 10 < count % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"
    return str(count)


def _roman(count: int) -> str:
    letters = ""
    for value, sign in _ROMAN:
        letters += sign * (count // value)
        count %= value
    return letters
