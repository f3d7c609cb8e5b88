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


_WORD = re.compile(r"\w+")
_SHARED = 0.6  # of the words of "not …" that the wrong answer has, from which that is what is denied


def answer_in(correction: str, wrong: str | None = None) -> str:
    """`correction` without what it says of itself, of its source or of the wrong answer; never empty where that is not.

    Where the `wrong` answer is given, "not …" goes only if that is what it denies.
    """
    text = correction.strip()
    while (match := _FRAMES.match(text)) and text[match.end() :].strip():
        text = text[match.end() :].strip()
    text = _NOT_BUT.sub("", text).strip() or text
    if (others := _OTHERS.search(text)) and others.start() > 0 and (wrong is None or _says(others[0], wrong)):
        text = text[: others.start()].strip()
    return text


def _says(denied: str, wrong: str) -> bool:
    words = [word for word in _WORD.findall(denied.lower()) if word not in ("and", "not", "instead", "of", "rather", "than")]
    known = set(_WORD.findall(wrong.lower()))
    return bool(words) and sum(word in known for word in words) >= _SHARED * len(words)
