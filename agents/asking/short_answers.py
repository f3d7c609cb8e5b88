"""Whether a question wants one fact: a name, a number, a day, a place."""

from __future__ import annotations

import re

from ...models import FactKind
from .kinds import question_kind
from .questions import asks_definition, asks_whether, asks_why, wanted_form, wants_long

_BEGINS = r"^\W*(?:and\s+|so\s+|but\s+|then\s+)?(?:(?:please|can you|could you|tell me|do you know)[\s,]+)*"
_ASKS_FACT = re.compile(
    rf"{_BEGINS}(?:[\w'’-]+[\s,]+){{0,12}}?(?:who|whom|whose|when|where|which|what"
    r"|how\s+(?:many|much|old|long|far|often|tall|high|large|big|fast|deep|wide|late|early|soon|heavy|small))\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"{_BEGINS}(?:(?:what|which|who)\s+(?:are|were)\b"
    r"|(?:what|which)\s+(?:two|three|four|five|several|other|\w+[^s\W]s)\s+(?:are|were|do|did|have|has|had|can)\b)"
    r"|\bnames\s+of\b|\ball\s+(?:the\s+|of\s+)?\w+s\b",
    re.IGNORECASE,
)
_FIGURES = frozenset(("price", "amount", "number", "duration", "frequency", "age", "time"))


def fact_kind(question: str) -> FactKind:
    """Of a question that wants a short answer."""
    return "figure" if question_kind(question) in _FIGURES else "name"


def wants_short(question: str) -> bool:
    """Whether one fact answers it ("who…", "when…", "how many…"); only English questions are known by their words.

    One that asks for several at once ("which courses are there?", "what are the fees?") wants more than one.
    """
    if wants_long(question) or asks_definition(question) or asks_whether(question) or asks_why(question):
        return False
    return wanted_form(question) is None and bool(_ASKS_FACT.search(question)) and not _SEVERAL.search(question)
