"""Marks within lines: roles, links and quotes, which are left out, the lines staying as many as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_WITHIN = r"(?:[^`\n]|\n(?!\s*\n)){1,400}?"  # of a paragraph
_ROLE = re.compile(rf":([\w:.+-]{{1,40}}):`({_WITHIN})`")
_LINK = re.compile(rf"`({_WITHIN})\s*<[^`>]{{1,1000}}>`_{{1,2}}")
_QUOTED = re.compile(rf"``({_WITHIN})``|`({_WITHIN})`(?:_{{1,2}}\b)?")
_SUBSTITUTION = re.compile(r"\|([^|\s](?:[^|\n]{0,98}[^|\s])?)\|_{0,2}")
_MOST_EXPANDED = 50_000  # characters
_TARGET = re.compile(r"\s*<[^<>]*>$")


def strip_marks(lines: list[str], code: Collection[int]) -> None:
    """In place. Text between lines of code is looked at as a piece: a mark may go over the end of a line."""
    start = 0
    for number in [*sorted(code), len(lines)]:
        if number > start and any("`" in line for line in lines[start:number]):
            lines[start:number] = plain("\n".join(lines[start:number])).split("\n")
        start = number + 1


def substitute(lines: list[str], code: Collection[int], meanings: Mapping[str, str]) -> None:
    """In place: what stands for a text that the document defines is that text, up to a bound."""
    room = _MOST_EXPANDED

    def meaning(match: re.Match[str]) -> str:
        nonlocal room
        text = meanings.get(match[1].lower())
        if text is None or len(text) > room:
            return match[0]
        room -= len(text)
        return text

    for number, line in enumerate(lines):
        if meanings and "|" in line and number not in code:
            lines[number] = _SUBSTITUTION.sub(meaning, line)


def plain(text: str) -> str:
    """Text without roles, targets and back quotes, in as many lines."""
    text = _ROLE.sub(_role_text, text)
    text = _LINK.sub(lambda match: match[1] + "\n" * match[0][len(match[1]) :].count("\n"), text)
    return _QUOTED.sub(lambda match: match[1] or match[2] or "", text)


def _role_text(match: re.Match[str]) -> str:
    text = _TARGET.sub(lambda target: "\n" * target[0].count("\n"), match[2]).lstrip("~!")
    return f"{match[1].upper()} {text}" if match[1] in {"pep", "rfc"} else text
