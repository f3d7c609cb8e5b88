"""Amounts of tables: their signs may stand apart from them."""

from __future__ import annotations

import re
from collections.abc import Sequence

CURRENCY = re.compile(r"^(?:(?:US|C|A|HK|NZ|R)?\$|[€£¥₹]|CHF|EUR|USD|GBP)$")
CLOSING = re.compile(r"^\)?\s?(?:%|pts|bps|x)?\)?$")
AMOUNT = re.compile(
    r"^(?:(?:US)?\$|[€£¥₹])?[(+−–-]{0,2}(?:(?:US)?\$|[€£¥₹])?\d[\d.,'’]*(?<![,'’])[)%*]{0,3}$"
    r"|^(?:(?:US)?\$|[€£¥₹])?\(?[—–-]+\)?%?$|^N/?[AM]$"
)
YEAR = re.compile(r"^(?:FY\s?|\d{1,2},\s?)?(?:19|20)\d\d(?:E|A)?$")


def tidy(text: str) -> str:
    """An amount whose signs stand apart from it, written as is usual."""
    text = re.sub(r"(?<![^\s(])((?:US)?\$|[€£¥₹])\s+(?=[\d(.—–-])", r"\1", text)
    return re.sub(r"(?<=[\d—–])\s+(?=\)|%)|(?<=\))\s+(?=%)", "", text)


def is_amount(words: Sequence[str]) -> bool:
    text = "".join(words)
    return len(words) <= 4 and bool(AMOUNT.match(text))
