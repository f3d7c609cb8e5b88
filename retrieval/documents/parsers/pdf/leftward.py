"""Text that is written from right to left: its letters in the order of reading, and its places as a mirror shows them.

So that whatever follows may read every page from left to right, its columns and tables too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CLUSTER = (
    re.compile(  # what keeps its own order within a word that is turned round: numbers, names, a letter with its marks
        "[0-9\u0660-\u0669\u06f0-\u06f9]+(?:[.,:/-][0-9\u0660-\u0669\u06f0-\u06f9]+)*|[A-Za-z]+"
        "|.[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]*",
        re.S,
    )
)
Places = npt.NDArray[np.float32]  # (n, 2, 4): left, top, right and bottom of the first and the last letter of each word


def is_leftward(text: str) -> bool:
    """Whether there are letters in it that are written from right to left."""
    return _LETTER.search(text) is not None


def in_reading_order(word: str, left_of: Callable[[int], float]) -> str:
    """The word as it is read. `left_of`: where each of its letters begins on the page."""
    letters = [at for at, letter in enumerate(word) if letter.isalpha() and _LETTER.match(letter)]
    if not letters:
        return word
    first, last = letters[0], letters[-1]
    core, left = word[first : last + 1], min(left_of(first), left_of(last))
    if left_of(first) < left_of(last):
        core = "".join(reversed(_CLUSTER.findall(core)))
    before, after = "", ""
    for mark, at in ((word[:first], 0), (word[last + 1 :], last + 1)):
        if mark and left_of(at) < left:
            after += mark
        else:
            before += mark
    return before + core + after


def mirror(
    words: Sequence[str], places: Places, breaks: Sequence[bool], upright: npt.NDArray[np.bool_], sheet: tuple[float, float]
) -> bool:
    """Mirror, in place, the places of lines that are written from right to left, or of the whole page.

    `breaks`: whether a word is the last of its line; `sheet`: the page's left and right edges. Gives whether all of the page
    is mirrored, as it is where most of its words are leftward.
    """
    leftward = np.fromiter(map(is_leftward, words), bool, len(words)) & upright
    worded = np.fromiter((any(map(str.isalpha, word)) for word in words), bool, len(words)) & upright
    is_whole = 2 * int(leftward.sum()) > int(worded.sum())
    start = 0
    for last in np.flatnonzero(breaks).tolist():
        line = np.arange(start, last + 1)
        line = line[upright[line]]
        start = last + 1
        if not len(line) or not (is_whole or 2 * leftward[line].sum() > worded[line].sum()):
            continue
        line = line[np.argsort(places[line][:, :, 0].min(axis=1))]
        _flip(places, line, sheet if is_whole else None)
        parts = np.split(line, np.flatnonzero(np.diff(leftward[line])) + 1)
        for part in parts:  # numbers and names in Latin letters that follow each other read on from left to right
            if len(part) > 1 and not leftward[part[0]]:
                _flip(places, part)
    return is_whole


def _flip(places: Places, chosen: npt.NDArray[np.int_], between: tuple[float, float] | None = None) -> None:
    """Mirror the words `chosen` between two edges, else within the room that they take."""
    left, right = places[chosen][:, :, 0].min(axis=1), places[chosen][:, :, 2].max(axis=1)
    total = sum(between) if between is not None else float(left.min() + right.max())
    places[chosen, :, 0] = (total - right)[:, None]
    places[chosen, :, 2] = (total - left)[:, None]
