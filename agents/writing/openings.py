"""What a draft is opened and closed with and is no part of an answer: the prompt's own words, the question once more, a
role's name, a courtesy."""

from __future__ import annotations

import re

from .endings import cut_ending

_LABEL = r"(?:question|frage|pregunta|q)"
_ANSWER = r"(?:(?:final |short )?answer|antwort|respuesta|response|assistant|ai|a)"
_ECHO = re.compile(rf"\s*[*_#> ]*{_LABEL}[*_ ]*:.*\n+(?=[\s*_#>]*{_ANSWER}[*_ ]*:)", re.IGNORECASE)
_OPENING = re.compile(
    r"\s*[*_#> ]*(?:(?:final |short )?answer|antwort|respuesta|response|assistant|ai|output)[*_ ]*:[*_]*\s*", re.IGNORECASE
)
_OPENING_OF_ECHO = re.compile(rf"\s*[*_#> ]*{_ANSWER}[*_ ]*:[*_]*\s*", re.IGNORECASE)
_TITLE = re.compile(
    r"\s*(?:#{1,6} *|\*\*)(?:(?:final |short )?answer|antwort|respuesta|response)(?:\*\*)?:?[ \t]*\n+", re.IGNORECASE
)
_COURTEOUS = re.compile(
    r"\s*(?:(?:(?:sure|certainly|of course|absolutely|great question|good question|happy to help"
    r"|thank you for (?:your|the) question)(?:[!.]|,(?=[^\n]{0,60}:[ \t]*\n))\s*)+(?=\S))?"
    r"(?:here(?: is|'s|’s|[ ]are) (?:the|your|an) answers?\b[^\n]{0,60}:[ \t]*\n+)?",
    re.IGNORECASE,
)
_PARTING = re.compile(
    r"(?<=[.!?\])\n])\s*(?:(?:please )?let me know if (?:you|there)|i hope (?:this|that) helps|feel free to (?:ask|reach)"
    r"|is there anything else (?:i|you)|if you (?:have|need) any (?:other|more|further)|(?:please )?note:? (?:that )?this"
    r" (?:answer|information|response) is (?:only |solely )?based)[^\n]*\s*\Z",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3  # of a question that may stand before the answer once more


def without_openings(text: str, question: str) -> str:
    """`text` where the answer begins, up to where it ends."""
    echo = _of_this_question(question).search(text) or _ECHO.match(text)
    text = text[echo.end() :] if echo else text
    opening = (_OPENING_OF_ECHO if echo else _OPENING).match(text) or _TITLE.match(text)
    text = text[opening.end() :] if opening else text
    text = cut_ending(text)[0] if echo else text
    text = _without_courtesies(text)
    repeated = _repeated(question).match(text)
    return text[repeated.end() :] if repeated else text


def _without_courtesies(text: str) -> str:
    """Where they are not all that was said."""
    begun = _COURTEOUS.match(text)
    rest = text[begun.end() :] if begun else text
    rest = _PARTING.sub("", rest)
    return rest if re.search(r"\w", rest) else text


def _words_of(question: str) -> str:
    return r"[\W_]+".join(map(re.escape, re.findall(r"\w+", question)))


def _of_this_question(question: str) -> re.Pattern[str]:
    """Wherever the prompt's end is copied: what stands before is the prompt."""
    return re.compile(rf"{_LABEL}[*_ ]*:[\W_]*{_words_of(question)}[^\w\n]*\n+(?=[\s*_#>]*{_ANSWER}[*_ ]*:)", re.IGNORECASE)


def _repeated(question: str) -> re.Pattern[str]:
    words = _words_of(question)
    if len(re.findall(r"\w+", question)) < _FEWEST_WORDS:
        return re.compile(r"(?!)")
    return re.compile(rf"[\s*_#>\"“]*{words}[*_\"”]*\?[*_\"”]*(?:[ \t]*\[\d{{1,4}}\])*\s+(?=\S)", re.IGNORECASE)
