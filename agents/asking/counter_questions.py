"""What is typed after a question back: a choice among what it named, which completes the question before, or another one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...retrieval import STOP_WORDS

_NUMBER = re.compile(r"\W*(\d{1,2})\W*")
_LONGEST = 8  # words of a choice that names none of the candidates
_WORD = re.compile(r"\w+")
_ASKS = re.compile(
    r"^\s*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|should|will|list"
    r"|compare|summari[sz]e|describe|explain|name|tell|give|show|find)\b",
    re.IGNORECASE,
)


def completed(question: str, candidates: Sequence[str], reply: str) -> str | None:
    """`question` with what `reply` says of it, where that is a choice among `candidates` and no question of its own.

    A number names a candidate by its place; few words, or words of a candidate, are a choice.
    """
    if not candidates:
        return None
    number = _NUMBER.fullmatch(reply)
    if number is not None and 1 <= int(number[1]) <= len(candidates):
        return _joined(question, candidates[int(number[1]) - 1])
    if _ASKS.match(reply) or reply.strip().endswith("?"):
        return None
    words = _words(reply)
    names_candidate = any(words and words <= _words(candidate) for candidate in candidates)
    if not names_candidate and len(reply.split()) > _LONGEST:
        return None
    return _joined(question, " ".join(reply.split()).strip(" .!"))


def _joined(question: str, choice: str) -> str:
    bare = " ".join(question.split())
    mark = bare[-1] if bare[-1:] in "?.!" else ""
    return f"{bare.rstrip('?.! ')} ({choice}){mark}"


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in STOP_WORDS}
