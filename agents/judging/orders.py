"""Orders to the model that stand in a passage: whoever wrote them there wants to be obeyed, and they support nothing."""

from __future__ import annotations

import re

_RULES = r"(?:instructions?|prompts?|rules?|guidelines|instrucciones|indicaciones|anweisungen|regeln|consignes)"
_ORDER = re.compile(
    r"(?:^|(?<=[.!?:;\"“”'>*\]])[ \t]*)"
    r"(?:(?:please|now|important|system|assistant|note)\b[ \t,:]*)*"
    rf"(?:(?:ignore|disregard|forget|override|ignora|olvida|ignoriere|vergiss|ignorez|oubliez)\b[^.!?\n]{{0,60}}\b{_RULES}\b"
    r"|you are (?:now|no longer)\b|(?:reveal|print|repeat) (?:your|the) (?:system )?prompt\b)"
    r"[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT = re.compile(r"\b(?:prompts?|injections?|instruc\w+|anweisung\w*|ignor\w+)\b", re.IGNORECASE)


def without_orders(text: str) -> str:
    """`text` without its orders, each to the end of its line: what is ordered to be said stands behind it."""
    return _ORDER.sub("", text)


def speaks_of_orders(question: str) -> bool:
    """Whether they may be what is asked about."""
    return bool(_ABOUT.search(question))
