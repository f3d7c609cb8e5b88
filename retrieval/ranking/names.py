"""The names, numbers and days of a question, and whether a text has them.

"AX-1001-D" is another part than "AX-1001", and Sunday another day than Monday: a sentence that speaks of the other one
does not answer, however near it lies. What a text must have is measured on four question sets (`docs/evaluation.md`): code
names and days stand in nearly every passage that answers, but in no more than two thirds of the answering sentences; so
they may stand anywhere in what is read with a sentence, unless it names another of their kind.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ..docstore import (
    STOP_WORDS,
    KeywordIndex,
    detect_language,
    find_dates,
    find_days_of_months,
    is_month,
    normalise,
    question_language,
)
from .days import find_days
from .reporting import find_quarters

Kind = Literal["code", "day", "date", "day of month", "number", "quarter", "year", "name"]

_EDGES = "?!.,;:\"'()[]{}“”‘’«»¿¡…`*"
_QUARTER = re.compile(r"[Qq][1-4]")
_YEAR = re.compile(r"(?<![\w.,-])(?:1[0-9]|20)\d\d(?![\w.,-]?\d)")
_CODE = re.compile(  # what is no word: figures among letters, an option, a name in capitals or of several parts
    r"--?[^\W\d_][\w-]*|(?=\S*\d)(?=\S*[^\W\d_])\w[\w.:/#+-]*|\w+(?:_\w+)+|\w+(?:::\w+)+|[^\W\d_]{1,3}(?:\+\+|#)|\.[A-Z]\w+"
    r"|[A-Z]{2,}[A-Z\d]{2,}|[a-z]+(?:[A-Z][a-z\d]*)+|\d+(?:\.\d+){2,}"
    r"|(?!(?:19|20)\d\d[/-](?:19|20)\d\d$)(?:\d{2,}(?:/\d{2,})+|\d{2,}(?:-\d{3,})+)"  # invoices, calls; no years
)
_NUMBERED = re.compile(  # "room 12", "第3条"
    r"([^\W\d_]{2,})[ \t]+(?:(?:of|no\.?|number)[ \t]+)?(\d+)(?![\w.,:/%-]*\d|\w)|([\u3400-\u9fff])(\d+)([\u3400-\u9fff])"
)
_GROUPED = re.compile(r"(?<=\d)[,.'’ \u00a0\u202f](?=\d{3}(?!\d))")  # what parts thousands
_LABEL_GAP = r"\W{1,3}(?:\w{1,2}\W{1,2})?"  # "room 12", "Room: 12", "Zimmer Nr. 12"
_SAYS_LITTLE = re.compile(r"\d+(?:st|nd|rd|th|s|x|%)|\d{1,2}(?:am|pm|h)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SPELLING, _ALIKE = 2, 0.82  # letters more or fewer, and share of equal ones, within which a name may be misspelled
_OPTION = re.compile(r"(?<![\w-])--?[^\W\d_][\w-]*")
_LETTER = re.compile(r"-[^\W\d_]")
_VERSION = re.compile(r"[vV]?(\d+(?:\.\d+)+)")
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
    if not names:
        names = {AskedName(day, "day of month"): None for day in find_days_of_months(question)}
    dated = bool(names)
    if not dated:
        names |= {AskedName(each[0], "number"): None for each in _NUMBERED.finditer(normalise(question)) if _labels(each)}
    for place, written in enumerate(normalise(question).split()):
        word = written.strip(_EDGES) if not written.startswith(".") else written.rstrip(_EDGES)
        word = re.sub(r"['’](?:s|m|d|ll|ve|re)$", "", word)  # "I'm" is no name
        if len(find_days(word)) == 1:
            names[AskedName(word, "day")] = None
        elif dated and (is_month(word) or any(letter.isdigit() for letter in word)):
            continue  # a part of the date
        elif _YEAR.fullmatch(word):
            names[AskedName(word, "year")] = None
        elif _QUARTER.fullmatch(word):
            names[AskedName(word, "quarter")] = None
        elif _CODE.fullmatch(word) and not _SAYS_LITTLE.fullmatch(word):
            names[AskedName(word, "code")] = None
        elif place and len(word) > 2 and word[0].isupper() and word[1:].islower():
            names[AskedName(word, "name")] = None
    return tuple(names)


def barring_names(question: str, headings: Collection[str], keywords: KeywordIndex) -> tuple[AskedName, ...]:
    """Those of `find_names` that count: a name of a person or place where a heading has it, or no document at all.

    In prose such names are often meant by another word. In German every noun looks like a name.
    """
    german = "de" in (detect_language(question), question_language(question, keywords.languages()))
    return tuple(
        name
        for name in find_names(question)
        if name.kind != "name"
        or any(name.text in path for path in headings)
        or (not german and not any(keywords.contains(form) for form in keywords.stems(name.text)))
    )


def lacking(names: Sequence[AskedName], sentence: str, around: str, keywords: KeywordIndex) -> tuple[str, ...]:
    """Those of `names` that a sentence is not about.

    `sentence`: with what must be read with it; `around`: its passage with all that goes with that. A year that neither has
    may be meant all the same, so it is not missed; another year in the sentence is a rival. Names of other
    kinds: see `barring_names`.
    """
    return tuple(name.text for name in names if _is_lacking(name, sentence, around, keywords))


def names_code(question: str, text: str) -> bool | None:
    """Whether `text` has every code name and every date of the question; None where there is none."""
    names = find_names(question)
    codes = [name.text for name in names if name.kind == "code"]
    dates = {name.text for name in names if name.kind == "date"}
    if not codes and not dates:
        return None
    return all(_bounded(code).search(normalise(text)) for code in codes) and dates.issubset(find_dates(text))


def names_number(question: str, text: str) -> bool | None:
    """Whether `text` has each number by which the question tells a thing from others of its kind ("level 1"); None where
    there is none."""
    numbered = [_NUMBERED.fullmatch(name.text) for name in find_names(question) if name.kind == "number"]
    numbers = [match[2] for match in numbered if match and match[2]]
    written = normalise(text)
    return all(_figures(number).search(written) for number in numbers) if numbers else None


def names_rival(question: str, text: str) -> bool:
    """Whether `text` names another code, day or date than the question does, and not its own."""
    names = find_names(question)
    codes = [name.text for name in names if name.kind == "code"]
    days = {day for name in names if name.kind == "day" for day in find_days(name.text)}
    written = normalise(text)
    if any(_bounded(code).search(written) for code in codes):
        return False
    return any(_has_rival(code, text) for code in codes) or bool(days and find_days(text) and not days & find_days(text))


def _is_lacking(name: AskedName, sentence: str, around: str, keywords: KeywordIndex) -> bool:
    match name.kind:
        case "day":
            return not find_days(name.text) & (find_days(sentence) or find_days(around))
        case "date":
            return name.text not in (find_dates(sentence) or find_dates(around))
        case "day of month":
            return name.text not in (find_days_of_months(sentence) or find_days_of_months(around))
        case "number":
            return _has_other_number(name.text, sentence, keywords)
        case "quarter":
            return not (find_quarters(sentence) or {int(name.text[1])}) & {int(name.text[1])}
        case "year":
            years = set(_YEAR.findall(sentence))
            return bool(years) and name.text not in years and name.text not in around
        case "name":
            return name.text not in sentence and name.text not in around and not _is_spelled_alike(name.text, around)
        case "code":
            if _has_code(name.text, sentence, keywords):
                return False
            return _has_rival(name.text, sentence) or not _has_code(name.text, around, keywords)


def _is_spelled_alike(name: str, text: str) -> bool:
    """Whether `text` has a word that may be meant: "Gandhi" by "Ghandi", "California" by "Californian"."""
    near = {word for word in _WORD.findall(text) if abs(len(word) - len(name)) <= _SPELLING and word[0].isupper()}
    return bool(difflib.get_close_matches(name, near, n=1, cutoff=_ALIKE))


def _has_code(code: str, text: str, keywords: KeywordIndex) -> bool:
    if _bounded(code).search(normalise(text)):
        return True
    forms = [] if _LETTER.fullmatch(code) else keywords.stems(code)
    return len(forms) == 1 and not any(letter.isdigit() for letter in code) and forms[0] in keywords.stems(text)


@cache
def _bounded(code: str) -> re.Pattern[str]:
    """`code` as it stands in a text, and not as a part of a longer one."""
    case = re.NOFLAG if _LETTER.fullmatch(code) else re.IGNORECASE  # -q is another option than -Q
    version = _VERSION.fullmatch(code)
    name = rf"[vV]?{re.escape(version[1])}" if version else re.escape(code)
    return re.compile(rf"(?<![\w-])(?<!\d\.){name}(?![\w+#]|[-.:/]+\w)", case)


def _has_rival(code: str, text: str) -> bool:
    """Whether `text` names another of the same form, or that goes on where this ends, or ends where this goes on."""
    lower, others = code.lower(), [word.strip(_EDGES) for word in _CODES_IN_TEXT.findall(normalise(text))]
    if signed := _SIGNED.fullmatch(code):
        return any(other.rstrip("+#") == signed[1] for other in others)
    if _OPTION.fullmatch(code):
        return any(_OPTION.match(line.strip(" `*|")) for line in text.splitlines())  # it is the term of a definition
    if not any(letter.isdigit() for letter in code):
        return False
    codes = [other.lower() for other in others if any(letter.isdigit() for letter in other)]
    return any(_form(other) == _form(lower) or lower.startswith(f"{other}-") for other in codes)


def _labels(numbered: re.Match[str]) -> bool:
    """Whether a number is the name of a thing ("room 12"), not how many of it or how much ("than 12")."""
    return numbered[1] is None or (
        numbered[1].lower() not in STOP_WORDS and not numbered[2].startswith("0" * len(numbered[2]))
    )


def _has_other_number(numbered: str, text: str, keywords: KeywordIndex) -> bool:
    """Whether `text` speaks of another thing of that label: of "room 14" and not of 12."""
    question = _NUMBERED.fullmatch(numbered)
    if question is None:
        return False
    written = normalise(text)
    label, number = (question[1], question[2]) if question[1] else (question[3], question[4])
    if question[1] and _figures(number).search(_GROUPED.sub("", written)):
        return False
    if (_figures(number) if question[1] else re.compile(f"{label}{number}{question[5]}")).search(written):
        return False
    if not question[1]:
        return re.search(rf"{label}\d+{question[5]}", written) is not None
    stem = keywords.stems(label)[:1]
    labels = re.finditer(rf"([^\W\d_]{{2,}}){_LABEL_GAP}\d+", written)
    return any(keywords.stems(each[1])[:1] == stem for each in labels)


@cache
def _figures(number: str) -> re.Pattern[str]:
    """`number` by itself, and not as a part of another."""
    return re.compile(rf"(?<![\w.,]){number}(?!\w|[.,]\d)")


def _form(code: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "a", code))
