"""A correction in a person's own words, put in those of the text: "ten to two" is "10:00 to 14:00" there.

What a span-writing model learns must be copied from a passage. The stretch of one sentence is looked for that has the words
and figures of the correction which the question does not have already; it must have every figure, most of the weight of
the words, and deny where the correction denies. Measured on thirty corrections of people's wordings over the sample
(`tests/agents/memory/test_alignment.py`).
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from ...retrieval import split_sentences
from .framing import answer_in
from .tokens import Token, tokens_of

_LEAST_SHARE = 0.6  # of the correction's weight that a stretch must have
_WITH_FIGURES = 0.4  # the same, where the correction has figures, and the stretch all of them
_FIGURE_WEIGHT = 2.0  # beside a word's
_NAME_WEIGHT = 1.5
_FILLING = 0.1  # a stretch loses for every word in it that the correction does not have
_CROSSING = 1.2  # and for each cell of a table that it goes beyond
_MOST_WORDS = 60  # of a correction; what is longer is an essay
_LONGEST = 40  # words of a stretch
_INVERTED = 0.05  # and for every two words that stand the other way round in the correction
_NEAR_DENIAL = 6  # words from a denial to what it denies
_ALIKE = 0.82  # of a word's letters, from which it may be a misspelling
_DENIES = re.compile(r"\b(?:not|no|never|nobody|none|nothing|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_CELLS = re.compile(r": | \| |\n|\t|;")
_HANGING = frozenset("a an the and or but of to in on at by for from with than as into i he she it they we you".split())
_BOUNDS = frozenset("under over below above until before after".split())  # that belong to the figure they stand before
_SMALL_FIGURES = frozenset(map(str, range(21)))  # that stand in many a text
_ABBREVIATED = 3  # letters: "EUR", "kg"
_YES_OR_NO = re.compile(r"^\W*(?:yes|no|yep|nope|true|false)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Aligned:
    """`text` is `passages[passage][start:end]`, and stands in the sentence from `first` to `last` there."""

    text: str
    passage: int
    start: int
    end: int
    first: int
    last: int


def align(correction: str, question: str, passages: Sequence[str]) -> Aligned | None:
    """The stretch of the first passage that says best what `correction` says; None where none does."""
    written = _trimmed(correction)
    bare = _trimmed(answer_in(written))
    if exact := _exact(written, passages) or _exact(bare, passages):
        return exact
    if _YES_OR_NO.match(bare):
        return None
    words = [token for token in tokens_of(bare) if not token.small][:_MOST_WORDS]
    known = {form for token in tokens_of(question) for form in token.forms}
    telling = [token for token in words if not token.forms & known]
    if not telling:
        return None
    total = sum(map(_weight, telling))
    least = _WITH_FIGURES if any(token.figure for token in telling) else _LEAST_SHARE
    denies = bool(_DENIES.search(bare))
    spoken = {form for token in tokens_of(bare) for form in token.forms}
    best: tuple[float, Aligned] | None = None
    for at, passage in enumerate(passages):
        for first, last in split_sentences(passage):
            if denies and not _DENIES.search(passage[first:last]):
                continue
            best_here = _best_stretch(telling, words, spoken, passage[first:last])
            if best_here is not None and best_here[0] >= least * total and (best is None or best_here[1] > best[0] + 1e-9):
                start, end = first + best_here[2], first + best_here[3]
                start = _denial_before(passage, first, start, end) if denies else start
                best = best_here[1], Aligned(passage[start:end], at, start, end, first, last)
    return best[1] if best is not None else None


def why_not_aligned(correction: str, question: str, passages: Sequence[str]) -> str:
    """What of a correction the passages lack, in words that follow "it is not used: "."""
    bare = _trimmed(answer_in(_trimmed(correction)))
    if _YES_OR_NO.match(bare):
        return "a bare yes or no stands in no text"
    known = {form for token in tokens_of(question) for form in token.forms}
    telling = [token for token in tokens_of(bare) if not token.small and not token.forms & known]
    if not telling:
        return "it says nothing that the question does not say"
    there = [token for passage in passages for token in tokens_of(passage)]
    lacking = [bare[token.start : token.end] for token in telling if not any(_same(token, other) for other in there)]
    if not lacking:
        return "no single sentence of the passages shown says it"
    listed = ", ".join(f"“{word}”" for word in lacking[:3])
    return f"{listed} {'stands' if len(lacking) == 1 else 'stand'} in none of the passages shown"


def _trimmed(text: str) -> str:
    return text.strip().strip(".!").strip()


def _denial_before(passage: str, first: int, start: int, end: int) -> int:
    """Where a stretch begins that has the denial of its sentence, if one stands before it, and near."""
    if _DENIES.search(passage[start:end]):
        return start
    before = [match.start() for match in _DENIES.finditer(passage, first, start)]
    return before[-1] if before and len(passage[before[-1] : start].split()) <= _NEAR_DENIAL else start


def _exact(text: str, passages: Sequence[str]) -> Aligned | None:
    """As it stands, whatever its case and its spaces."""
    words = text.split()
    if not words:
        return None
    pattern = re.compile(
        r"(?<!\w)" * words[0][0].isalnum() + r"\s+".join(map(re.escape, words)) + r"(?!\w)" * words[-1][-1].isalnum(),
        re.IGNORECASE,
    )
    for at, passage in enumerate(passages):
        if match := pattern.search(passage):
            return Aligned(match[0], at, *match.span(), *_sentence_around(passage, *match.span()))
    return None


def _sentence_around(passage: str, start: int, end: int) -> tuple[int, int]:
    touched = [each for each in split_sentences(passage) if each[0] < end and start < each[1]]
    return (min(start, touched[0][0]), max(end, touched[-1][1])) if touched else (start, end)


def _best_stretch(
    telling: Sequence[Token], words: Sequence[Token], spoken: Set[str], sentence: str
) -> tuple[float, float, int, int] | None:
    """Of one sentence: the weight it has, its score, and where the stretch begins and ends."""
    there = tokens_of(sentence)
    hits = [
        next(
            (at for at, mine in enumerate(telling) if _same(mine, token) and _counts_alike(mine, words, place, there)), None
        )
        for place, token in enumerate(there)
    ]
    figures = {at for at, token in enumerate(telling) if token.figure}
    if not figures <= set(hits):
        return None
    spoken_of = [any(_same(word, token) for word in words) or token.small for token in there]
    places = [at for at, hit in enumerate(hits) if hit is not None]
    best: tuple[float, float, int, int] | None = None
    for at, begin in enumerate(places):
        held: set[int] = set()
        for end in places[at:]:
            if end - begin >= _LONGEST:
                break
            held.add(hits[end] or 0)
            if not figures <= held:
                continue
            last = _with_small_words(there, end, spoken)
            weight = sum(_weight(telling[hit]) for hit in held)
            crossed = len(_CELLS.findall(sentence, there[begin].start, there[last].end))
            score = weight - _FILLING * sum(not each for each in spoken_of[begin : end + 1]) - _CROSSING * crossed
            score -= _INVERTED * _inversions([hit for hit in hits[begin : end + 1] if hit is not None])
            if best is None or score > best[1] + 1e-9:
                first = begin - (begin > 0 and bool(there[begin - 1].forms & _BOUNDS & spoken))
                best = weight, score, there[first].start, there[last].end
    return best


def _counts_alike(mine: Token, words: Sequence[Token], place: int, there: Sequence[Token]) -> bool:
    """Whether a figure may count the same in both: "five soles" is not "five tools", unless soles are spoken of too. Of a
    larger figure that is taken for granted, whatever it counts is called.
    """
    counted, counted_there = _counted(mine, words), _counted(there[place], there)
    if counted is None or counted_there is None or mine.forms.isdisjoint(_SMALL_FIGURES):
        return True
    return any(_same(counted, token) for token in there)


def _counted(figure: Token, tokens: Sequence[Token]) -> Token | None:
    """The word right after a figure; None where that may be an abbreviation: of a unit nobody knows which."""
    following = next((token for token in tokens if token.start > figure.start), None) if figure.figure else None
    adjacent = following is not None and following.start == figure.end + 1
    if following is None or not adjacent or following.figure or following.small:
        return None
    return following if following.end - following.start > _ABBREVIATED else None


def _with_small_words(there: Sequence[Token], end: int, spoken: Set[str]) -> int:
    """The last of the tokens after `end` that the correction has too, and that no other must follow ("or", "the")."""
    last = end
    for at in range(end + 1, len(there)):
        token = there[at]
        if not token.small or not token.forms & spoken or token.start != there[at - 1].end + 1:
            break
        if not token.forms & _HANGING:
            last = at
    return last


def _inversions(order: Sequence[int]) -> int:
    return sum(second < first for first, second in itertools.pairwise(order))


def _weight(token: Token) -> float:
    return _FIGURE_WEIGHT if token.figure else _NAME_WEIGHT if token.name else 1.0


def _same(token: Token, other: Token) -> bool:
    if token.forms & other.forms:
        return True
    if token.figure or other.figure:
        return False
    stem, stem_of_other = max(token.forms, key=len), max(other.forms, key=len)
    shorter = min(len(stem), len(stem_of_other))
    if shorter >= 4 and (stem.startswith(stem_of_other) or stem_of_other.startswith(stem)):
        return True
    return shorter >= 5 and difflib.SequenceMatcher(None, stem, stem_of_other).ratio() >= _ALIKE
