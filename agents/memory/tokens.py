"""The words and figures of a text in forms in which they are the same: ten is 10, "Wed" is "Wednesday", "15k" is 15,000."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...retrieval import STOP_WORDS, search_terms

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(_SMALL)} | {word: 10 * at for at, word in enumerate(_TENS, start=2)}
_NUMBERS |= {f"{ten}-{small}": _NUMBERS[ten] + _NUMBERS[small] for ten in _TENS for small in _SMALL[1:10]}
_SCALES = {"k": 10**3, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "dozen": 12}
_CARDINALS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_NUMBERS |= {"noon": 12, "midday": 12, "midnight": 0} | {word: scale for word, scale in _SCALES.items() if len(word) > 1}
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_CALENDAR = "|".join(name for long in (*_MONTHS, *_DAYS) for name in (long, long[:3]))
_WORD = re.compile(
    r"(?P<date>\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}(?P<between>[./-])\d{1,2}(?P=between)\d{4}|\d{1,2}/\d{1,2}/\d\d"
    r"|(?:0?[1-9]|1[0-2])/\d{4})\b)"
    rf"|(?P<scaled>\b(?:\d+(?:[.,]\d+)*|{_CARDINALS}|a)[ -]?(?:hundred|thousand|million|billion|dozen)\b|\b\d+(?:\.\d+)?k\b)"
    rf"|\b(?:{_CALENDAR})(?=[-–/])"
    r"|\d+(?:st|nd|rd|th)\b|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|%|°",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(
    r"(\d{1,2}(?::\d\d)?|\w+)\s*(?:o['’]clock\s*)?(p\.?m\.?\b|in the (?:afternoon|evening))", re.IGNORECASE
)
_FILLS = re.compile(r"\b(?:a\.m\.|p\.m\.|am(?=\W|$)|pm|o['’]clock|in the (?:morning|afternoon|evening))", re.IGNORECASE)
_CONTRACTED = re.compile(r"['’](?:s|re|ve|ll|d|m)$")
_LONG_FORMS = {name[:3]: name for name in (*_MONTHS, *_DAYS)} | {
    "sept": "september",
    "tues": "tuesday",
    "thur": "thursday",
    "thurs": "thursday",
    "weds": "wednesday",
    "kg": "kilogram",
    "kgs": "kilogram",
    "kilos": "kilogram",
    "kilo": "kilogram",
    "km": "kilometre",
    "kms": "kilometre",
    "%": "cent",
    "percent": "cent",
    "°": "degree",
    "hrs": "hours",
    "hr": "hours",
    "mins": "minutes",
    "min": "minutes",
    "secs": "seconds",
    "yrs": "years",
    "tv": "television",
    "tvs": "television",
    "id": "identity",
    "max": "maximum",
    "approx": "approximately",
}


@dataclass(frozen=True, slots=True)
class Token:
    forms: frozenset[str]  # in any of which it is the same
    start: int
    end: int
    figure: bool = False
    name: bool = False
    small: bool = False  # says nothing by itself


def tokens_of(text: str) -> list[Token]:
    later = {match.start(1) for match in _HALF_OF_DAY.finditer(text)}
    fills = [match.span() for match in _FILLS.finditer(text)]
    tokens: list[Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match["date"]:
            tokens += _date(match["date"], start)
            continue
        if match["scaled"] and (number := _scaled(match["scaled"].lower())) is not None:
            tokens.append(Token(frozenset([number]), start, end, figure=True))
            continue
        small = any(first <= start < last for first, last in fills)
        token = _token(match[0], start, end, afternoon=start in later, small=small, opens=not tokens)
        if "1" in token.forms and re.match(r" [^\W\d_]", text[end : end + 2]):
            token = replace(token, figure=False)  # "1 lathe" is "a lathe"
        tokens.append(token)
    return tokens


def _date(written: str, start: int) -> Iterator[Token]:
    """Day and month each in either part, for nobody knows which is first where both are 12 or less."""
    for part in re.finditer(r"\d+", written):
        number = int(part[0])
        forms = {str(number)}
        if len(part[0]) == 2 and part.end() == len(written):
            forms |= {f"19{part[0]}", f"20{part[0]}"}
        elif 0 < number <= len(_MONTHS):
            forms |= set(search_terms(_MONTHS[number - 1]).split()[:1])
        yield Token(frozenset(forms), start + part.start(), start + part.end(), figure=True)


def _scaled(written: str) -> str | None:
    number, _, scale = re.sub(r"[ -]?(hundred|thousand|million|billion|dozen|k)$", r"|\1", written).partition("|")
    count = {"a": 1, **_NUMBERS}.get(number)
    try:
        value = (float(re.sub(r",(?=\d{3}(?!\d))", "", number)) if count is None else count) * _SCALES[scale]
    except ValueError:
        return None
    return str(int(value)) if value == int(value) else str(value)


def _token(word: str, start: int, end: int, *, afternoon: bool, small: bool, opens: bool) -> Token:
    lower = word.lower()
    if ordinal := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", lower):  # "6th" of May is 6 May, the "2nd" Saturday the second
        place = int(ordinal[1])
        named = search_terms(_ORDINALS[place - 1]).split()[:1] if 0 < place <= len(_ORDINALS) else []
        return Token(frozenset([str(place), *named]), start, end, figure=True)
    number = _NUMBERS.get(lower)
    if word[0].isdigit() or number is not None:
        return Token(frozenset(_figures(lower, number, afternoon)), start, end, figure=True, small=small)
    is_name = word[0].isupper() and not opens
    if (lower in STOP_WORDS and not is_name) or _CONTRACTED.sub("", lower) in STOP_WORDS:
        return Token(frozenset({lower}), start, end, small=True)
    stems = {stem for form in (lower, _LONG_FORMS.get(lower, lower)) for stem in search_terms(form).split()[:1]} or {lower}
    return Token(frozenset(stems), start, end, name=is_name, small=small)


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
