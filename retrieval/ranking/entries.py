"""Passages in which a code name that was asked for begins a line: an option in its list, a variable in its table.

There it is explained; elsewhere it is used. Those who use it often come first by any ranking of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from .duplicates import Ranking
from .names import find_names

_LEAD = 1.0  # standard deviations of a ranking that such a passage gains: a guess


def lead_entries(query: str, ranking: Ranking, texts: Mapping[int, str]) -> Ranking:
    """`ranking`, whose scores count in standard deviations, with these passages further up. Best first."""
    patterns = list(_entries(query))
    if not patterns:
        return ranking
    scored = [(chunk, score + _LEAD * _is_entry(patterns, texts[chunk])) for chunk, score in ranking]
    return sorted(scored, key=lambda entry: -entry[1])


def _entries(query: str) -> Iterator[re.Pattern[str]]:
    for name in find_names(query):
        if name.kind == "code":
            yield re.compile(
                rf"^\W{{0,4}}?{re.escape(name.text)}(?![\w-]|\.\w)(?=.*\S|\n\s*\S)", re.MULTILINE | re.IGNORECASE
            )


def _is_entry(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)
