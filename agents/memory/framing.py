"""What a correction says beside the answer: "No, the text says …", "it's …, not …". The answer alone is left."""

from __future__ import annotations

import re

_FRAMES = re.compile(  # at the beginning, one after the other
    r"""(?:
        (?:no|nope|yes|wrong|not\ (?:quite|right|true)|sorry|actually|well|hm+)\s*[,.:;!-]+
        | (?:no|actually|well),?\s+(?=it\b|the\b|i\b)
        | (?:that|this|it)(?:['’]s|\s+is)\s+(?:wrong|not\s+(?:right|true|correct)|incorrect|false)\b\s*[,.:;!-]*
        | i(?:\s+would|['’]d)?\s+(?:think|believe|guess|say|have\s+said)\b(?:\s+that\b)?\s*[,:]?
        | (?:(?:the|my)\s+)?(?:(?:right|correct|true)\s+)?answer\s+(?:is|was|should\s+be|would\s+be)\b\s*:?
        | (?:the\s+)?(?:text|document|docs?|page|passage|file|source)\s+says?\b(?:\s+that\b)?\s*:?
        | (?:it|this|that)\s+(?:should|must|ought\s+to)\s+(?:be|say|read)\b\s*:?
        | (?:should|must)\s+(?:be|say|read)\b\s*:?
        | (?:it|this|that)(?:['’]s|\s+(?:is|was))\s+(?!not\b)
        | correct(?:ion|\ answer)?\s*:
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_BUT = re.compile(r"^not\s+.{1,80}?(?:,\s*but|\s+but|,|;)\s+(?=\S)", re.IGNORECASE)
_OTHERS = re.compile(r"\s*(?:[,;(–-]+\s*(?:and\s+)?not|\b(?:instead\s+of|rather\s+than|and\s+not))\b.*$", re.I | re.S)


def answer_in(correction: str) -> str:
    """`correction` without what it says of itself, of its source or of the wrong answer; never empty where that is not."""
    text = correction.strip()
    while (match := _FRAMES.match(text)) and text[match.end() :].strip():
        text = text[match.end() :].strip()
    for pattern in (_NOT_BUT, _OTHERS):
        rest = pattern.sub("", text).strip()
        text = rest or text
    return text
