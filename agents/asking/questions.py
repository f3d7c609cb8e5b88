"""What kind of answer a question wants."""

from __future__ import annotations

import re

_LONG = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:please\s+|can you\s+|could you\s+)*"
    r"(?:how (?:do|can|could|should|would|may|must) (?:i|you|we|one|someone|people|members)\b|how to\b|why\b"
    r"|what happens\b|what should\b|compare\b|summari[sz]e\b|describe\b|explain\b|list\b|outline\b"
    r"|tell me (?:about|more)|give (?:me )?(?:an? )?(?:summary|overview)"
    r"|what (?:are|is) the (?:difference|steps|rules|reasons?)\b)",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:please\s+|can you\s+|could you\s+)*"
    r"(?:compare|summari[sz]e|describe|explain|list|outline|tell me (?:more )?(?:about)?"
    r"|give (?:me )?(?:an? )?(?:short )?(?:summary|overview)(?: of)?|what (?:are|is) the differences? between)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:what\s+(?:do|does|did)\s+.+\s+(?:do|mean|stand for)"
    r"|what(?:\s+is|\s+are|'s|’s)\s+(?:an?\s+|the\s+)?\S+(?:\s+(?:in|of)\s+\w+)?(?:\s+for)?"
    r"|define\s+.+|what is meant by\s+.+)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_BARE_WORDS = 3
_WHY = re.compile(r"^\s*(?:and\s+|but\s+|so\s+)?why\b", re.IGNORECASE)


def wants_long(question: str) -> bool:
    """Whether a phrase cannot answer it ("how do I…", "why…", "compare…", "summarise…")."""
    return bool(_LONG.match(question))


def wants_overview(question: str) -> bool:
    """Whether it asks for all that is said of something ("summarise…", "compare…"), not for one thing about it."""
    return bool(_OVERVIEW.match(question))


def asks_definition(question: str) -> bool:
    """Whether it asks what something is, does or means, and nothing else of it, or is nothing but a name."""
    bare = len(question.split()) <= _BARE_WORDS and any(letter.isdigit() or letter in "-_" for letter in question)
    return bool(_DEFINITION.match(question)) or (bare and "?" not in question)


def asks_why(question: str) -> bool:
    return bool(_WHY.match(question))


def subject(question: str) -> str:
    """What an overview is to be of: "summarise", "compare" and the like stand in no document. Others are unchanged."""
    rest = _OVERVIEW.sub("", question).strip()
    return rest if re.search(r"\w", rest) else question
