"""A draft in the form of an answer, whatever form a model gave it.

Seen: wrapped in JSON or a code block, opened by the prompt's own words, with marks of another kind, with pictures, links and
HTML that no document has, with the passages copied whole."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from ...retrieval import Passage
from .endings import cut_ending
from .statements import split_statements

_WRAPPED = re.compile(
    r"\s*(```+|~~~+)[ \t]*(json|markdown|md|text|txt|answer)[ \t]*\n(.*?)\n?\1\s*", re.DOTALL | re.IGNORECASE
)
_ANSWER_KEYS = ("answer", "short_answer", "response", "reply", "result", "text", "content", "output", "message", "respuesta")
_ASKS_FOR_CODE = re.compile(r"\b(?:json|ya?ml|xml|html|markdown|code|script|snippet)\b", re.IGNORECASE)
_ECHO = re.compile(
    r"\s*[*_#> ]*(?:question|frage|pregunta)[*_ ]*:.*\n+(?=[\s*_#>]*(?:answer|antwort|respuesta)[*_ ]*:)", re.IGNORECASE
)
_OPENING = re.compile(r"\s*[*_#> ]*(?:(?:final )?answer|antwort|respuesta)[*_ ]*:[*_]*\s*", re.IGNORECASE)
_HEADER = re.compile(r'^\[\d{1,4}\][ \t]+"[^"\n]*"[ \t]*\n', re.MULTILINE)  # of a passage, as the prompt has it
_OTHER_MARKS = re.compile(
    r"【\s*(\d{1,4})(?:[:†][^】\n]{0,40})?】|\[\^(\d{1,4})\](?!:)"
    r"|[\[(](?:passages?|sources?|documents?)[ \t]+\[?(\d{1,4})\]?[\])]",
    re.IGNORECASE,
)
_CODE = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)|(`+)[^`].*?\2", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]\n]*)\](?:\(([^)\n]*)\)|\[[^\]\n]*\])")
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)(?:\s+\"[^\"\n]*\")?\)")
_LINK_TARGET = re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*(\S+).*\n?", re.MULTILINE)
_HIDDEN = re.compile(
    r"<(script|style|iframe|svg|object)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|p|br|hr|div|span|a|img|ul|ol|li|h[1-6]|table|thead|tbody|tr|td|th|font|center|sup|sub|iframe|input|form"
    r"|button|video|audio|link|meta|html|body|head)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_PARTED_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}[.,]) (\d+)(?!\d)")
_LONG = 40  # characters of a sentence that nobody says twice
_OPEN_FENCE = re.compile(r"^[ \t]*(```+|~~~+)", re.MULTILINE)


def tidy(draft: str, question: str, passages: Sequence[Passage]) -> str:
    """`draft`, which is safe already, without what only wraps it. What a passage has itself stays."""
    coded = bool(_ASKS_FOR_CODE.search(question))
    text = draft if coded else _unwrap(draft)
    text = _HEADER.sub("", _without_echo(text))
    text = _OTHER_MARKS.sub(lambda mark: f"[{mark[1] or mark[2] or mark[3]}]", text)
    text = _with_numbers_joined(text, [passage.text for passage in passages])
    sources = [part for passage in passages for part in (passage.text, passage.source)]
    return _said_once(_close_fence(_outside_code(text, sources)).strip())


def _with_numbers_joined(text: str, passages: Sequence[str]) -> str:
    """With "6. 3 million" as the "6.3 million" that it was copied from."""

    def join(number: re.Match[str]) -> str:
        joined = number[1] + number[2]
        copied = any(joined in passage for passage in passages) and not any(number[0] in passage for passage in passages)
        return joined if copied else number[0]

    return _PARTED_NUMBER.sub(join, text)


def _said_once(text: str) -> str:
    """Without long sentences that stand in it before: models copy passages whole, and passages overlap."""
    seen: set[str] = set()
    kept, place = "", 0
    for statement in split_statements(text):
        words = " ".join(statement.text.casefold().split())
        if len(words) >= _LONG and words in seen and not words.startswith(("|", "```", "~~~")):
            kept += text[place : statement.start]
            place = statement.end
        seen.add(words)
    return re.sub(r"\n{3,}", "\n\n", kept + text[place:]).strip() if kept or place else text


def _unwrap(draft: str) -> str:
    wrapped = _WRAPPED.fullmatch(draft)
    inner = wrapped[3] if wrapped else draft
    try:
        value: Any = json.loads(inner)
    except (ValueError, RecursionError):
        return inner if wrapped and wrapped[2].lower() != "json" else draft
    return _prose(value) or draft


def _prose(value: Any) -> str:
    """The answer in what a model wrote as JSON; nothing where none is to be seen."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(f"- {item}" for item in value)
    if isinstance(value, dict):
        named = {str(name).lower(): item for name, item in value.items()}
        return next((text for key in _ANSWER_KEYS if (text := _prose(named.get(key)))), "")
    return ""


def _without_echo(text: str) -> str:
    """`Question: … Answer: …` begins the prompt anew; only what stands in the answer's place is one."""
    echo = _ECHO.match(text)
    text = text[echo.end() :] if echo else text
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    return cut_ending(text)[0] if echo else text


def _outside_code(text: str, sources: Collection[str]) -> str:
    pieces, place = [], 0
    for code in _CODE.finditer(text):
        pieces += [_plain(text[place : code.start()], sources), code[0]]
        place = code.end()
    return "".join([*pieces, _plain(text[place:], sources)])


def _plain(text: str, sources: Collection[str]) -> str:
    """Without pictures, which a reader's program might fetch, and without links and tags that no document has."""

    def stands(words: str) -> bool:
        return any(words in source for source in sources)

    text = _HIDDEN.sub("", text)
    text = _IMAGE.sub(lambda image: image[1], text)
    text = _LINK.sub(lambda link: link[0] if stands(link[2]) else link[1], text)
    text = _LINK_TARGET.sub(lambda target: target[0] if stands(target[1]) else "", text)
    return _TAG.sub(lambda tag: tag[0] if stands(tag[0]) else _replacement(tag[0].lower()), text)


def _replacement(tag: str) -> str:
    if tag.startswith("<li"):
        return "\n- "
    return "\n" if re.match(r"<br|</(?:p|div|tr|h\d|ul|ol|table)\b", tag) else " " if re.match(r"</t[dh]", tag) else ""


def _close_fence(text: str) -> str:
    """A code block left open would swallow the marks and whatever comes after the answer."""
    fence = ""
    for line in _OPEN_FENCE.finditer(text):
        sign = line[1]
        if not fence:
            fence = sign
        elif sign.startswith(fence):
            fence = ""
    return f"{text.rstrip()}\n{fence}" if fence else text
