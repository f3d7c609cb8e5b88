"""What belongs to a short answer and the model left out."""

from __future__ import annotations

import re

_NUMBER_BEFORE = re.compile(r"(?<!\S)\d[\d.,]* $")
_BARE_NUMBER = re.compile(r"\d[\d.,]*")
_UNIT_AFTER = re.compile(r" (?!(?:and|or|of|in|on|at|to|for|from|a|the|is|was|are|were|by|with)\b)[^\W\d_]+")
_PRICE = re.compile(r"\b(?:how much|costs?|pay|price|fee|charge)\b", re.IGNORECASE)


def complete_span(span: str, sentence: str, question: str) -> str:
    """With what belongs to it: a unit's number, a bracket's end and, where a price is asked, a bare number's unit."""
    flat = " ".join(sentence.split())
    start = flat.find(span)
    if start < 0:
        return span
    while span.count("(") > span.count(")") and flat[start + len(span) :].startswith(")"):
        span += ")"
    if span[0].islower() and (number := _NUMBER_BEFORE.search(flat[:start])):
        return number[0] + span
    if _BARE_NUMBER.fullmatch(span) and _PRICE.search(question) and (unit := _UNIT_AFTER.match(flat[start + len(span) :])):
        return span + unit[0]
    return span
