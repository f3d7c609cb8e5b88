"""The names, numbers and days of a question, and whether a text has them.

"AX-1001-D" is another part than "AX-1001", and Sunday another day than Monday: a sentence that speaks of the other one
does not answer, however near it lies. What a text must have is measured on four question sets (`docs/evaluation.md`): code
names and days stand in nearly every passage that answers, but in no more than two thirds of the answering sentences; so
they may stand anywhere in what is read with a sentence, unless it names another of their kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ..docstore import KeywordIndex, find_dates, normalise

Kind = Literal["code", "day", "date", "year", "name"]

_EDGES = "?!.,;:\"'()[]{}“”‘’«»¿¡…`*"
_DAYS = {
    name: day
    for day, names in enumerate(
        (
            *("monday montag lunes lundi", "tuesday dienstag martes mardi", "wednesday mittwoch miércoles mercredi"),
            *("thursday donnerstag jueves jeudi", "friday freitag viernes vendredi", "saturday samstag sábado samedi"),
            "sunday sonntag domingo dimanche",
        )
    )
    for name in names.split()
}
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})s?\b")
_YEAR = re.compile(r"(?<![\w.,-])(?:1[0-9]|20)\d\d(?![\w.,-]?\d)")
_CODE = re.compile(  # what is no word: figures among letters, an option, a name in capitals or of several parts
    r"--?[^\W\d_][\w-]+|(?=\S*\d)(?=\S*[^\W\d_])\w[\w.:/#+-]*|\w+(?:_\w+)+|\w+(?:::\w+)+|[^\W\d_]{1,3}(?:\+\+|#)|\.[A-Z]\w+"
    r"|[A-Z]{2,}[A-Z\d]{2,}|[a-z]+(?:[A-Z][a-z\d]*)+"
    r"|(?!(?:19|20)\d\d[/-](?:19|20)\d\d$)(?:\d{2,}(?:/\d{2,})+|\d{2,}(?:-\d{3,})+)"  # invoices, calls; no years
)
_SAYS_LITTLE = re.compile(r"\d+(?:st|nd|rd|th|s|x|%)|\d{1,2}(?:am|pm|h)", re.IGNORECASE)
_SIGNED = re.compile(r"([^\W\d_]{1,3})(?:\+\+|#)")  # C++, C#
_CODES_IN_TEXT = re.compile(r"[^\s()\[\]{}<>\"“”„«»,;|=]+")


@dataclass(frozen=True, slots=True)
class AskedName:
    """`text` as it is written in the question."""

    text: str
    kind: Kind


def find_names(question: str) -> tuple[AskedName, ...]:
    """What of a question a text that answers it must have."""
    names: dict[AskedName, None] = {AskedName(date, "date"): None for date in find_dates(question)}
    dated = bool(names)
    for place, written in enumerate(normalise(question).split()):
        word = written.strip(_EDGES) if not written.startswith(".") else written.rstrip(_EDGES)
        word = re.sub(r"['’]s$", "", word)
        if _day(word) is not None:
            names[AskedName(word, "day")] = None
        elif dated and any(letter.isdigit() for letter in word):
            continue  # a part of the date
        elif _YEAR.fullmatch(word):
            names[AskedName(word, "year")] = None
        elif _CODE.fullmatch(word) and not _SAYS_LITTLE.fullmatch(word):
            names[AskedName(word, "code")] = None
        elif place and len(word) > 2 and word[0].isupper() and word[1:].islower():
            names[AskedName(word, "name")] = None
    return tuple(names)


def lacking(names: Sequence[AskedName], sentence: str, around: str, keywords: KeywordIndex) -> tuple[str, ...]:
    """Those of `names` that a sentence is not about.

    `sentence`: with what must be read with it; `around`: its passage with all that goes with that. A year that neither has
    may be meant all the same, so it is not missed; another year in the sentence is a rival. Names of other
    kinds are to be left out where no heading has them: in prose they are often meant by another word.
    """
    return tuple(name.text for name in names if _is_lacking(name, sentence, around, keywords))


def names_code(question: str, text: str) -> bool | None:
    """Whether `text` has every code name of the question; None where there is none."""
    codes = [name.text for name in find_names(question) if name.kind == "code"]
    return all(_bounded(code).search(normalise(text)) for code in codes) if codes else None


def _is_lacking(name: AskedName, sentence: str, around: str, keywords: KeywordIndex) -> bool:
    match name.kind:
        case "day":
            days = set(_days(sentence))
            return _day(name.text) not in (days or set(_days(around)))
        case "date":
            return name.text not in (find_dates(sentence) or find_dates(around))
        case "year":
            years = set(_YEAR.findall(sentence))
            return bool(years) and name.text not in years and name.text not in around
        case "name":
            return name.text not in sentence and name.text not in around
        case "code":
            if _has_code(name.text, sentence, keywords):
                return False
            return _has_rival(name.text, sentence) or not _has_code(name.text, around, keywords)


def _has_code(code: str, text: str, keywords: KeywordIndex) -> bool:
    if _bounded(code).search(normalise(text)):
        return True
    forms = keywords.stems(code)
    return len(forms) == 1 and not any(letter.isdigit() for letter in code) and forms[0] in keywords.stems(text)


@cache
def _bounded(code: str) -> re.Pattern[str]:
    """`code` as it stands in a text, and not as a part of a longer one."""
    return re.compile(rf"(?<![\w-]){re.escape(code)}(?![\w+#]|[-.:/]+\w)", re.IGNORECASE)


def _has_rival(code: str, text: str) -> bool:
    """Whether `text` names another of the same form, or that goes on where this ends, or ends where this goes on."""
    lower, others = code.lower(), [word.strip(_EDGES) for word in _CODES_IN_TEXT.findall(normalise(text))]
    if signed := _SIGNED.fullmatch(code):
        return any(other.rstrip("+#") == signed[1] for other in others)
    if not any(letter.isdigit() for letter in code):
        return False
    codes = [other.lower() for other in others if any(letter.isdigit() for letter in other)]
    return any(_form(other) == _form(lower) or lower.startswith(f"{other}-") for other in codes)


def _form(code: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "a", code))


def _days(text: str) -> Iterator[int]:
    return (_DAYS[day] for day in _DAY.findall(text.lower()))


def _day(word: str) -> int | None:
    lower = word.lower()
    return _DAYS.get(lower, _DAYS.get(lower.removesuffix("s")))
