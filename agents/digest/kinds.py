"""Whether an item of a list can be of the kind that was asked for: small models list whatever a part says.

Only kinds that can be seen from outside are looked at (a fee has a figure, an e-mail address an @); of commands or courses
every item stays. The words that tell kinds are English; elsewhere every item stays too.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
    r"|million|half|double)\b"
)
_FREE = r"\b(?:free|nothing|no (?:charge|fee|cost)s?|none|gratis|waived)\b"
_DAY = (
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december|easter|christmas|daily|weekly|monthly|yearly)\b"
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b(?!\s*(?:soles|euros?|dollars?|pounds?|francs?|[€$£]))")
_KINDS: tuple[tuple[str, str], ...] = (  # the head of what is asked for; what an item of it has
    (r"e-?mails?(?: address(?:es)?)?", "@"),
    (r"(?:tele)?phone numbers?", r"\d(?:[\s()/.-]*\d){4,}"),
    (r"(?:web|internet) ?(?:addresses|sites?|pages?|links?)|urls?|links?", r"://|\bwww\.|\w\.[a-z]{2,}\b"),
    (
        r"(?:fees?|prices?|costs?|charges?|fines?|deposits?|rents?|salar(?:y|ies)|tariffs?|sums?|amounts?|expenses?|payments?)",
        rf"{_NUMBER}|{_FREE}",
    ),
    (r"(?:dates?|deadlines?|days?|appointments?|years?)", _DAY),
    (r"(?:numbers?|figures?|percentages?|temperatures?|measurements?|quantit(?:y|ies))", _NUMBER),
)
_COMPILED = tuple((re.compile(rf"(?:^|\s)(?P<head>{head})$", re.IGNORECASE), seen) for head, seen in _KINDS)
_FURTHER = re.compile(  # what only says of which: "fees in a.md and b.md", "dates that matter"
    r"\s+(?:of|for|to|that|in|from|within|on|at|with|by|which|who|named|mentioned|given)\b.*", re.IGNORECASE | re.DOTALL
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def may_be(item: str, topic: str) -> bool:
    """Whether `item` may be one of what is asked for: it looks so, or says so itself."""
    wanted = _FURTHER.sub("", topic.strip())
    for kind, seen in _COMPILED:
        if match := kind.search(wanted):
            text = _YEAR.sub("", item) if _FREE in seen else item
            return bool(re.search(seen, text, re.IGNORECASE)) or _names(item, match["head"])
    return True


def _names(item: str, head: str) -> bool:
    words = {word.casefold().rstrip("s") for word in _WORD.findall(item)}
    return any(word.casefold().rstrip("s") in words for word in _WORD.findall(head))
