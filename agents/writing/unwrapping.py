"""The answer in what a model wrapped it in: JSON, a block of code, the tags and roles of a chat template."""

from __future__ import annotations

import json
import re
from typing import Any

_WRAPPED = re.compile(
    r"\s*(```+|~~~+)[ \t]*(json|markdown|md|text|txt|answer)?[ \t]*\n(.*?)\n?\1\s*", re.DOTALL | re.IGNORECASE
)
_LED_TO = re.compile(
    r"(?:[^\n]{0,80}:\s*\n+)?[ \t]*(```+|~~~+)[ \t]*json[ \t]*\n(.*?)\n?[ \t]*\1\s*", re.DOTALL | re.IGNORECASE
)
_KEYS = ("answer", "short_answer", "response", "reply", "result", "text", "content", "output", "message", "respuesta")
_CUT_OFF = re.compile(rf'\s*[\[{{\s]*"(?:{"|".join(_KEYS)})"\s*:\s*"((?:[^"\\]|\\.)+)', re.IGNORECASE)
_SENTENCE = re.compile(r"[A-Z\d\"“(*-][^\n{}=;<>$]*(?:\n[^\n{}=;<>$]+)*[.!?][\"”)*]*(?:\[\d{1,3}\])*", re.UNICODE)
_FEWEST_WORDS = 4  # of a block of code that is a sentence


def unwrap(draft: str) -> str:
    """`draft` without what wraps all of it; where an answer is not to be seen in it, as it is."""
    wrapped = _WRAPPED.fullmatch(draft)
    if wrapped and not wrapped[2]:
        return wrapped[3] if _is_prose(wrapped[3]) else draft
    inner = wrapped[3] if wrapped else draft
    if led := _LED_TO.fullmatch(draft):
        inner = led[2]
    try:
        value: Any = json.loads(inner)
    except (ValueError, RecursionError):
        if begun := _CUT_OFF.match(inner):
            return _decoded(begun[1])
        return inner if wrapped and wrapped[2].lower() != "json" else draft
    return _answer_in(value) or draft


def _is_prose(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS and bool(_SENTENCE.fullmatch(text.strip()))


def _decoded(text: str) -> str:
    """A string of JSON that may have been cut off."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _answer_in(value: Any) -> str:
    """The answer in what a model wrote as JSON; nothing where none is to be seen."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value:
        texts = [item if isinstance(item, str) else _answer_in(item) for item in value]
        if not all(texts):
            return ""
        return texts[0] if len(texts) == 1 else "\n".join(f"- {text}" for text in texts)
    if isinstance(value, dict):
        named = {str(name).lower(): item for name, item in value.items()}
        return next((text for key in _KEYS if (text := _answer_in(named.get(key)))), "")
    return ""
