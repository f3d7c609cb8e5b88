"""A correction in a person's own words, put in those of the text: "ten to two" is "10:00 to 14:00" there.

What a span-writing model learns must be copied from a passage. The stretch of one sentence is looked for that has the words
and figures of the correction which the question does not have already; it must have every figure, most of the weight of
the words, and deny where the correction denies. Measured on thirty corrections of people's wordings over the sample
(`tests/agents/memory/test_alignment.py`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ...retrieval import STOP_WORDS, search_terms, split_sentences

_LEAST_SHARE = 0.6  # of the correction's weight that a stretch must have
_WITH_FIGURES = 0.4  # the same, where the correction has figures, and the stretch all of them
_FIGURE_WEIGHT = 2.0  # beside a word's
_NAME_WEIGHT = 1.5
_FILLING = 0.1  # a stretch loses for every word in it that the correction does not have
_CROSSING = 1.2  # and for each cell of a table that it goes beyond
_MOST_WORDS = 60  # of a correction; what is longer is an essay
_LONGEST = 40  # words of a stretch
_ALIKE = 0.82  # of a word's letters, from which it may be a misspelling
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_WORD = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|%|°")
_HALF_OF_DAY = re.compile(
    r"(\d{1,2}(?::\d\d)?|\w+)\s*(?:o['’]clock\s*)?(p\.?m\.?\b|in the (?:afternoon|evening))", re.IGNORECASE
)
_FILLS = re.compile(r"\b(?:a\.m\.|p\.m\.|am(?=\W|$)|pm|o['’]clock|in the (?:morning|afternoon|evening))", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|never|nobody|none|nothing|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_CELLS = re.compile(r": | \| |\n|\t|;")
_YES_OR_NO = re.compile(r"^\W*(?:yes|no|yep|nope|true|false)\W*$", re.IGNORECASE)
_UNITS = {
    "kg": "kilogram",
    "kgs": "kilogram",
    "kilos": "kilogram",
    "kilo": "kilogram",
    "%": "cent",
    "percent": "cent",
    "hrs": "hours",
}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(_SMALL)} | {word: 10 * at for at, word in enumerate(_TENS, start=2)}
_NUMBERS |= {f"{ten}-{small}": _NUMBERS[ten] + _NUMBERS[small] for ten in _TENS for small in _SMALL[1:10]}
_NUMBERS |= {"dozen": 12, "noon": 12, "midday": 12, "midnight": 0, "hundred": 100, "thousand": 1000}


@dataclass(frozen=True, slots=True)
class Aligned:
    """`text` is `passages[passage][start:end]`, and stands in the sentence from `first` to `last` there."""

    text: str
    passage: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Token:
    forms: frozenset[str]  # in any of which it is the same
    start: int
    end: int
    figure: bool = False
    name: bool = False
    small: bool = False  # says nothing by itself


def align(correction: str, question: str, passages: Sequence[str]) -> Aligned | None:
    """The stretch of the first passage that says best what `correction` says; None where none does."""
    bare = correction.strip().strip(".!").strip()
    if exact := _exact(bare, passages):
        return exact
    if _YES_OR_NO.match(bare):
        return None
    words = [token for token in _tokens(bare) if not token.small][:_MOST_WORDS]
    known = {form for token in _tokens(question) for form in token.forms}
    telling = [token for token in words if not token.forms & known]
    if not telling:
        return None
    total = sum(map(_weight, telling))
    least = _WITH_FIGURES if any(token.figure for token in telling) else _LEAST_SHARE
    denies = bool(_DENIES.search(bare))
    spoken = {form for token in _tokens(bare) for form in token.forms}
    best: tuple[float, Aligned] | None = None
    for at, passage in enumerate(passages):
        for first, last in split_sentences(passage):
            if denies and not _DENIES.search(passage[first:last]):
                continue
            best_here = _best_stretch(telling, words, spoken, passage[first:last])
            if best_here is not None and best_here[0] >= least * total and (best is None or best_here[1] > best[0] + 1e-9):
                start, end = first + best_here[2], first + best_here[3]
                best = best_here[1], Aligned(passage[start:end], at, start, end, first, last)
    return best[1] if best is not None else None


def why_not_aligned(correction: str, question: str, passages: Sequence[str]) -> str:
    """What of a correction the passages lack, in words that follow "it is not used: "."""
    bare = correction.strip()
    if _YES_OR_NO.match(bare):
        return "a bare yes or no stands in no text"
    known = {form for token in _tokens(question) for form in token.forms}
    telling = [token for token in _tokens(bare) if not token.small and not token.forms & known]
    if not telling:
        return "it says nothing that the question does not say"
    there = [token for passage in passages for token in _tokens(passage)]
    lacking = [bare[token.start : token.end] for token in telling if not any(_same(token, other) for other in there)]
    if not lacking:
        return "no single sentence of the passages shown says it"
    listed = ", ".join(f"“{word}”" for word in lacking[:3])
    return f"{listed} {'stands' if len(lacking) == 1 else 'stand'} in none of the passages shown"


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
    telling: Sequence[_Token], words: Sequence[_Token], spoken: Set[str], sentence: str
) -> tuple[float, float, int, int] | None:
    """Of one sentence: the weight it has, its score, and where the stretch begins and ends."""
    there = _tokens(sentence)
    hits = [next((at for at, mine in enumerate(telling) if _same(mine, token)), None) for token in there]
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
            last = end
            while (
                last + 1 < len(there)
                and there[last + 1].small
                and there[last + 1].forms & spoken
                and there[last + 1].start == there[last].end + 1
            ):
                last += 1
            weight = sum(_weight(telling[hit]) for hit in held)
            crossed = len(_CELLS.findall(sentence, there[begin].start, there[last].end))
            score = weight - _FILLING * sum(not each for each in spoken_of[begin : end + 1]) - _CROSSING * crossed
            if best is None or score > best[1] + 1e-9:
                best = weight, score, there[begin].start, there[last].end
    return best


def _weight(token: _Token) -> float:
    return _FIGURE_WEIGHT if token.figure else _NAME_WEIGHT if token.name else 1.0


def _same(token: _Token, other: _Token) -> bool:
    if token.forms & other.forms:
        return True
    if token.figure or other.figure:
        return False
    stem, stem_of_other = min(token.forms), min(other.forms)
    shorter = min(len(stem), len(stem_of_other))
    if shorter >= 4 and (stem.startswith(stem_of_other) or stem_of_other.startswith(stem)):
        return True
    return shorter >= 5 and difflib.SequenceMatcher(None, stem, stem_of_other).ratio() >= _ALIKE


def _tokens(text: str) -> list[_Token]:
    later = {match.start(1) for match in _HALF_OF_DAY.finditer(text)}
    fills = [match.span() for match in _FILLS.finditer(text)]
    tokens: list[_Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        small = any(first <= start < last for first, last in fills)
        tokens.append(_token(match[0], start, end, afternoon=start in later, small=small, opens=not tokens))
    return tokens


def _token(word: str, start: int, end: int, *, afternoon: bool, small: bool, opens: bool) -> _Token:
    lower = word.lower()
    if ordinal := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", lower):  # "6th" of May is 6 May, the "2nd" Saturday the second
        place = int(ordinal[1])
        named = search_terms(_ORDINALS[place - 1]).split()[:1] if 0 < place <= len(_ORDINALS) else []
        return _Token(frozenset([str(place), *named]), start, end, figure=True)
    number = _NUMBERS.get(lower)
    if word[0].isdigit() or number is not None:
        return _Token(frozenset(_figures(lower, number, afternoon)), start, end, figure=True, small=small)
    if lower in STOP_WORDS and not (word[0].isupper() and not opens):
        return _Token(frozenset({lower}), start, end, small=True)
    stems = search_terms(_UNITS.get(lower, lower)).split()[:1] or [lower]
    return _Token(frozenset(stems), start, end, name=word[0].isupper() and not opens, small=small)


def _figures(written: str, number: int | None, afternoon: bool) -> Iterator[str]:
    """The forms in which a figure may be meant: "14:00" is 14, and 2 to who says "at two"."""
    if number is None:
        hour, _, minutes = written.partition(":")
        if minutes and minutes.isdigit() and int(minutes):
            yield f"{int(hour)}:{minutes}"
            if int(hour) > 12:
                yield f"{int(hour) - 12}:{minutes}"
            elif afternoon:
                yield f"{int(hour) + 12}:{minutes}"
            return
        plain = hour if minutes else re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", written)
        if not plain.isdigit():
            yield plain
            return
        number = int(plain)
        if minutes and number > 12:
            yield str(number - 12)
    yield str(number)
    if afternoon and number < 12:
        yield str(number + 12)
