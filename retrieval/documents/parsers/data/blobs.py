"""Values that are no text: pictures and programs written in letters and digits."""

from __future__ import annotations

import re

_BLOB = re.compile(r"(?:data:[\w/+.;=-]+,)?[A-Za-z0-9+/_=\s-]{200,}|(?:[0-9a-fA-F]{2}[\s:]?){100,}")
_LONGEST_WORD = 60  # characters without a space; a text has none as long


def is_blob(value: str) -> bool:
    """Whether a long value is base64 or hexadecimal rather than words."""
    if len(value) < 200 or (" " in value[:200] and not value.startswith("data:")):
        return False
    head = value[:4_000]
    return _BLOB.fullmatch(head) is not None and max(map(len, head.split()), default=0) > _LONGEST_WORD
