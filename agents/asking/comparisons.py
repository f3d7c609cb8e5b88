"""What a comparison compares: each side is searched for by itself, for passages about both are rare."""

from __future__ import annotations

import re

from .questions import subject, wanted_form

_BETWEEN = (  # the question's form, with its sides
    re.compile(r"\bdifferences? between (?P<a>.+?) and (?P<b>.+)", re.IGNORECASE),
    re.compile(r"\bhow (?:do|does|did) (?P<a>.+?) (?:differ from|compare (?:to|with)|differ to) (?P<b>.+)", re.IGNORECASE),
    re.compile(r"\bhow (?:do|does|did) (?P<a>.+?) and (?P<b>.+?) (?:differ|compare)\b", re.IGNORECASE),
)
_JOINING = re.compile(r"\s+(?:and|with|to|versus|vs\.?|und|mit|y|con|et|avec|e|com)\s+(?:with\s+)?", re.IGNORECASE)
_VERB = re.compile(r"^\s*(?:vergleiche?|compara|comparez?|confronta|contrast)\s+", re.IGNORECASE)
_COMMON = re.compile(r"^(?P<common>.+?\s(?:of|for|in|von|der|de|di|do|da))\s+(?P<rest>.+)$", re.IGNORECASE)


def compared(question: str) -> tuple[str, str] | None:
    """Both sides of a comparison, each with what is compared of it; None where there are no sides to be seen."""
    if wanted_form(question) != "comparison":
        return None
    text = question.strip().rstrip("?!. ")
    for pattern in _BETWEEN:
        if match := pattern.search(text):
            return _sides(match["a"], match["b"])
    sides = _JOINING.split(_VERB.sub("", subject(text)), maxsplit=1)
    return _sides(*sides) if len(sides) == 2 else None


def _sides(first: str, second: str) -> tuple[str, str]:
    """ "the fees of the drill and the saw": the fees are those of both."""
    common = _COMMON.match(first)
    if common is not None and not _COMMON.match(second):
        preposition = common["common"].rpartition(" ")[2]
        second = f"{common['common']} {second.removeprefix(f'{preposition} ')}"
    return first.strip(), second.strip()
