"""What a follow-up question leaves out: its subject is that of the turn before.

Taken for one is what has hardly a word of its own ("And for students?", "How much does it cost?"), and nothing else: a
question about something else that is searched for with the last turn's words finds that turn's passages. Measured by
`benchmarks/follow_up.py`, whose figures are in `docs/evaluation.md`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...retrieval import STOP_WORDS
from .questions import subject

_BARE = 1  # words of its own, up to which a question without a name is about what was said before
_SHORT = 3  # words of its own, up to which one that points back before it names anything is
_OPENING = re.compile(
    r"^\s*(?:(?:and|but|or|so|then|ok(?:ay)?|yes|no|also)\b(?!\s+far\b)|what about|how about|what of|what if"
    r"|(?:why|how|when|where)\s*\?)",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|former|latter"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there(?!\s+(?:is|are|was|were)\b)"
    r"|(?:(?<=was )|(?<=is )|(?<=does )|(?<=did )|(?<=of ))that"
    r"|that(?=\s*[?.!]*$)|(?<=which )one|ones?(?=\s*[?.!]*$))\b",
    re.IGNORECASE,
)
_MAY_POINT = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|one|ones|same|former|latter"
    r"|else|instead|also|too)\b",
    re.IGNORECASE,
)
_SAY_LITTLE = STOP_WORDS | set(  # of a question, besides the words that say what kind of answer is wanted
    "mean means meant happen happens happened example examples detail details yes thanks thank ok okay really explain"
    " elaborate since ago long way sort type number amount s t d m re ve ll".split()
)
_WHAT_IS = re.compile(r"^\s*what\s+(?:is|are|was|were)\s+(?:an?\s+|the\s+)?\w+\s*[?.!]*\s*$", re.IGNORECASE)
_UNSPACED = re.compile("[\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]")  # scripts in which a word is not told by its spaces


def with_history(question: str, earlier: Sequence[tuple[str, str]]) -> str:
    """The question as it should be searched for: a follow-up takes its subject from the turn before.

    `earlier` are (question, answer) pairs, oldest first; without them, or where it stands alone, it is the question's
    `subject`.
    """
    alone = subject(question)
    if not earlier or not leans_back(question):
        return alone
    before, _ = earlier[-1]
    return f"{subject(before)} {alone}"


def leans_back(question: str) -> bool:
    """Whether its words alone show that it is about what was said before."""
    if _OPENING.match(question):
        return True
    own = own_words(question)
    if len(own) <= _BARE and not _is_name(question) and not (own and _WHAT_IS.match(question)):
        return not _UNSPACED.search(question)
    pointer = _POINTER.search(question)
    if pointer is None or len(own) > _SHORT:
        return False
    before = question[: pointer.start()]
    return len(own_words(before)) <= _BARE and not _is_name(before)


def lacks_subject(question: str) -> bool:
    """Whether nobody can tell what it is about where nothing was said before: it has hardly a word of its own."""
    own = own_words(question)
    bare = not own or (len(own) <= _BARE and bool(_POINTER.search(question)))
    return bare and not _is_name(question) and leans_back(question)


def may_point(question: str) -> bool:
    """Whether it has a word that may stand for something said before."""
    return bool(_MAY_POINT.search(question))


def own_words(question: str) -> list[str]:
    """Its words that say what it is about, in small letters."""
    return [word for word in re.findall(r"\w+", question.lower()) if word not in _SAY_LITTLE]


def _is_name(text: str) -> bool:
    """Whether it has a name or a number, but for its first word, which is always capitalised."""
    return any(word[0].isupper() or word[0].isdigit() for word in re.findall(r"\w+", text)[1:] if word != "I")
