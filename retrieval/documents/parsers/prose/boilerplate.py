"""Licences and other texts that stand in thousands of files alike: where they stand in one about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LICENCE = re.compile(
    r"permission is hereby granted, free of charge"
    r"|redistribution and use in source and binary forms"
    r"|licensed under the apache license, version 2"
    r"|this (?:program|library|file|software|package)(?: \w+)? is free software[;:,]? (?:you can|it may)"
    r"|(?:is )?distributed in the hope that it will be useful"
    r"|you should have received a copy of the gnu"
    r"|the software is provided [\"“]as is[\"”]"
    r"|this software is provided by the (?:copyright holders|regents|author)"
    r"|spdx-license-identifier:"
    r"|permission to use, copy, modify,? and(?:/or)? distribute this software"
    r"|unless required by applicable law or agreed to in writing"
    r"|this source code form is subject to the terms of the mozilla public"
    r"|all rights reserved\.?\s*\Z",
    re.I,
)
_HINTS = (  # of which each licence has at least one, on one line
    *(
        "hereby granted",
        "redistribution and use",
        "apache license",
        "free software",
        "will be useful",
        "should have received",
    ),
    *("as is", "provided by", "spdx-license", "permission to use", "required by applicable law", "mozilla public"),
    "rights reserved",
)
_SPACE = re.compile(r"[\s*#/;%'!-]+")
_ETEXT_START = re.compile(r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.M | re.I)
_ETEXT_END = re.compile(
    r"^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg).*$", re.M | re.I
)
_MOST = 0.5  # of a document: beyond it the licence is what the document is


def hints_of_licences(text: str) -> list[int]:
    """Where something stands that a licence may say, in rising order: only there it is worth to look closer."""
    lower = text.replace("İ", "I").lower()  # the only letter that grows
    return sorted(place for hint in _HINTS for place in _places(hint, lower))


def _places(hint: str, text: str) -> Iterator[int]:
    at = text.find(hint)
    while at >= 0:
        yield at
        at = text.find(hint, at + len(hint))


def is_licence(paragraph: str) -> bool:
    """Whether a paragraph, or a comment, is a piece of a common licence."""
    return _LICENCE.search(_SPACE.sub(" ", paragraph)) is not None


def licence_spans(text: str) -> Iterator[tuple[int, int]]:
    """What an e-text library puts before and after its texts."""
    if "gutenberg" not in text.lower():  # quicker to see than whether such a line is there
        return
    start = _ETEXT_START.search(text)
    end = _ETEXT_END.search(text, start.end() if start else 0)
    spans = ([(0, start.end())] if start else []) + ([(end.start(), len(text))] if end else [])
    if sum(last - first for first, last in spans) < len(text) * _MOST:
        yield from spans


def mostly_licence(size: int, total: int) -> bool:
    return size > total * _MOST
