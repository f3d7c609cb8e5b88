"""What a question asks for: a person, a time, a price… Two that ask for different things have different answers, however
near in words they are ("Who founded the library?", "When was the library founded?")."""

from __future__ import annotations

import re

_WHAT = r"\b(?:what|which)\b"
_UNITS = (
    "kilograms?|kilos?|grams?|tons?|tonnes?|pounds?|met(?:re|er)s?|kilomet(?:re|er)s?|miles?|feet|inches|lit(?:re|er)s?"
    "|degrees?|square|percent|bytes|dollars?|euros?|soles|francs?"
)
_TIMES = "seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|time"
_PATTERNS: tuple[tuple[str, str], ...] = (  # of small letters; the first that is found
    ("reason", rf"\bwhy\b|\bfor (?:what|which) reasons?\b|{_WHAT} (?:is|are|was|were) the reasons?\b|{_WHAT} reasons?\b"),
    ("frequency", r"\bhow (?:often|frequently)\b"),
    ("duration", rf"\bhow long\b|\bhow (?:many|much) (?:{_TIMES})\b|{_WHAT} is the (?:length|duration)\b"),
    ("age", r"\bhow old\b|\bage\b"),
    (
        "price",
        rf"(?:{_WHAT}|\bhow (?:much|high|large|expensive)\b).*\b(?:costs?|price|fees?|pays?|paid|charged?|expensive|deposit"
        r"|rent|salary)\b|\bhow much (?:is|are|was|were)\b",
    ),
    (
        "amount",
        rf"\bhow many (?:{_UNITS})\b|\bhow (?:much|large|big|tall|high|heavy|far|deep|wide|fast|hot|cold|warm|strong)\b"
        rf"|{_WHAT} (?:\w+ ){{0,3}}(?:size|weight|amount|sum|height|width|depth|speed|temperature|distance|angle)\b",
    ),
    ("number", rf"\bhow many\b|\bnumber of\b|{_WHAT} (?:is the )?(?:\w+['’]s )?(?:number|percentage|share)\b"),
    ("manner", rf"\bhow\b|{_WHAT} (?:is the )?(?:right |best |proper )?way\b"),
    (
        "time",
        rf"\bwhen\b|{_WHAT} (?:is the |are the )?(?:\w+ )?(?:{_TIMES}|dates?|century|decade|season)\b"
        r"|\bopening (?:hours|times)\b",
    ),
    (
        "place",
        rf"\bwhere\b|{_WHAT} (?:is the )?"
        r"(?:places?|city|town|country|state|rooms?|files?|folder|location|address)\b(?!['’]s)",
    ),
    (
        "who",
        rf"\b(?:who|whom|whose)\b|\bname of the\b|{_WHAT} (?:person|man|woman|company|king|queen|author|president)\b",
    ),
    ("thing", _WHAT),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_ACTED_ON = re.compile(
    r"\b(?:who|whom|what)\b (?:did|does|do|will|would|can|could)\b|\bwho (?:is|are|was|were) \w+ed\b.*\bby\b"
)  # "Who did they defeat?"
_OF_KIND = {  # words that say no more than the kind does
    "duration": _TIMES + "|length|duration|last|long|take",
    "age": "age|old|year",
    "price": "cost|price|fee|pay|paid|charge|much|high|large|expensive",
    "number": "number|many|share|percentage",
    "amount": "size|weight|amount|sum|large|big|high|much|heavy|temperature|hot|cold|warm|" + _UNITS,
    "time": _TIMES + "|dates?|meeting",
    "place": "places?|find|found|located?|location|hang|rooms?|file",
    "who": "name|person|company",
    "reason": "reason",
    "manner": "way|right|best|proper",
}
_SAYING_LITTLE = {kind: re.compile(rf"(?:{words})s?") for kind, words in _OF_KIND.items()}


def question_kind(question: str) -> str:
    """What `question` asks for; its first word where that is not known (yes or no, another language)."""
    text = " ".join(question.lower().replace("’", "'").split())
    for kind, pattern in _COMPILED:
        if pattern.search(text):
            return kind
    return text.strip(" ¿¡\"'“‘«").partition(" ")[0]


def kinds_agree(question: str, other: str) -> bool:
    """Whether both ask for one kind of thing; and who acts and who is acted on is the same."""
    sides = [bool(_ACTED_ON.search(text.lower())) for text in (question, other)]
    kinds = [question_kind(text) for text in (question, other)]
    return kinds[0] == kinds[1] and (kinds[0] != "who" or sides[0] == sides[1])


def says_kind(word: str, kind: str) -> bool:
    """Whether a word of a question of that kind says no more than this: the "price" of what costs something."""
    pattern = _SAYING_LITTLE.get(kind)
    return pattern is not None and pattern.fullmatch(word) is not None
