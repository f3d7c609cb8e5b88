"""Words between tags as they are read: spaces joined, breaks kept, pictures and formulas by their words."""

from __future__ import annotations

import re

from .math import formula
from .tree import Element

BREAK = "\x00"  # no page has one: the tree holds none
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_EXPONENT = re.compile(r"[+\-−]?\d{1,4}")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp)$", re.I)
NOTE_NAMES = frozenset({"note", "tip", "warning", "caution", "important", "admonition"})
_MEANINGLESS = NOTE_NAMES | frozenset({"", "image", "img", "icon", "logo", "photo", "picture", "spacer", "*"})


def opening(element: Element) -> tuple[str, bool] | None:
    """What is read where an inline element begins, and whether its inside is read with that; None: nothing special."""
    tag = element.tag
    if tag == "br":
        return BREAK, False
    if tag == "img":
        return alternative(element), False
    if tag == "math":
        return f" {formula(element)} ", True
    if tag == "sup":
        return _superscript(element)
    if tag in {"q"}:
        return '"', False
    return None


def alternative(picture: Element) -> str:
    """What a page says instead of a picture, where it says something."""
    text = " ".join((picture.get("alt") or "").split())
    if text.strip("[]").lower() in _MEANINGLESS or _FILE_NAME.fullmatch(text):
        return ""
    parent = picture.getparent()
    is_button = parent is not None and parent.tag == "a" and len(text.split()) <= 2
    return "" if is_button else f" {text} "


def joined(parts: list[str]) -> str:
    """Inline text with single spaces, a line a break."""
    text = "".join(parts)
    if BREAK not in text:
        return " ".join(text.split())
    return "\n".join(line for part in text.split(BREAK) if (line := " ".join(part.split())))


def _superscript(element: Element) -> tuple[str, bool] | None:
    is_flat = len(element) < 4 and not any(len(child) for child in element)
    text = "".join(element.itertext()).strip() if is_flat else ""
    links = [child for child in element if child.tag == "a" and (child.get("href") or "").startswith("#")]
    if links and 0 < len(text) <= 6:  # a note's number
        return (f" {text}" if text.startswith(("[", "(")) else f" [{text}]"), True
    if _EXPONENT.fullmatch(text):
        return text.translate(_SUPERSCRIPTS), True
    return None
