"""The words of a text, and those that carry no meaning."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+", re.UNICODE)

# Words that say what kind of answer is wanted, or nothing: they neither find nor cover.
STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by can"
    " could did do does doing down during each else ever few for from further get give had has have having he her here hers"
    " him his how i if in into is it its just kind know many may me might more most much must my name no nor not of off on"
    " once only or other our out over own please same she should so some such tell than that the their them then there these"
    " they this those through to too under until up us very was we were what when where which while who whom whose why will"
    " with would you your".split()
)


def words(text: str) -> list[str]:
    """The words of `text` in lower case, in order."""
    return [word.lower() for word in _WORD.findall(text)]


def content_words(question: str) -> list[str]:
    """The words that carry meaning, each once, in order; all words where none does."""
    unique = list(dict.fromkeys(words(question)))
    return [word for word in unique if word not in STOP_WORDS] or unique
